using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>What changes after people have signed up, and who organises it.</summary>
public sealed partial class ActivityService
{
    private const int OrganisersMax = 10;
    private const int CapacityMax = 1_000;
    private const int CapacitiesMax = 10;

    public override Task<Wire.ChangeShiftResponse> ChangeShift(
        Wire.ChangeShiftRequest request, ServerCallContext context)
    {
        var shiftId = Faults.IdOf("shift_id", request.ShiftId);
        var capacities = ReadCapacities(request);
        var (startsAt, endsAt) = (
            Faults.TimeOf("starts_at", request.StartsAt), Faults.TimeOf("ends_at", request.EndsAt));
        return MoveAsync(context, request, request.ActivityId, ActivityMove.ChangeShift,
            async m =>
            {
                Activity.Next(m.Activity.Status, ActivityMove.ChangeShift);
                var before = await DemandShiftAsync(m, shiftId);
                if (capacities.Keys.Except(before.Roles.Select(r => r.Id)).Any())
                {
                    throw UnknownShift();
                }

                var moved = before with { StartsAt = startsAt ?? before.StartsAt, EndsAt = endsAt ?? before.EndsAt };
                if (Shift.FaultOf(moved.StartsAt, moved.EndsAt, m.Now) is { } fault)
                {
                    throw Shift.Fault("starts_at", fault);
                }

                var roles = before.Roles.Select(r => r.Resized(capacities.GetValueOrDefault(r.Id, r.Capacity))).ToList();
                var changed = (moved == before ? 0 : Bits.Bit(ActivityField.Time))
                    | (roles.SequenceEqual(before.Roles) ? 0 : Bits.Bit(ActivityField.Capacity));
                if (changed == 0)
                {
                    throw Refuse.Invalid("SHIFT_UNCHANGED", "没有改动。", new FieldFault("shift_id", "时间和名额都没有变。"));
                }

                if (moved != before)
                {
                    m.Db.QueueShiftMoved(moved);
                }

                for (var i = 0; i < roles.Count; i++)
                {
                    roles[i] = await m.Db.PromoteAsync(
                        roles[i], moved.StartsAt, moved.EndsAt, Entry(context.Call(), m.Step, m.Activity));
                    m.Db.QueueRole(roles[i]);
                }

                m.Shifts = [.. m.Shifts.Select(s => s.Id == shiftId ? moved with { Roles = roles } : s)];
                m.Step = m.Step with { Changed = changed, ShiftId = shiftId };
                var after = m.Activity.Shifted(ActivityMove.ChangeShift, m.Shifts);
                if (moved != before)
                {
                    await DemandParentAsync(m.Db, m.Activity.ParentId, m.Sight.Unit, after.StartsAt, after.EndsAt);
                    await DemandChildrenAsync(m.Db, after);
                }

                return after;
            },
            activity => new Wire.ChangeShiftResponse { Activity = activity });
    }

    public override Task<Wire.AddShiftResponse> AddShift(Wire.AddShiftRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.AddShift,
            async m =>
            {
                Activity.Next(m.Activity.Status, ActivityMove.AddShift);
                var form = ActivityForm.ReadShift(request.Shift, m.Now);
                if (m.Shifts.Count == 0)
                {
                    throw Refuse.Premature("ACTIVITY_FIXED", "这个活动只有起止时间，不能加班次。");
                }

                if (m.Shifts.Count >= ActivityForm.ShiftsMax)
                {
                    throw Refuse.Exhausted("SHIFTS_TOO_MANY", $"最多 {ActivityForm.ShiftsMax} 个班次。");
                }

                await m.Db.DemandSkillsAsync(m.Tree.DistrictOf(m.Sight.Unit).Id, [form]);
                var added = form.Made(m.Activity.Id, m.Shifts.Max(s => s.Number) + 1, clock.NewId);
                m.Db.QueueShifts([added]);
                var saysMore = form.Roles.Select(r => r.Name)
                    .Except(m.Shifts.SelectMany(s => s.Roles).Select(r => r.Name)).Any();
                m.Shifts = [.. m.Shifts, added];
                m.Step = m.Step with { Changed = Bits.Bit(ActivityField.Time), ShiftId = added.Id };
                var after = m.Activity.Shifted(ActivityMove.AddShift, m.Shifts);
                await DemandParentAsync(m.Db, m.Activity.ParentId, m.Sight.Unit, after.StartsAt, after.EndsAt);
                return saysMore ? await WithTextsAsync(m, context.Call(), after) : after;
            },
            activity => new Wire.AddShiftResponse { Activity = activity });

