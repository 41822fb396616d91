namespace WuWei.Wishes;

/// <summary>
/// What a wish adds to its unit's counts: a sum of measures, read off its state. A move changes the counts by the
/// difference of what it adds before and after, so a recount is the same function over all wishes.
/// </summary>
public static class WishCounts
{
    public const int Made = 1;
    public const int KeptByAutoConfirmation = 2;
    public const int Imported = 3;
    public const int Overdue = 4;
    public const int OpenFollowUps = 5;

    private const int StatusBase = 10;
    private const int KindBase = 30;
    private const int RatingBase = 50;
    private const int HoursToClaimBase = 100;
    private const int HoursToKeepBase = 200;

    /// <summary>Upper bounds of the histogram's buckets in hours; the last bucket is open.</summary>
    private static readonly int[] Bounds = [1, 2, 4, 8, 12, 24, 48, 72, 120, 168, 240, 336, 504, 720, 1_440, 2_880];

    public static int InStatus(WishStatus status) => StatusBase + (int)status;

    public static int KeptBy(ClaimerKind kind) => KindBase + (int)kind;

    public static int Rated(int rating) => RatingBase + rating;

    public static IEnumerable<int> Of(Wish wish)
    {
        if (wish.Origin == WishOrigin.Import)
        {
            yield return Imported;
            yield break;
        }

        yield return Made;
        if (wish.Overdue)
        {
            yield return Overdue;
        }

        if (wish.Rating is { } rating)
        {
            yield return Rated(rating);
        }

        if (wish.AutoConfirmed)
        {
            yield return KeptByAutoConfirmation;
            yield break;
        }

        yield return InStatus(wish.Status);
        if (wish.Status == WishStatus.Kept)
        {
            yield return KeptBy(wish.ClaimKind!.Value);
            yield return HoursToKeepBase + Bucket(wish.KeptAt!.Value - wish.ClaimedAt!.Value);
        }
    }

    /// <summary>A claim counts once, whatever becomes of it.</summary>
    public static int OfClaim(DateTime openedAt, DateTime claimedAt) => HoursToClaimBase + Bucket(claimedAt - openedAt);

    /// <summary>Measures that change, with by how much.</summary>
    public static IEnumerable<(int Measure, int Amount)> Changes(Wish? before, Wish after) =>
        Of(after).Select(m => (Measure: m, Amount: 1))
            .Concat(before is null ? [] : Of(before).Select(m => (Measure: m, Amount: -1)))
            .GroupBy(c => c.Measure, (m, cs) => (m, cs.Sum(c => c.Amount)))
            .Where(c => c.Item2 != 0);

    /// <param name="ratingsMin">Fewer have no average.</param>
    public static Wire.WishCounts ToWire(IReadOnlyDictionary<int, long> counts, int ratingsMin)
    {
        var wire = new Wire.WishCounts
        {
            Made = Count(Made),
            PendingReview = Count(InStatus(WishStatus.PendingReview)),
            Open = Count(InStatus(WishStatus.Open)),
            Claimed = Count(InStatus(WishStatus.Claimed)),
            Delivered = Count(InStatus(WishStatus.Delivered)),
            Kept = Count(InStatus(WishStatus.Kept)),
            KeptByAutoConfirmation = Count(KeptByAutoConfirmation),
            Rejected = Count(InStatus(WishStatus.Rejected)),
            Withdrawn = Count(InStatus(WishStatus.Withdrawn)),
            Expired = Count(InStatus(WishStatus.Expired)),
            Imported = Count(Imported),
            Overdue = Count(Overdue),
            OpenFollowUps = Count(OpenFollowUps),
            Satisfaction = SatisfactionOf(counts).ToWire(ratingsMin),
            KeptByKind =
            {
                Enum.GetValues<ClaimerKind>().Select(k => new Wire.KeptByKind
                {
                    Kind = (Wire.ClaimerKind)k,
                    Kept = Count(KeptBy(k)),
                }),
            },
        };
        if (Median(HoursToClaimBase) is { } toClaim)
        {
            wire.MedianHoursToClaim = toClaim;
        }

        if (Median(HoursToKeepBase) is { } toKeep)
        {
            wire.MedianHoursToKeep = toKeep;
        }

        return wire;

        long Count(int measure) => counts.GetValueOrDefault(measure);

        double? Median(int first) => WishCounts.Median(
            // A period may hold more overturned than kept.
            [.. Enumerable.Range(first, Bounds.Length + 1).Select(m => Math.Max(0, Count(m)))]);
    }

    public static Satisfaction SatisfactionOf(IReadOnlyDictionary<int, long> counts)
    {
        var ratings = Enumerable.Range(1, Satisfaction.RatingMax).ToDictionary(
            // A period may hold more overturned than kept.
            r => r, r => Math.Max(0, counts.GetValueOrDefault(Rated(r))));
        return new Satisfaction(ratings.Values.Sum(), ratings.Sum(r => r.Key * r.Value));
    }

    /// <summary>The middle of a histogram, straight between its bucket's bounds; null when it is empty.</summary>
    public static double? Median(IReadOnlyList<long> buckets)
    {
        var total = buckets.Sum();
        if (total == 0)
        {
            return null;
        }

        var half = total / 2.0;
        double below = 0;
        for (var i = 0; i < Bounds.Length; below += buckets[i], i++)
        {
            if (below + buckets[i] >= half)
            {
                var low = i == 0 ? 0 : Bounds[i - 1];
                return low + ((Bounds[i] - low) * (half - below) / buckets[i]);
            }
        }

        return Bounds[^1];
    }

    private static int Bucket(TimeSpan span)
    {
        var i = Array.FindIndex(Bounds, bound => span < TimeSpan.FromHours(bound));
        return i < 0 ? Bounds.Length : i;
    }
}
