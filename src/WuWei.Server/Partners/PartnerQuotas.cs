using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Partners;

/// <summary>
/// How many calls partners may make in a day of China's, all together and by scope, over all copies. Each copy takes a
/// hundredth of a quota at a time from the row they share, so a hundred calls cost one trip, never more pass than there
/// may, and a copy that ends loses a hundredth at most.
/// </summary>
public sealed class PartnerQuotas(Database database)
{
    private const int Parts = 100;

    /// <summary>The days of China begin for all at once, so what is left of the day before is dropped then.</summary>
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(Guid Partner, string Scope), Share> _shares = new();

    /// <summary>Counts one more call, unless that is more than there may be.</summary>
    public async Task<bool> TakeAsync(Partner partner, PartnerScope scope, DateTime now, CancellationToken cancel) =>
        (scope.QuotaPerDay is not { } ofScope || await TakeAsync(partner.Id, scope.Name, ofScope, now, cancel))
        && await TakeAsync(partner.Id, "", partner.QuotaPerDay, now, cancel);

    private async Task<bool> TakeAsync(Guid partnerId, string scope, int quota, DateTime now, CancellationToken cancel)
    {
        var limit = new Limit("partner", quota, Day);
        var share = _shares.GetOrAdd((partnerId, scope), _ => new Share());
        if (share.TryTake(limit.PeriodStart(now), quota) is { } known)
        {
            return known;
        }

        await share.Refilling.WaitAsync(cancel);
        try
        {
            // Somebody else may have brought some meanwhile.
            if (share.TryTake(limit.PeriodStart(now), quota) is { } brought)
            {
                return brought;
            }

            var subject = SHA256.HashData(Encoding.UTF8.GetBytes($"{partnerId}/{scope}"));
            var part = await database.HousekeepAsync(
                db => db.TakeUpToAsync(limit, subject, Math.Max(1, quota / Parts), now), cancel);
            return share.Refill(limit.PeriodStart(now), quota, part);
        }
        finally
        {
            share.Refilling.Release();
        }
    }

    /// <summary>What this copy has taken and not used.</summary>
    private sealed class Share
    {
        private readonly Lock _lock = new();
        private DateTime _day;
        private int _quota;
        private int _left;
        private bool _spent;

        public SemaphoreSlim Refilling { get; } = new(1);

        /// <returns>Null when only the shared row knows.</returns>
        public bool? TryTake(DateTime day, int quota)
        {
            lock (_lock)
            {
                if (_day != day || _quota != quota)
                {
                    // What was taken stays counted: a quota that is changed often is none the larger for it.
                    (_day, _quota, _left, _spent) = (day, quota, 0, false);
                }

                return _left > 0 ? _left-- > 0 : _spent ? false : null;
            }
        }

        /// <summary>Adds what was taken, and uses one of it.</summary>
        public bool Refill(DateTime day, int quota, int part)
        {
            lock (_lock)
            {
                if (_day != day || _quota != quota)
                {
                    return part > 0;
                }

                _spent = part == 0;
                _left += Math.Max(0, part - 1);
                return part > 0;
            }
        }
    }
}
