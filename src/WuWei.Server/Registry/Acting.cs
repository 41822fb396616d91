using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>An organisation that acts, and where; for the slices in which it does.</summary>
public sealed record Acting(Guid OrganisationId, string Name, IReadOnlyList<Guid> UnitIds);

public static class ActingStore
{
    /// <summary>Refuses unless the person may act for it now, and it is listed.</summary>
    public static async Task<Acting> GetActingAsync(this DbSession db, Guid organisationId, Guid personId, DateTime now)
    {
        var rows = await db.ListRowsAsync(organisationId, personId, now);
        return rows.Count > 0 && rows[0].Acts
            ? Listed(organisationId, rows)
            : throw Refuse.Denied("ORGANISATION_NOT_YOURS", "你不能代表这个组织。");
    }

    /// <summary>The same, whoever asks: refuses unless it is listed.</summary>
    public static async Task<Acting> GetServingAsync(this DbSession db, Guid organisationId, DateTime now) =>
        Listed(organisationId, await db.ListRowsAsync(organisationId, Guid.Empty, now));

    /// <summary>Where the listed organisations serve that a person may act for now.</summary>
    public static Task<List<Guid>> ListActingUnitsAsync(this DbSession db, Guid personId, DateTime now) =>
        db.ListAsync<Guid>(
            """
            SELECT DISTINCT s.unit_id
            FROM organisation_member m
            JOIN organisation o ON o.id = m.organisation_id AND o.status = 2 AND o.listed_until >= @day
            JOIN organisation_scope s ON s.organisation_id = o.id AND s.status = 2 AND s.until >= @day
            WHERE m.person_id = @personId AND m.live = 1 AND m.may_act = 1
              AND m.starts_on <= @day AND (m.ends_on IS NULL OR m.ends_on >= @day)
            """, new { personId, day = Clock.Day(now) });

    private static Acting Listed(Guid organisationId, List<Row> rows) => rows.Count > 0 && rows[0].Listed
        ? new Acting(organisationId, rows[0].Name, [.. rows.Select(r => r.UnitId).OfType<Guid>()])
        : throw Refuse.Premature("ORGANISATION_NOT_LISTED", "这个组织没有登记，或登记已经到期、暂停。");

    private static Task<List<Row>> ListRowsAsync(
        this DbSession db, Guid organisationId, Guid personId, DateTime now) => db.ListAsync<Row>(
        """
        SELECT o.name, o.status = 2 AND o.listed_until >= @day AS listed, s.unit_id,
          EXISTS (SELECT 1 FROM organisation_member m
            WHERE m.organisation_id = o.id AND m.person_id = @personId AND m.live = 1 AND m.may_act = 1
              AND m.starts_on <= @day AND (m.ends_on IS NULL OR m.ends_on >= @day)) AS acts
        FROM organisation o
        LEFT JOIN organisation_scope s ON s.organisation_id = o.id AND s.status = 2 AND s.until >= @day
        WHERE o.id = @organisationId
        ORDER BY s.applied_at, s.id
        """, new { organisationId, personId, day = Clock.Day(now) });

    private sealed record Row
    {
        public string Name { get; init; } = "";
        public bool Listed { get; init; }
        public bool Acts { get; init; }
        public Guid? UnitId { get; init; }
    }
}
