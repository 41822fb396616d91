using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>
/// Records who had a place in a shift that is over, and did not come; what the rules of that day take for it goes with it.
/// </summary>
public sealed class NoShowJob(
    Database database, Units units, PointsRuleBooks books, Deductor deductor, TimeProvider clock) : IJob
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
            var tree = await units.TreeAsync(cancel);
            var book = await books.BookAsync(cancel);
            foreach (var shift in shifts)
            {
                // Most shifts have none, so there may be nothing to record.
                total += await database.HousekeepAsync(db => SweepAsync(db, shift, tree, book, clock.Now()), cancel);
            }
        }

        return total;
    }

    private async Task<int> SweepAsync(
        DbSession db, Guid shiftId, UnitTree tree, PointsRuleBook book, DateTime now)
    {
        if (!await db.SweepAsync(shiftId, now))
        {
            return 0;
        }

        var missing = await db.ListMissingAsync(shiftId, PeopleMax);
        // In one order wherever several accounts are locked.
        foreach (var attendance in missing.OrderBy(a => a.PersonId))
        {
            var missed = attendance.Missed();
            await db.MoveAttendanceAsync(missed);
            var entry = JournalEntry.BySystem(
                now, ActivityEntry.Name(ActivityActor.Clock), "ATTENDANCE_MISSED", "attendance", missed.SignUpId,
                missed.UnitId, AttendanceStore.Detail(missed));
            db.Record(entry);
            await deductor.DeductAsync(
                db, book.At(tree.DistrictOf(tree.Get(missed.UnitId)).Id, missed.EndsAt), DeductionReason.NoShow,
                missed.PersonId, missed.SignUpId, missed.ActivityId, missed.UnitId, entry);
        }

        if (missing.Count == PeopleMax)
        {
            db.QueueUnswept(shiftId);
        }

        return missing.Count;
    }
}
