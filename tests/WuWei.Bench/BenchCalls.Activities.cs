using WuWei.Activities;
using WuWei.Journal;

namespace WuWei.Bench;

/// <summary>Signing up for a shift, and coming to it.</summary>
public sealed partial class BenchCalls
{
    private Task SignUp(int i)
    {
        var (seat, _) = _world.Shifts.Free.Take(i, Parallel);
        return Call(i, "SignUp", new Wire.SignUpRequest { RoleId = $"{seat.Place}" }, AsParticipant(seat));
    }

    private Task SignUpDirect(int i)
    {
        var (seat, _) = _world.Shifts.Free.Take(i, Parallel);
        var personId = _world.Shifts.People[seat.Person].PersonId;
        return _database.WriteAsync(async db =>
        {
            var now = DateTime.UtcNow;
            var role = await db.LockSeatAsync(personId, seat.Place);
            var free = await db.FindSeatAsync(seat.Place, personId, personId, now);
            var (status, after) = free!.Demand(now, role!);
            var signUp = free.Taken(Guid.CreateVersion7(), personId, status, role!.NextNumber, now);
            db.QueueRole(after);
            db.QueueSignUp(signUp);
            db.Record(JournalEntry.BySystem(
                now, "participant", ActivityEntry.Kind(status), "sign_up", signUp.Id, signUp.UnitId,
                SignUpStore.Detail(signUp, null)));
            QueueKey(db, personId, now);
            return true;
        }, CancellationToken.None);
    }

    private Task CheckIn(int i)
    {
        var (seat, _) = _world.Shifts.Taken.Take(i, Parallel);
        return Call(i, "CheckIn", new Wire.CheckInRequest
        {
            ShiftId = $"{seat.Place}",
            Code = _codes.Of(seat.ActivityId, seat.Place, DateTime.UtcNow),
            Device = $"device-{seat.Person}",
        }, AsParticipant(seat));
    }

    private Task CheckInDirect(int i)
    {
        var (seat, _) = _world.Shifts.Taken.Take(i, Parallel);
        var personId = _world.Shifts.People[seat.Person].PersonId;
        var device = _data.Index("check-in-device", $"{seat.Place}/device-{seat.Person}");
        return _database.WriteAsync(async db =>
        {
            var now = DateTime.UtcNow;
            var place = await db.FindPlaceAsync(seat.Place, personId, device);
            var after = new DoorCheck(place!, CheckWay.In, Position: null).Done(now);
            await db.AddDeviceAsync(seat.Place, device, personId);
            await db.MoveAttendanceAsync(after);
            db.Record(JournalEntry.BySystem(
                now, "participant", "ATTENDANCE_CHECKED_IN", "attendance", after.SignUpId, after.UnitId,
                AttendanceStore.Detail(after)));
            QueueKey(db, personId, now);
            return true;
        }, CancellationToken.None);
    }

    private Metadata AsParticipant(BenchSeat seat) => As(_world.Shifts.People[seat.Person]);
}
