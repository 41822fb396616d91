using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>Where organisations serve: each unit decides for itself.</summary>
public sealed partial class RegistryService
{
    private const string ScopeReasonColumn = "organisation_scope.reason";

    private static readonly Limit ScopeApplications = new("apply-for-scope", 10, TimeSpan.FromDays(1));

    public override async Task<Wire.ApplyForScopeResponse> ApplyForScope(
        Wire.ApplyForScopeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var unitId = Faults.IdOf("unit_id", request.UnitId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            (await DemandedAsync(db)).DemandListed(Clock.Day(call.Now));
            var unit = tree.GetOpen(unitId);
            if (!await db.TakeAsync(ScopeApplications, Applicant(call), call.Now))
            {
                throw ScopeStore.TooMany();
            }

            await db.ApplyForScopeAsync(clock.NewId(), id, unit.Id, call.Now);
            db.Record(JournalEntry.By(
                call, "member", "SCOPE_APPLIED", "organisation", id, unit.Id, new { unitId = unit.Id }));
            return new Wire.ApplyForScopeResponse
            {
                Scope = ToWire(new OrganisationScope { UnitId = unit.Id, Status = ScopeStatus.Applied }),
            };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<Organisation> DemandedAsync(DbSession db)
        {
            var organisation = await SeeAsync(db, call, id, tree);
            call.Demand(organisation.Acting, tree.Get(organisation.UnitId).Path);
            return organisation;
        }
    }

    public override async Task<Wire.DecideScopeResponse> DecideScope(
        Wire.DecideScopeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        var today = Clock.Day(call.Now);
        var (until, reason) = request.Approve
            ? (Organisation.LastDay("until", request.Until, today), null)
            : ((DateTime?)null, Reason(request.Reason));
        return await writer.WriteAsync(context, request, async db =>
        {
            call.Demand(Relation.None, unit.Path);
            // Whoever may decide may know of it, listed or not.
            var organisation = await db.FindOrganisationAsync(id, call.Caller.PersonId, call.Now) ?? throw Unknown();
            var before = await db.GetScopeAsync(id, unit.Id);
            organisation.DemandNotOwn();
            if (before.Status == ScopeStatus.Declined)
            {
                throw Refuse.Premature("SCOPE_DECLINED", "已经拒绝或终止，要等对方重新申请。");
            }

            if (request.Approve)
            {
                organisation.DemandListed(today);
            }

            var after = before with
            {
                Status = request.Approve ? ScopeStatus.Approved : ScopeStatus.Declined,
                Until = until,
                Reason = reason is null ? null : personalData.Seal(ScopeReasonColumn, before.Id, reason),
            };
            await db.DecideScopeAsync(before, after);
            db.Record(JournalEntry.By(
                call, "staff", request.Approve ? "SCOPE_APPROVED" : "SCOPE_DECLINED", "organisation", id, unit.Id, new
                {
                    unitId = unit.Id,
                    until,
                    reason = reason is null ? null : personalData.Hash(reason),
                }));
            return new Wire.DecideScopeResponse { Scope = ToWire(after) };
        }, again: (_, first) =>
        {
            call.Demand(Relation.None, unit.Path);
            return Task.FromResult(first);
        });
    }

    private Wire.OrganisationScope ToWire(OrganisationScope scope) => new()
    {
        UnitId = scope.UnitId.ToString(),
        Status = (Wire.ScopeStatus)scope.Status,
        Until = Day(scope.Until),
        Reason = scope.Reason is { } reason ? personalData.Open(ScopeReasonColumn, scope.Id, reason) : "",
    };
}
