using WuWei.Data;

namespace WuWei.Identity;

/// <summary>
/// Every SQL statement on what tells that two people are one, or live together: keyed hashes of devices and places.
/// </summary>
public static class PersonTieStore
{
    private const int DeviceDays = 90;
    private const int PlaceDays = 366;

    public static void QueueDevice(this DbSession db, Guid personId, byte[] device, DateTime now) => db.Queue(
        """
        INSERT INTO person_device (person_id, device, seen_at) VALUES (@personId, @device, @now)
        ON DUPLICATE KEY UPDATE seen_at = GREATEST(seen_at, @now)
        """, new { personId, device, now });

    public static void QueuePlace(this DbSession db, Guid personId, byte[] place, DateTime now) => db.Queue(
        """
        INSERT INTO person_place (person_id, place, seen_at) VALUES (@personId, @place, @now)
        ON DUPLICATE KEY UPDATE seen_at = GREATEST(seen_at, @now)
        """, new { personId, place, now });

    /// <summary>What was not seen for long; at most <paramref name="countMax"/> rows of each.</summary>
    public static async Task<int> ForgetTiesAsync(this DbSession db, DateTime now, int countMax) =>
        await db.ExecuteAsync("DELETE FROM person_device WHERE seen_at < @before LIMIT @countMax",
            new { before = now.AddDays(-DeviceDays), countMax })
        + await db.ExecuteAsync("DELETE FROM person_place WHERE seen_at < @before LIMIT @countMax",
            new { before = now.AddDays(-PlaceDays), countMax });
}
