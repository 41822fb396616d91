using Google.Protobuf;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Organization;

/// <summary>Changes of the tree: planned, decided on, listed.</summary>
public sealed partial class OrganizationService
{
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;
    private const int ChangesDefault = 20;
    private const int ChangesMax = 50;

    public override async Task<Wire.RenameUnitResponse> RenameUnit(
        Wire.RenameUnitRequest request, ServerCallContext context)
    {
        var unitId = Faults.IdOf("unit_id", request.UnitId);
        var plan = UnitPlan.Nothing with { Name = UnitChangeReader.Name(request.Name) };
        return new Wire.RenameUnitResponse
        {
            Change = await PlanAsync(
                context, request, UnitChangeKind.Rename, request.EffectiveOn, request.Reason, [unitId], null, plan),
        };
    }

    public override async Task<Wire.CloseUnitResponse> CloseUnit(
        Wire.CloseUnitRequest request, ServerCallContext context)
    {
        var unitId = Faults.IdOf("unit_id", request.UnitId);
        var successorId = Faults.IdOf("successor_id", request.SuccessorId);
        return new Wire.CloseUnitResponse
        {
            Change = await PlanAsync(
                context, request, UnitChangeKind.Close, request.EffectiveOn, request.Reason, [unitId], successorId,
                UnitPlan.Nothing, async (db, tree) =>
                {
                    if (tree.Below(unitId).Any(u => !u.Closed) || await IsUsedAsync(db, unitId))
                    {
                        throw Refuse.Premature("UNIT_IN_USE", "还有下级、居民、没有结束的心愿、活动或系列，请改为合并。");
                    }
                }),
        };
    }

    public override async Task<Wire.MergeUnitsResponse> MergeUnits(
        Wire.MergeUnitsRequest request, ServerCallContext context)
    {
        var successorId = Faults.IdOf("successor_id", request.SuccessorId);
        var unitIds = UnitChangeReader.Merged(request, successorId);
        return new Wire.MergeUnitsResponse
        {
            Change = await PlanAsync(
                context, request, UnitChangeKind.Merge, request.EffectiveOn, request.Reason, unitIds, successorId,
                UnitPlan.Nothing),
        };
    }

    public override async Task<Wire.SplitUnitResponse> SplitUnit(
        Wire.SplitUnitRequest request, ServerCallContext context)
    {
        var unitId = Faults.IdOf("unit_id", request.UnitId);
        var plan = new UnitPlan(null, UnitChangeReader.NewUnits(request, clock.NewId));
        return new Wire.SplitUnitResponse
        {
            Change = await PlanAsync(
                context, request, UnitChangeKind.Split, request.EffectiveOn, request.Reason, [unitId], null, plan,
                (_, tree) =>
                {
                    var children = tree.Below(unitId).Where(u => !u.Closed).Select(u => u.Id);
                    return plan.NewUnits.SelectMany(u => u.ChildIds).Except(children).Any()
                        ? throw Refuse.Invalid(
                            "UNIT_SPLIT", "有些下级不属于这个单位。", new FieldFault("new_units", "不是它的下级。"))
                        : Task.CompletedTask;
                }),
        };
    }

    public override async Task<Wire.ApproveUnitChangeResponse> ApproveUnitChange(
        Wire.ApproveUnitChangeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        return new Wire.ApproveUnitChangeResponse
        {
            Change = await DecideAsync(context, request, request.ChangeId, UnitChangeMove.Approve, null, (change, tree) =>
            {
                change.DemandPossible(tree);
                return change.EffectiveOn < Clock.Day(call.Now)
                    ? throw Refuse.Premature("UNIT_CHANGE_LATE", "生效日期已经过了，请取消后重新提出。")
                    : change;
            }),
        };
    }

    public override async Task<Wire.DeclineUnitChangeResponse> DeclineUnitChange(
        Wire.DeclineUnitChangeRequest request, ServerCallContext context) => new()
        {
            Change = await DecideAsync(
                context, request, request.ChangeId, UnitChangeMove.Decline, Reason(request.Reason), (change, _) => change),
        };

    public override async Task<Wire.CancelUnitChangeResponse> CancelUnitChange(
        Wire.CancelUnitChangeRequest request, ServerCallContext context) => new()
        {
            Change = await DecideAsync(
                context, request, request.ChangeId, UnitChangeMove.Cancel, Reason(request.Reason), (change, _) => change),
        };

    public override async Task<Wire.ListUnitChangesResponse> ListUnitChanges(
        Wire.ListUnitChangesRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        context.Call().Demand(Relation.None, unit.Path);
        var before = request.PageToken.Length == 0 ? Guid.AllBitsSet : PageToken.Read(request.PageToken).Id;
        var size = PageToken.Size(request.PageSize, ChangesDefault, ChangesMax);
        var page = await database.ReadAsync(
            db => db.ListChangesAsync(unit.Id, (int)request.Status, before, size + 1), context.CancellationToken);
        return new Wire.ListUnitChangesResponse
        {
            Changes = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size ? new PageToken(DateTime.UnixEpoch, page[size - 1].Id).ToString() : "",
        };
    }

