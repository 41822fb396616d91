using WuWei.Data;

namespace WuWei.Campaigns;

/// <summary>Somebody's place on the board of a campaign.</summary>
public sealed record CampaignPlace
{
    public int Place { get; init; }
    public Guid PersonId { get; init; }
    public long Minutes { get; init; }
}

/// <summary>A festival or campaign, and from when to when what is done below it counts.</summary>
public sealed record CampaignSpan(Guid Id, DateTime StartsAt, DateTime EndsAt);

/// <summary>A campaign whose board is due to be frozen.</summary>
public sealed record EndedCampaign
{
    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
}

/// <summary>Every SQL statement on boards of campaigns.</summary>
public static class CampaignStore
{
    /// <summary>A board as the attendances say now.</summary>
    private const string Live =
        """
        SELECT ROW_NUMBER() OVER (ORDER BY s.minutes DESC, s.reached_at, s.person_id) AS place, s.person_id, s.minutes,
          s.reached_at
        FROM (
          SELECT t.person_id, CAST(SUM(t.minutes) AS SIGNED) AS minutes, MAX(t.decided_at) AS reached_at
          FROM activity c JOIN attendance t ON t.activity_id = c.id AND t.status = 4
          WHERE c.parent_id = @Id AND t.minutes > 0 AND t.starts_at >= @StartsAt AND t.ends_at <= @EndsAt
          GROUP BY t.person_id
        ) s
        """;

    private const string Frozen = "SELECT place, person_id, minutes FROM campaign_place WHERE activity_id = @Id";

    public static async Task<DateTime?> FindFrozenAtAsync(this DbSession db, Guid id) =>
        (await db.FindAsync<FrozenRow>(
            "SELECT frozen_at FROM campaign_board WHERE activity_id = @id", new { id }))?.FrozenAt;

    public static Task<List<CampaignPlace>> ListTopAsync(
        this DbSession db, CampaignSpan campaign, bool frozen, int top) =>
        db.ListAsync<CampaignPlace>(
            $"""
            SELECT p.place, p.person_id, p.minutes FROM ({(frozen ? Frozen : Live)}) p
            WHERE p.place <= @top ORDER BY p.place
            """, new { campaign.Id, campaign.StartsAt, campaign.EndsAt, top });

    /// <summary>Somebody's place with its neighbours, in order; none when they have none.</summary>
    public static Task<List<CampaignPlace>> ListAroundAsync(
        this DbSession db, CampaignSpan campaign, bool frozen, Guid personId, int eachSide) =>
        db.ListAsync<CampaignPlace>(
            $"""
            WITH board AS ({(frozen ? Frozen : Live)})
            SELECT p.place, p.person_id, p.minutes
            FROM board me JOIN board p ON p.place + @eachSide >= me.place AND p.place <= me.place + @eachSide
            WHERE me.person_id = @personId ORDER BY p.place
            """, new { campaign.Id, campaign.StartsAt, campaign.EndsAt, personId, eachSide });

    /// <summary>Published festivals and campaigns that ended by a time and whose board is not frozen yet.</summary>
    public static Task<List<EndedCampaign>> ListEndedAsync(this DbSession db, DateTime by, int countMax) =>
        db.ListAsync<EndedCampaign>(
            """
            SELECT a.id, a.unit_id, a.starts_at, a.ends_at
            FROM activity a LEFT JOIN campaign_board b ON b.activity_id = a.id
            WHERE a.kind IN (3, 4) AND a.ends_at <= @by AND a.published_at IS NOT NULL AND b.activity_id IS NULL
            ORDER BY a.ends_at, a.id LIMIT @countMax
            """, new { by, countMax });

    /// <summary>Keeps a board as it is at this moment, for good.</summary>
    /// <returns>How many people are on it; null when another copy was faster.</returns>
    public static async Task<int?> FreezeAsync(this DbSession db, EndedCampaign ended, DateTime now)
    {
        if (await db.ExecuteAsync(
            "INSERT IGNORE INTO campaign_board (activity_id, frozen_at) VALUES (@Id, @now)",
            new { ended.Id, now }) == 0)
        {
            return null;
        }

        return await db.ExecuteAsync(
            $"""
            INSERT INTO campaign_place (activity_id, place, person_id, minutes, reached_at)
            SELECT @Id, p.place, p.person_id, p.minutes, p.reached_at FROM ({Live}) p
            """, new { ended.Id, ended.StartsAt, ended.EndsAt });
    }

    private sealed record FrozenRow
    {
        public DateTime FrozenAt { get; init; }
    }
}
