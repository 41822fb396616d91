using Google.Protobuf;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Registry;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of activities.proto: making and moving here; shifts and reading in the other parts.</summary>
public sealed partial class ActivityService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, IOrganisationNames organisations,
    TimeProvider clock) : Wire.ActivityService.ActivityServiceBase
{
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;

    public override async Task<Wire.MakeActivityResponse> MakeActivity(
        Wire.MakeActivityRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var made = await writer.WriteAsync(context, request, async db =>
        {
            var form = ReadForm(request.Form, published: null, call.Now);
            var unit = tree.GetOpen(form.UnitId);
            var host = form.OrganisationId is { } organisationId
                ? await db.GetActingAsync(organisationId, call.Caller.PersonId, call.Now)
                : null;
            var role = call.Demand(host is null ? Relation.None : Relation.Member, unit.Path);
            DemandServes(host, tree, unit);
            await DemandFrameAsync(db, form, tree, unit);
            var activity = form.Over(
                new Activity
                {
                    Id = clock.NewId(),
                    UnitId = unit.Id,
                    OrganisationId = host?.OrganisationId,
                    OrganisationName = host?.Name,
                    MakerId = call.Caller.PersonId,
                    MakerName = call.Caller.ShownName,
                    Status = ActivityStatus.Draft,
                    ContentState = role == Role.Staff ? ContentState.Passed : ContentState.Waiting,
                    Version = 1,
                    MadeAt = call.Now,
                    ClockFrom = call.Now,
                }, personalData);
            var shifts = form.ShiftsOf(activity.Id, clock.NewId);
            var step = new ActivityStep(ActivityMove.Make, call.Now, ActorOf(role), call.Caller.PersonId);
            await db.AddActivityAsync(personalData, activity, shifts, step, Entry(call, step, activity));
            return ActivitySight.Of(activity, tree, call).ToWire(shifts, [], personalData);
        }, again: (db, first) => AgainAsync(db, call, first, tree));
        return new Wire.MakeActivityResponse { Activity = made };
    }

    public override Task<Wire.EditActivityResponse> EditActivity(
        Wire.EditActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Edit,
            async m =>
            {
                var before = m.Activity;
                Activity.Next(before.Status, ActivityMove.Edit);
                var draft = before.Status == ActivityStatus.Draft;
                var form = ReadForm(request.Form, draft ? null : before, m.Now);
                if ((form.UnitId, form.OrganisationId) != (before.UnitId, before.OrganisationId)
                    || (!draft && form.IsFramedAnew(before)))
                {
                    throw Refuse.Premature("ACTIVITY_FIXED", "发布以后不能再改类型、所属和班次，社区和主办组织也不能换。");
                }

                await DemandFrameAsync(m.Db, form, m.Tree, m.Sight.Unit);
                var changed = form.ChangedFrom(before, personalData);
                if (draft)
                {
                    m.Db.QueueNoShifts(before.Id);
                    m.Db.QueueShifts(m.Shifts = form.ShiftsOf(before.Id, clock.NewId));
                }
                else if ((changed & Bits.Bit(ActivityField.Place)) != 0)
                {
                    m.Db.QueueShiftsChanged(before.Id, m.Now);
                }

                m.Step = m.Step with { Changed = changed };
                var after = form.Over(before, personalData).Edited();
                return draft || (changed & Texts) != 0 ? await WithTextsAsync(m, context.Call(), after) : after;
            },
            activity => new Wire.EditActivityResponse { Activity = activity });

    public override Task<Wire.PublishActivityResponse> PublishActivity(
        Wire.PublishActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Publish,
            async m =>
            {
                // Who organises it is asked first, so whether the caller is staff there is looked at on its own.
                var caller = context.Call().Caller;
                var staff = await IsStaffsAsync(m, caller);
                m.Step = m.Step with { Move = staff ? ActivityMove.Publish : ActivityMove.Submit };
                var after = staff
                    ? m.Activity.Published(ActivityMove.Publish, m.Now)
                    : m.Activity.Entered(ActivityMove.Submit, m.Now);
                await DemandHostAsync(m, staff ? null : caller.PersonId);
                return after;
            },
            activity => new Wire.PublishActivityResponse { Activity = activity });

    public override Task<Wire.ApproveActivityResponse> ApproveActivity(
        Wire.ApproveActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Approve,
            async m =>
            {
                var approved = m.Sight.Relation == Relation.None
                    ? m.Activity.Published(ActivityMove.Approve, m.Now)
                    : throw Refuse.Denied("ACTIVITY_OWN", "自己组织的活动要请同事审核。");
                if (await IsOfOwnOrganisationAsync(m, context.Call().Caller.PersonId))
                {
                    throw Refuse.Denied("ORGANISATION_OWN", "与自己有关的组织要请同事办理。");
                }

                await DemandHostAsync(m, actingId: null);
                return approved;
            },
            activity => new Wire.ApproveActivityResponse { Activity = activity });

    public override Task<Wire.ReturnActivityResponse> ReturnActivity(
        Wire.ReturnActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Return,
            m => Task.FromResult(m.Activity.Entered(ActivityMove.Return, m.Now)),
            activity => new Wire.ReturnActivityResponse { Activity = activity }, Reason(request.Reason));

    public override Task<Wire.CancelActivityResponse> CancelActivity(
        Wire.CancelActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Cancel,
            async m =>
            {
                var cancelled = m.Activity.Entered(ActivityMove.Cancel, m.Now);
                if (await m.Db.HasUndecidedAsync(m.Activity.Id))
                {
                    throw Refuse.Premature("CAME_ALREADY", "已经有人签到。请先确认他们的出勤，或只取消还没开始的班次。");
                }

                m.Step = m.Step with
                {
                    SignUps = await m.Db.CancelSignUpsAsync(
                        m.Activity.Id, m.Now, context.Call().Caller.PersonId, m.Now),
                };
                m.Shifts = [.. m.Shifts.Select(s => s.EndsAt > m.Now ? s.Emptied() : s)];
                return cancelled;
            },
            activity => new Wire.CancelActivityResponse { Activity = activity }, Reason(request.Reason));

    public override Task<Wire.SettleActivityResponse> SettleActivity(
        Wire.SettleActivityRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.Settle,
            async m =>
            {
                var settled = m.Activity.Entered(ActivityMove.Settle, m.Now);
                return await m.Db.IsAttendanceDecidedAsync(settled.Id)
                    ? settled
                    : throw Refuse.Premature("ATTENDANCE_OPEN", "还有人的出勤没有确认。");
            },
            activity => new Wire.SettleActivityResponse { Activity = activity });

    public override Task<Wire.RecordInsuranceResponse> RecordInsurance(
        Wire.RecordInsuranceRequest request, ServerCallContext context)
    {
        var until = Faults.TimeOf("insured_until", request.InsuredUntil) ?? default;
        return MoveAsync(context, request, request.ActivityId, ActivityMove.Insure,
            m => Task.FromResult(m.Activity.Insured(until)),
            activity => new Wire.RecordInsuranceResponse { Activity = activity });
    }

    /// <summary>
    /// One move: lock the seats, see the activity, check the right, decide, store, reply. Sent again, the first answer is
    /// given, without what its caller may no longer see.
    /// </summary>
    private async Task<TReply> MoveAsync<TReply>(
        ServerCallContext context, IMessage request, string activityId, ActivityMove move,
        Func<ActivityMoving, Task<Activity>> decide, Func<Wire.Activity, TReply> reply, string? note = null)
        where TReply : IMessage<TReply>, new()
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", activityId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var activity = await writer.WriteAsync(context, request, async db =>
        {
            await db.LockRolesAsync(id);
            var sight = await SeeAsync(db, call, id, tree);
            var role = call.Demand(sight.Relation, sight.Unit.Path);
            var moving = new ActivityMoving(
                db, sight, tree, call.Now,
                new ActivityStep(move, call.Now, ActorOf(role), call.Caller.PersonId, note)
                {
                    Channel = call.Channel,
                    ByStaff = call.Caller.Covers(Role.Staff, sight.Unit.Path, call.Now),
                },
                await db.ListShiftsAsync(id), await db.ListOrganisersAsync(id));
            if (role is null && move is ActivityMove.Edit or ActivityMove.ChangeShift or ActivityMove.AddShift)
            {
                // Under an organisation's name only while whoever made it may act for it.
                await DemandHostAsync(moving, sight.Activity.MakerId);
            }

            var after = await decide(moving) with { Version = sight.Activity.Version + 1 };
            await db.MoveActivityAsync(personalData, sight.Activity, after, moving.Step, Entry(call, moving.Step, after));
            return (sight with { Activity = after }).ToWire(moving.Shifts, moving.Organisers, personalData);
        }, again: (db, first) => AgainAsync(db, call, first, tree));
        return reply(activity);
    }

    /// <summary>The activity as the caller stands to it; missing if they may not see it.</summary>
    private async Task<ActivitySight> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var activity = await db.FindActivityAsync(id, call.Caller.PersonId) ?? throw Unknown();
        var sight = ActivitySight.Of((await NamedAsync(db, [activity]))[0], tree, call);
        return sight.Visible ? sight : throw Unknown();
    }

    /// <summary>The first answer again, without what its caller may no longer know.</summary>
    private static async Task<Wire.Activity> AgainAsync(DbSession db, Call call, Wire.Activity first, UnitTree tree)
    {
        call.DemandNothing();
        var activity = await db.FindActivityAsync(Guid.Parse(first.Id), call.Caller.PersonId) ?? throw Unknown();
        return (await WithPlaceAsync(db, call, ActivitySight.Of(activity, tree, call))).Again(first);
    }

    private JournalEntry Entry(Call call, ActivityStep step, Activity after) => JournalEntry.By(
        call, ActivityEntry.Name(step.Actor), ActivityEntry.Kind(step.Move), "activity", after.Id, after.UnitId,
        ActivityEntry.Moved(after, step, personalData));

    private static ActivityForm ReadForm(Wire.ActivityForm? form, Activity? published, DateTime now) =>
        ActivityForm.Read(form ?? new Wire.ActivityForm(), published, now);

    /// <summary>What a form names: the skills of its roles, and the activity it is part of.</summary>
    private static async Task DemandFrameAsync(DbSession db, ActivityForm form, UnitTree tree, Unit unit)
    {
        await db.DemandSkillsAsync(tree.DistrictOf(unit).Id, form.Shifts);
        await DemandParentAsync(db, form.ParentId, unit, form.StartsAt, form.EndsAt);
    }

    private static async Task DemandParentAsync(
        DbSession db, Guid? parentId, Unit unit, DateTime startsAt, DateTime endsAt)
    {
        if (parentId is not { } id)
        {
            return;
        }

        var parent = await db.FindActivityAsync(id, Guid.Empty);
        if (parent?.PublishedAt is null)
        {
            throw Refuse.Missing("PARENT_UNKNOWN", "没有找到所属的活动。");
        }

        if (parent.Kind is not (ActivityKind.Festival or ActivityKind.Campaign)
            || parent.Status is not (ActivityStatus.Enrolling or ActivityStatus.Running)
            || !unit.IsWithin(parent.UnitId) || startsAt < parent.StartsAt || endsAt > parent.EndsAt)
        {
            throw Refuse.Premature("PARENT_WRONG", "只能属于本区域还没有结束的节庆或主题活动，时间也要在它之内。");
        }
    }

    /// <summary>What is below a festival stays within its period.</summary>
    private static async Task DemandChildrenAsync(DbSession db, Activity after)
    {
        if (await db.HasChildOutsideAsync(after.Id, after.StartsAt, after.EndsAt))
        {
            throw Refuse.Premature("PARENT_WRONG", "下面还有活动不在改后的时间之内，请先调整它们。");
        }
    }

    private static ActivityActor ActorOf(Role? role) =>
        role == Role.Staff ? ActivityActor.Staff : ActivityActor.Organiser;

    private static string Reason(string text) => Faults.TextOf("reason", text, ReasonLengthMin, ReasonLengthMax);

    public static RefusedException Unknown() => Refuse.Missing("ACTIVITY_UNKNOWN", "没有找到这个活动。");

    /// <summary>What a move needs to decide, and what it says about itself.</summary>
    private sealed record ActivityMoving(
        DbSession Db, ActivitySight Sight, UnitTree Tree, DateTime Now, ActivityStep Step, IReadOnlyList<Shift> Shifts,
        IReadOnlyList<OrganiserRow> Organisers)
    {
        public Activity Activity => Sight.Activity;
        public ActivityStep Step { get; set; } = Step;
        public IReadOnlyList<Shift> Shifts { get; set; } = Shifts;
        public IReadOnlyList<OrganiserRow> Organisers { get; set; } = Organisers;
    }
}