    /// <summary>Plans a change; one that needs nobody else and is for today takes effect at once.</summary>
    private async Task<Wire.UnitChange> PlanAsync(
        ServerCallContext context, IMessage request, UnitChangeKind kind, string day, string reason,
        IReadOnlyList<Guid> unitIds, Guid? successorId, UnitPlan plan, Func<DbSession, UnitTree, Task>? demand = null)
    {
        var call = context.Call();
        var change = new UnitChange(
            clock.NewId(), kind, UnitChange.First(kind), UnitChangeReader.Day(day, call.Now), unitIds, successorId, plan,
            call.Caller.PersonId);
        var why = Reason(reason);
        return await WriteAsync(context, request, async db =>
        {
            var tree = await db.LockTreeAsync();
            DemandAbove(call, change, tree);
            change.DemandPossible(tree);
            await (demand?.Invoke(db, tree) ?? Task.CompletedTask);
            await db.AddChangeAsync(personalData, change, why, call.Now);
            db.Record(Entry(
                call, change.Status == UnitChangeStatus.Proposed ? "UNIT_CHANGE_PROPOSED" : "UNIT_CHANGE_PLANNED", change,
                why));
            return await TakeEffectIfDueAsync(db, call, tree, change);
        });
    }

    /// <summary>One step of a change that is there: see it, check the right, decide, store, reply.</summary>
    private async Task<Wire.UnitChange> DecideAsync(
        ServerCallContext context, IMessage request, string changeId, UnitChangeMove move, string? reason,
        Func<UnitChange, UnitTree, UnitChange> demand)
    {
        var call = context.Call();
        var id = Faults.IdOf("change_id", changeId);
        return await WriteAsync(context, request, async db =>
        {
            var tree = await db.LockTreeAsync();
            var change = (await db.GetChangeAsync(id)).ToChange();
            DemandAbove(call, change, tree);
            var after = change.After(move);
            if (move != UnitChangeMove.Cancel && change.MadeBy == call.Caller.PersonId)
            {
                throw Refuse.Denied("SECOND_PERSON_NEEDED", "需要另一位工作人员决定。");
            }

            demand(change, tree);
            await db.DecideChangeAsync(personalData, change, after, call.Caller.PersonId, reason, call.Now);
            db.Record(Entry(call, $"UNIT_CHANGE_{after.Status.ToString().ToUpperInvariant()}", after, reason));
            return await TakeEffectIfDueAsync(db, call, tree, after);
        });
    }

    private async Task<Wire.UnitChange> WriteAsync(
        ServerCallContext context, IMessage request, Func<DbSession, Task<Wire.UnitChange>> block)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var reply = await writer.WriteAsync(context, request, block, again: async (db, first) =>
        {
            var change = (await db.GetChangeAsync(Guid.Parse(first.Id))).ToChange();
            DemandAbove(context.Call(), change, tree);
            return first;
        });
        units.Forget();
        return reply;
    }

    private async Task<Wire.UnitChange> TakeEffectIfDueAsync(DbSession db, Call call, UnitTree tree, UnitChange change)
    {
        if (change.Status == UnitChangeStatus.Approved && change.EffectiveOn <= Clock.Day(call.Now))
        {
            await db.TakeEffectAsync(personalData, tree, change, call.Now, (kind, subject, id, unitId, detail) =>
                JournalEntry.By(call, "staff", kind, subject, id, unitId, detail));
        }

        return ToWire(await db.GetChangeAsync(change.Id));
    }

    /// <summary>Only staff above every unit that is touched: nobody changes their own, nor their neighbours'.</summary>
    private static void DemandAbove(Call call, UnitChange change, UnitTree tree)
    {
        foreach (var unitId in change.Touched)
        {
            call.DemandRole(Role.Staff, tree.Get(unitId).Above);
        }
    }

    private async Task<bool> IsUsedAsync(DbSession db, Guid unitId)
    {
        foreach (var use in uses)
        {
            if (await use.UsesAsync(db, unitId))
            {
                return true;
            }
        }

        return false;
    }

    private JournalEntry Entry(Call call, string kind, UnitChange change, string? reason) => JournalEntry.By(
        call, "staff", kind, "unit_change", change.Id, change.UnitIds[0], new
        {
            change = change.Kind.ToString(),
            change.EffectiveOn,
            change.UnitIds,
            change.SuccessorId,
            newUnitIds = change.Plan.NewUnits.Select(u => u.Id),
            name = change.Plan.Name is { } name ? personalData.Hash(name) : null,
            reason = reason is null ? null : personalData.Hash(reason),
        });

    private Wire.UnitChange ToWire(UnitChangeRow row)
    {
        var change = row.ToChange();
        var successor = change.Kind == UnitChangeKind.Split && change.Status == UnitChangeStatus.Done
            ? change.Plan.NewUnits[0].Id
            : change.SuccessorId;
        return new Wire.UnitChange
        {
            Id = row.Id.ToString(),
            Kind = (Wire.UnitChangeKind)row.Kind,
            Status = (Wire.UnitChangeStatus)row.Status,
            EffectiveOn = ToWire(row.EffectiveOn),
            UnitIds = { change.UnitIds.Select(id => id.ToString()) },
            SuccessorId = successor?.ToString() ?? "",
            Name = change.Plan.Name ?? "",
            NewUnits =
            {
                change.Plan.NewUnits.Select(u => new Wire.NewUnit
                {
                    Id = u.Id.ToString(),
                    Name = u.Name,
                    Codes = { u.Codes.Select(ToWire) },
                    ChildIds = { u.ChildIds.Select(id => id.ToString()) },
                }),
            },
            Reason = personalData.ReasonOf(row),
            MadeAt = Timestamp.FromDateTime(row.MadeAt),
            MadeByName = row.MadeByName ?? "",
            DecidedAt = row.DecidedAt is { } decided ? Timestamp.FromDateTime(decided) : null,
            DecidedByName = row.DecidedByName ?? "",
            DecidedReason = personalData.DecidedReasonOf(row),
            DoneAt = row.DoneAt is { } done ? Timestamp.FromDateTime(done) : null,
        };
    }

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);
}
