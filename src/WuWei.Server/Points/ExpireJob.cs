using System.Globalization;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>
/// Once a day, takes points whose months are over, the oldest first. A run does a bounded part: other background work waits
/// for it.
/// </summary>
public sealed class ExpireJob(Database database, TimeProvider clock) : IJob
{
    private const int AccountsMax = 500;
    private const int PagesMax = 4;

    /// <summary>What expires points has one account; as it has no balance, nobody waits for it.</summary>
    public static readonly Guid Expired = new("00000000-0000-7000-8000-000000000001");

    private int _doneDay;
    private Guid _after;

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        var day = int.Parse($"{Clock.Day(now):yyyyMMdd}", CultureInfo.InvariantCulture);
        if (_doneDay < day)
        {
            _doneDay = (int)await database.ReadAsync(db => db.FindExpiredDayAsync(), cancel);
        }

        var total = 0;
        for (var pages = 0; pages < PagesMax && _doneDay < day; pages++)
        {
            var page = await database.ReadAsync(db => db.ListOverAsync(_after, now, AccountsMax), cancel);
            foreach (var account in page.Where(p => p.OverDue > 0))
            {
                total += await database.HousekeepAsync(db => ExpireAsync(db, account.Id, now), cancel);
            }

            _after = page.Count == 0 ? Guid.Empty : page[^1].Id;
            if (page.Count == 0)
            {
                await database.HousekeepAsync(db => db.ExpiredOnAsync(day), cancel);
                _doneDay = day;
            }
        }

        return total;
    }

    /// <summary>Looks again in the transaction that takes them: an award or a deduction may have come between.</summary>
    private async Task<int> ExpireAsync(DbSession db, Guid accountId, DateTime now)
    {
        var account = await db.FindOverAsync(accountId, now);
        var amount = (int)Math.Min(account?.OverDue ?? 0, account?.Balance ?? 0);
        if (amount <= 0)
        {
            return 0;
        }

        await db.CreditAsync(accountId, account!.Version, -amount);
        var transfer = new Transfer
        {
            Id = clock.NewId(),
            At = now,
            Kind = TransferKind.Expiry,
            FromId = accountId,
            ToId = Expired,
            Amount = amount,
            UnitId = account.UnitId,
        };
        db.QueueTransfer(transfer);
        db.Record(JournalEntry.BySystem(
            now, "clock", "POINTS_EXPIRED", "transfer", transfer.Id, account.UnitId, new { accountId, amount }));
        return 1;
    }
}
