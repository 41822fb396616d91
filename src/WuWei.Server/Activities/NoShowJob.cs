using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>Records who had a place in a shift that is over, and did not come.</summary>
public sealed class NoShowJob(Database database, TimeProvider clock) : IJob
{
    private const int ShiftsMax = 100;
    private const int PeopleMax = 100;

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var total = 0;
        for (var listed = ShiftsMax; listed == ShiftsMax;)
        {
            var shifts = await database.ReadAsync(db => db.ListUnsweptAsync(clock.Now(), ShiftsMax), cancel);
            listed = shifts.Count;
            foreach (var shift in shifts)
            {
                // Most shifts have none, so there may be nothing to record.
                total += await database.HousekeepAsync(db => SweepAsync(db, shift, clock.Now()), cancel);
            }
        }

        return total;
    }

    private static async Task<int> SweepAsync(DbSession db, Guid shiftId, DateTime now)
    {
        if (!await db.SweepAsync(shiftId, now))
        {
            return 0;
        }

        var missing = await db.ListMissingAsync(shiftId, PeopleMax);
        foreach (var attendance in missing)
        {
            var missed = attendance.Missed();
            await db.MoveAttendanceAsync(missed);
            db.Record(JournalEntry.BySystem(
                now, ActivityEntry.Name(ActivityActor.Clock), "ATTENDANCE_MISSED", "attendance", missed.SignUpId,
                missed.UnitId, AttendanceStore.Detail(missed)));
        }

        if (missing.Count == PeopleMax)
        {
            db.QueueUnswept(shiftId);
        }

        return missing.Count;
    }
}
