using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of service_record.proto: records and hours by hand here; feedback and counts in the other part.</summary>
public sealed partial class ServiceRecordService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, IOrganisationNames organisations,
    TimeProvider clock) : Wire.ServiceRecordService.ServiceRecordServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int MinutesMax = 960;

    public override async Task<Wire.GetServiceRecordResponse> GetServiceRecord(
        Wire.GetServiceRecordRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var personId = await DemandPersonAsync(db, call, request.PersonId, tree);
            var record = await db.GetServiceRecordAsync(personId);
            return new Wire.GetServiceRecordResponse
            {
                Minutes = record.Minutes,
                MinutesByHand = record.MinutesByHand,
                Activities = record.Activities,
                NoShows = record.NoShows,
                DroppedLate = record.DroppedLate,
                WishesKept = await db.CountWishesKeptAsync(personId),
                Points = (await db.GetBalanceAsync(personId)).Balance,
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.ListServiceLinesResponse> ListServiceLines(
        Wire.ListServiceLinesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var personId = await DemandPersonAsync(db, call, request.PersonId, tree);
            var rows = await db.ListServiceLinesAsync(personId, after.At, after.Id, size + 1);
            Guid[] hosts = [.. rows.Select(l => l.OrganisationId).OfType<Guid>().Distinct()];
            var names = hosts.Length == 0 ? null : await organisations.NamesAsync(db, hosts);
            return new Wire.ListServiceLinesResponse
            {
                Lines =
                {
                    rows.Take(size).Select(l => new Wire.ServiceLine
                    {
                        Kind = (Wire.ServiceLineKind)l.Kind,
                        SourceId = l.Id.ToString(),
                        ActivityId = l.ActivityId.ToString(),
                        ActivityTitle = l.ActivityTitle,
                        At = ActivitySight.Time(l.At),
                        Minutes = l.Minutes,
                        OrganisationName = l.OrganisationId is { } host ? names!.GetValueOrDefault(host, "") : "",
                    }),
                },
                NextPageToken = rows.Count > size ? new PageToken(rows[size - 1].At, rows[size - 1].Id).ToString() : "",
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.ProposeHoursResponse> ProposeHours(
        Wire.ProposeHoursRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var reason = Faults.TextOf("reason", request.Reason, 2, 500);
        if (request.Minutes is 0 or < -MinutesMax or > MinutesMax)
        {
            throw Refuse.Invalid(
                "HOURS_RANGE", $"一次最多 {MinutesMax} 分钟。", new FieldFault("minutes", "不能是 0，也不能太多。"));
        }

        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var activity = await DemandActivityAsync(db, call, id, tree);
            if (activity.Status is not (ActivityStatus.Ended or ActivityStatus.Settled))
            {
                throw Refuse.Premature("ACTIVITY_WRONG_STATUS", "活动结束以后才能补记时长。");
            }

            var person = await db.GetAcquaintanceAsync(personalData, request.PersonId, phone: "");
            if (person.Id == call.Caller.PersonId)
            {
                throw OwnHours();
            }

            var hours = new HandHours
            {
                Id = clock.NewId(),
                PersonId = person.Id,
                ActivityId = id,
                Minutes = request.Minutes,
                ProposedBy = call.Caller.PersonId,
                ProposedAt = call.Now,
                UnitId = activity.UnitId,
                PersonName = person.ShownName,
            };
            db.QueueHours(personalData, hours, reason);
            db.Record(Entry(call, "HOURS_PROPOSED", hours, reason));
            return new Wire.ProposeHoursResponse { Hours = ToWire(hours, reason, call) };
        }, again: async (db, first) =>
        {
            await DemandActivityAsync(db, call, id, tree);
            return first;
        });
    }

    public override async Task<Wire.DecideHoursResponse> DecideHours(
        Wire.DecideHoursRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("hours_id", request.HoursId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var hours = await DemandedAsync(db);
            if (hours.DecidedAt is not null)
            {
                throw Refuse.Premature("HOURS_DECIDED", "这笔时长已经处理过了。");
            }

            if (hours.ProposedBy == call.Caller.PersonId)
            {
                throw Refuse.Denied("SECOND_PERSON_NEEDED", "需要另一位工作人员批准。");
            }

            if (hours.PersonId == call.Caller.PersonId)
            {
                throw OwnHours();
            }

            var decided = hours with
            {
                Approved = request.Approve,
                DecidedBy = call.Caller.PersonId,
                DecidedAt = call.Now,
            };
            if (!await db.DecideHoursAsync(decided))
            {
                throw new ConflictException();
            }

            var reason = ServiceRecordStore.ReasonOf(personalData, decided);
            db.Record(Entry(call, request.Approve ? "HOURS_APPROVED" : "HOURS_DECLINED", decided, reason));
            return new Wire.DecideHoursResponse { Hours = ToWire(decided, reason, call) };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<HandHours> DemandedAsync(DbSession db)
        {
            var hours = await db.FindHoursAsync(id);
            if (hours is null || !call.Oversees(tree.Get(hours.UnitId).Path))
            {
                throw Refuse.Missing("HOURS_UNKNOWN", "没有找到这笔时长。");
            }

            call.Demand(Relation.None, tree.Get(hours.UnitId).Path);
            return hours;
        }
    }

    public override async Task<Wire.ListHandHoursResponse> ListHandHours(
        Wire.ListHandHoursRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            await DemandActivityAsync(db, call, id, tree);
            var rows = await db.ListHoursAsync(id, after.At, after.Id, size + 1);
            return new Wire.ListHandHoursResponse
            {
                Hours = { rows.Take(size).Select(h => ToWire(h, ServiceRecordStore.ReasonOf(personalData, h), call)) },
                NextPageToken = rows.Count > size
                    ? new PageToken(rows[size - 1].ProposedAt, rows[size - 1].Id).ToString()
                    : "",
            };
        }, context.CancellationToken);
    }

    /// <summary>Whose record is asked for: the caller's, or of somebody at home where they oversee.</summary>
    private static async Task<Guid> DemandPersonAsync(DbSession db, Call call, string personId, UnitTree tree)
    {
        var id = personId.Length == 0 ? call.Caller.PersonId : Faults.IdOf("person_id", personId);
        if (id == call.Caller.PersonId)
        {
            call.Demand(Relation.Self, []);
            return id;
        }

        var home = await db.FindHomeAsync(id);
        if (home?.HomeUnitId is not { } unitId || !call.Oversees(tree.Get(unitId).Path))
        {
            throw PersonStore.Unknown();
        }

        call.Demand(Relation.None, tree.Get(unitId).Path);
        return id;
    }

    /// <summary>An activity that the caller oversees.</summary>
    private static async Task<Activity> DemandActivityAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var activity = await db.FindActivityAsync(id, call.Caller.PersonId) ?? throw UnknownActivity();
        var sight = ActivitySight.Of(activity, tree, call);
        if (!sight.Visible)
        {
            throw UnknownActivity();
        }

        call.Demand(Relation.None, sight.Unit.Path);
        return activity;
    }

    private static (PageToken After, int Size) ReadPage(string token, int size) => (
        token.Length == 0 ? PageToken.Newest : PageToken.Read(token), PageToken.Size(size, PageSizeDefault, PageSizeMax));

    private JournalEntry Entry(Call call, string kind, HandHours hours, string reason) => JournalEntry.By(
        call, "staff", kind, "hand_hours", hours.Id, hours.UnitId, new
        {
            hours.PersonId,
            hours.ActivityId,
            hours.Minutes,
            hours.ProposedBy,
            reason = personalData.Hash(reason),
        });

    private static Wire.HandHours ToWire(HandHours hours, string reason, Call call) => new()
    {
        Id = hours.Id.ToString(),
        ActivityId = hours.ActivityId.ToString(),
        PersonName = hours.PersonName ?? "",
        Minutes = hours.Minutes,
        Reason = reason,
        ProposedAt = ActivitySight.Time(hours.ProposedAt),
        Decided = hours.DecidedAt is not null,
        Approved = hours.Approved == true,
        DecidedAt = ActivitySight.Time(hours.DecidedAt),
        Mine = hours.ProposedBy == call.Caller.PersonId,
    };

    private static RefusedException OwnHours() => Refuse.Denied("HOURS_OWN", "自己的时长要请同事处理。");

    private static RefusedException UnknownActivity() => Refuse.Missing("ACTIVITY_UNKNOWN", "没有找到这个活动。");
}