    public override Task<Wire.CancelShiftResponse> CancelShift(
        Wire.CancelShiftRequest request, ServerCallContext context)
    {
        var shiftId = Faults.IdOf("shift_id", request.ShiftId);
        return MoveAsync(context, request, request.ActivityId, ActivityMove.CancelShift,
            async m =>
            {
                Activity.Next(m.Activity.Status, ActivityMove.CancelShift);
                await DemandShiftAsync(m, shiftId);
                if (m.Shifts.Count(s => !s.Cancelled) == 1)
                {
                    throw Refuse.Premature("SHIFT_LAST", "只剩这一个班次了，请取消整个活动。");
                }

                m.Db.QueueShiftCancelled(shiftId, m.Now);
                m.Step = m.Step with
                {
                    ShiftId = shiftId,
                    SignUps = await m.Db.CancelSignUpsAsync(
                        m.Activity.Id, m.Now, context.Call().Caller.PersonId, m.Now, shiftId),
                };
                m.Shifts = [.. m.Shifts.Select(s => s.Id == shiftId ? s.CalledOff(m.Now) : s)];
                var after = m.Activity.Shifted(ActivityMove.CancelShift, m.Shifts);
                await DemandChildrenAsync(m.Db, after);
                return after;
            },
            activity => new Wire.CancelShiftResponse { Activity = activity }, Reason(request.Reason));
    }

    public override Task<Wire.AddOrganiserResponse> AddOrganiser(
        Wire.AddOrganiserRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.ActivityId, ActivityMove.AddOrganiser,
            async m =>
            {
                var after = m.Activity.After(ActivityMove.AddOrganiser);
                var person = await m.Db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
                if (person.Id == m.Activity.MakerId || m.Organisers.Any(o => o.PersonId == person.Id))
                {
                    throw Refuse.Taken("ORGANISER_ALREADY", "这个人已经是组织者。");
                }

                if (m.Organisers.Count >= OrganisersMax)
                {
                    throw Refuse.Exhausted("ORGANISERS_TOO_MANY", $"除发起人外最多 {OrganisersMax} 个组织者。");
                }

                m.Db.QueueOrganiser(m.Activity.Id, person.Id, m.Now);
                m.Organisers =
                    [.. m.Organisers, new OrganiserRow { PersonId = person.Id, ShownName = person.ShownName }];
                m.Step = m.Step with { PersonId = person.Id };
                return after;
            },
            activity => new Wire.AddOrganiserResponse { Activity = activity });

    public override Task<Wire.RemoveOrganiserResponse> RemoveOrganiser(
        Wire.RemoveOrganiserRequest request, ServerCallContext context)
    {
        var personId = Faults.IdOf("person_id", request.PersonId);
        return MoveAsync(context, request, request.ActivityId, ActivityMove.RemoveOrganiser,
            m =>
            {
                var after = m.Activity.After(ActivityMove.RemoveOrganiser);
                if (m.Organisers.All(o => o.PersonId != personId))
                {
                    throw Refuse.Missing("ORGANISER_UNKNOWN", "这个人不是组织者。");
                }

                m.Db.QueueNoOrganiser(m.Activity.Id, personId);
                m.Organisers = [.. m.Organisers.Where(o => o.PersonId != personId)];
                m.Step = m.Step with { PersonId = personId };
                return Task.FromResult(after);
            },
            activity => new Wire.RemoveOrganiserResponse { Activity = activity });
    }

    /// <summary>A shift that takes place, has not begun, and that nobody came to.</summary>
    private static async Task<Shift> DemandShiftAsync(ActivityMoving m, Guid shiftId)
    {
        var shift = m.Shifts.FirstOrDefault(s => s.Id == shiftId) ?? throw UnknownShift();
        if (shift.Cancelled)
        {
            throw Shift.NotHeld();
        }

        // Who has come already came for this time and place.
        return shift.StartsAt > m.Now && !await m.Db.HasAttendanceAsync(shiftId)
            ? shift
            : throw Refuse.Premature("SHIFT_STARTED", "这个班次已经开始了。");
    }

    private static RefusedException UnknownShift() => Refuse.Missing("SHIFT_UNKNOWN", "没有找到这个班次或岗位。");

    private static Dictionary<Guid, int> ReadCapacities(Wire.ChangeShiftRequest request)
    {
        var faults = new Faults();
        if (request.Capacities.Count > CapacitiesMax)
        {
            faults.Add("capacities", $"最多 {CapacitiesMax} 个岗位。");
        }

        var capacities = new Dictionary<Guid, int>();
        foreach (var capacity in request.Capacities.Take(CapacitiesMax))
        {
            capacities[faults.Id("capacities.role_id", capacity.RoleId)] =
                faults.Range("capacities.capacity", capacity.Capacity, 1, CapacityMax);
        }

        faults.ThrowIfAny("ACTIVITY_INVALID", "有些内容没有填对，请检查。");
        return capacities;
    }
}
