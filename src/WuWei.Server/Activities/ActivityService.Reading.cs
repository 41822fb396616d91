using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>One activity, its journey, lists and coverage.</summary>
public sealed partial class ActivityService
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int CoverageDaysDefault = 14;
    private const int CoverageDaysMax = 60;

    /// <summary>States that only staff and auditors list by unit.</summary>
    private static readonly ActivityStatus[] Inside = [ActivityStatus.Draft, ActivityStatus.InReview];

    public override async Task<Wire.GetActivityResponse> GetActivity(
        Wire.GetActivityRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var sight = await WithPlaceAsync(db, call, await SeeAsync(db, call, id, tree));
            call.Demand(sight.Relation, sight.Unit.Path);
            var organisers = sight.Concerned ? await db.ListOrganisersAsync(id) : [];
            var activity = sight.ToWire(await db.ListShiftsAsync(id), organisers, personalData);
            activity.Children = await db.CountChildrenAsync(id);
            return new Wire.GetActivityResponse { Activity = activity };
        }, context.CancellationToken);
    }

    public override async Task<Wire.GetActivityJourneyResponse> GetActivityJourney(
        Wire.GetActivityJourneyRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (sight, steps) = await database.ReadAsync(
            async db => (await SeeAsync(db, call, id, tree), await db.ListActivityStepsAsync(id)),
            context.CancellationToken);
        call.Demand(sight.Relation, sight.Unit.Path);
        return new Wire.GetActivityJourneyResponse { Steps = { steps.Select(s => ToWire(s, sight, call.Caller)) } };
    }

    public override async Task<Wire.ListActivitiesResponse> ListActivities(
        Wire.ListActivitiesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? null : PageToken.Read(request.PageToken);
        var filter = ReadFilter(request);
        if (request.View != Wire.ActivityView.Unit)
        {
            call.DemandNothing();
            Faults.DemandFilter(!filter.IsSparse && filter.From is null && filter.To is null, "view", "只有按社区列出时可以筛选。");
        }

        var page = await database.ReadAsync(async db =>
        {
            var found = await (request.View switch
            {
                Wire.ActivityView.Mine => db.ListActivitiesOfAsync(call.Caller.PersonId, after, size),
                Wire.ActivityView.Children =>
                    db.ListChildrenAsync(Faults.IdOf("parent_id", request.ParentId), call.Caller.PersonId, after, size),
                Wire.ActivityView.Unit => ListInUnit(db),
                _ => throw Refuse.Invalid("LIST_FILTER", "请选择要看的列表。", new FieldFault("view", "必选。")),
            });
            return found with { Activities = await NamedAsync(db, found.Activities) };
        }, context.CancellationToken);
        return new Wire.ListActivitiesResponse
        {
            Activities = { page.Activities.Select(a => ActivitySight.Of(a, tree, call).Listed()) },
            NextPageToken = page.Next?.ToString() ?? "",
        };

        Task<ActivityPage> ListInUnit(DbSession db)
        {
            var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
            Faults.DemandFilter(filter.Status is not null, "status", "请选择一个状态。");
            if (Inside.Contains(filter.Status!.Value) || filter.Overdue)
            {
                call.DemandOversight(unit.Path);
            }
            else
            {
                call.Demand(Relation.None, unit.Path);
            }

            return db.ListActivitiesInUnitAsync(
                unit.Id, filter with { PublicOnly = !call.Oversees(unit.Path) }, call.Caller.PersonId, after,
                size);
        }
    }

    public override async Task<Wire.ListCoverageResponse> ListCoverage(
        Wire.ListCoverageRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var days = request.Days == 0 ? CoverageDaysDefault : request.Days;
        Faults.DemandFilter(days is > 0 and <= CoverageDaysMax, "days", $"1 到 {CoverageDaysMax} 天。");
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Oldest : PageToken.Read(request.PageToken);
        var rows = await database.ReadAsync(
            db => db.ListCoverageAsync(
                unit.Id, request.Uncovered, call.Now, call.Now.AddDays(days), after, size + 1),
            context.CancellationToken);
        return new Wire.ListCoverageResponse
        {
            Shifts =
            {
                rows.Take(size).Select(row => new Wire.ShiftCoverage
                {
                    ActivityId = row.Shift.ActivityId.ToString(),
                    Title = row.Title,
                    Shift = ActivitySight.ToWire(row.Shift),
                }),
            },
            NextPageToken = rows.Count > size
                ? new PageToken(rows[size - 1].Shift.StartsAt, rows[size - 1].Shift.Id).ToString()
                : "",
        };
    }

    /// <summary>With whether the caller has a place in it, where that decides about what they are shown.</summary>
    private static async Task<ActivitySight> WithPlaceAsync(DbSession db, Call call, ActivitySight sight) =>
        sight.Concerned || sight.Activity.Contact is null
            ? sight
            : sight with
            {
                Activity = sight.Activity with
                {
                    SignedUp = await db.IsSignedUpAsync(sight.Activity.Id, call.Caller.PersonId),
                },
            };

    private static ActivityFilter ReadFilter(Wire.ListActivitiesRequest request)
    {
        var status = Faults.EnumOf<ActivityStatus>((int)request.Status);
        Faults.DemandFilter(
            status is not null || request.Status == Wire.ActivityStatus.Unspecified, "status", "没有这个状态。");
        var kind = Faults.EnumOf<ActivityKind>((int)request.Kind);
        Faults.DemandFilter(kind is not null || request.Kind == Wire.ActivityKind.Unspecified, "kind", "没有这种活动。");
        var age = Faults.EnumOf<AgeBand>((int)request.Age);
        Faults.DemandFilter(age is not null || request.Age == Wire.AgeBand.Unspecified, "age", "没有这个年龄段。");
        var time = Faults.EnumOf<TimeOfWeek>((int)request.Time);
        Faults.DemandFilter(time is not null || request.Time == Wire.TimeOfWeek.Unspecified, "time", "没有这个时段。");
        return new ActivityFilter(
            status, DayOf("from_day", request.FromDay), DayOf("to_day", request.ToDay)?.AddDays(1), kind,
            age is { } band ? Bits.Bit(band) : 0, time is { } slot ? Bits.Bit(slot) : 0, request.Remote, request.SeatsLeft,
            request.SkillId.Length == 0 ? null : Faults.IdOf("skill_id", request.SkillId), request.Overdue,
            PublicOnly: true);
    }

    private static DateTime? DayOf(string field, string day)
    {
        if (day.Length == 0)
        {
            return null;
        }

        var read = Faults.DayOf(field, day);
        Faults.DemandFilter(read.Year is > 2000 and < 3000, field, "年份不对。");
        return Clock.FromChina(read);
    }

    private Wire.ActivityStep ToWire(ActivityStepRow step, ActivitySight sight, Caller caller) => new()
    {
        Number = step.Number,
        Move = (Wire.ActivityMove)step.Move,
        From = (Wire.ActivityStatus)step.FromStatus,
        To = (Wire.ActivityStatus)step.ToStatus,
        At = ActivitySight.Time(step.At),
        Actor = (Wire.ActivityActor)step.Actor,
        ActorName = sight.Concerned ? step.ActorName ?? "" : "",
        Changed = { Bits.In<ActivityField>(step.Changed).Select(field => (Wire.ActivityField)field) },
        ShiftId = $"{step.ShiftId}",
        Note = sight.Concerned && (step.ContentState == ContentState.Passed || sight.Overseer
            || step.ActorId == caller.PersonId)
                ? ActivityStepStore.NoteOf(personalData, step)
                : "",
        NoteState = sight.Concerned && step.Note is not null ? (Wire.ContentState)step.ContentState : default,
    };
}
