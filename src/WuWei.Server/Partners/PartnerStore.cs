using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Partners;

/// <summary>Every SQL statement that reads partners.</summary>
public static class PartnerStore
{
    /// <summary>All partners with everything they may and are known by; there are some dozens.</summary>
    public static async Task<PartnerList> ReadPartnersAsync(this DbSession db, DateTime now)
    {
        var rows = await db.ListAsync<PartnerRow>(
            """
            SELECT p.id, p.code, p.name, p.purpose, p.quota_per_day, p.starts_at, p.ends_at, p.revoked_at,
              p.version, x.kind, x.value, x.scope_quota, x.over_at
            FROM partner p
            LEFT JOIN (
              SELECT partner_id, 'scope' AS kind, scope AS value, quota_per_day AS scope_quota, NULL AS over_at
              FROM partner_scope
              UNION ALL SELECT partner_id, 'unit', HEX(unit_id), NULL, NULL FROM partner_unit
              UNION ALL SELECT partner_id, 'person', HEX(person_id), NULL, NULL FROM partner_person
              UNION ALL SELECT partner_id, 'certificate', HEX(fingerprint), NULL, ends_at FROM partner_certificate
              UNION ALL SELECT partner_id, 'key', HEX(key_hash), NULL, ends_at FROM partner_key
            ) x ON x.partner_id = p.id
            ORDER BY p.code, x.value
            """, new { });
        var byId = new Dictionary<Guid, Partner>();
        var (byCertificate, byKey) =
            (new Dictionary<string, PartnerCredential>(), new Dictionary<string, PartnerCredential>());
        foreach (var group in rows.GroupBy(r => r.Id))
        {
            var partner = group.First().ToPartner([.. group]);
            byId[partner.Id] = partner;
            foreach (var row in group.Where(r => r.Kind is "certificate" or "key"))
            {
                (row.Kind == "key" ? byKey : byCertificate)[row.Value!.ToLowerInvariant()] = new(partner, row.OverAt);
            }
        }

        return new PartnerList(now, byId, byCertificate, byKey);
    }

    private sealed record PartnerRow
    {
        public Guid Id { get; init; }
        public string Code { get; init; } = "";
        public string Name { get; init; } = "";
        public string Purpose { get; init; } = "";
        public int QuotaPerDay { get; init; }
        public DateTime StartsAt { get; init; }
        public DateTime? EndsAt { get; init; }
        public DateTime? RevokedAt { get; init; }
        public int Version { get; init; }
        public string? Kind { get; init; }
        public string? Value { get; init; }
        public int? ScopeQuota { get; init; }
        public DateTime? OverAt { get; init; }

        public Partner ToPartner(List<PartnerRow> all) => new(
            Id, Code, Name, Purpose,
            [.. all.Where(r => r.Kind == "scope").Select(r => new PartnerScope(r.Value!, r.ScopeQuota))],
            Ids(all, "unit"), Ids(all, "person"), QuotaPerDay, StartsAt, EndsAt, RevokedAt,
            Version);

        private static HashSet<Guid> Ids(List<PartnerRow> all, string kind) =>
            [.. all.Where(r => r.Kind == kind).Select(r => Guid.ParseExact(r.Value!, "N"))];
    }
}
