using WuWei.Data;

namespace WuWei.Partners;

public enum PartnerCredentialKind
{
    Certificate,
    Key,
}

/// <summary>Every SQL statement that changes partners.</summary>
public static class PartnerRegisterStore
{
    public static Task<int> CountPartnersAsync(this DbSession db) =>
        db.FindAsync<int>("SELECT CAST(COUNT(*) AS SIGNED) FROM partner");

    public static async Task<byte[]> GetPartnerContactAsync(this DbSession db, Guid id) =>
        (await db.FindAsync<ContactRow>("SELECT contact FROM partner WHERE id = @id", new { id }))!.Contact;

    public static Task AddPartnerAsync(
        this DbSession db, Guid id, string code, PartnerTerms terms, byte[] contact, DateTime startsAt, DateTime now) =>
        db.ExecuteAsync(
            """
            INSERT INTO partner (id, code, name, purpose, contact, quota_per_day, starts_at, ends_at, added_at)
            VALUES (@id, @code, @Name, @Purpose, @contact, @QuotaPerDay, @startsAt, @EndsAt, @now)
            """,
            new { id, code, terms.Name, terms.Purpose, contact, terms.QuotaPerDay, startsAt, terms.EndsAt, now });

    /// <summary>Unless it was revoked, or changed by somebody else, since its terms were read.</summary>
    public static async Task ChangePartnerAsync(
        this DbSession db, Guid id, PartnerTerms terms, byte[] contact, DateTime now)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE partner SET name = @Name, purpose = @Purpose, contact = @contact, quota_per_day = @QuotaPerDay,
              starts_at = @startsAt, ends_at = @EndsAt, version = version + 1
            WHERE id = @id AND revoked_at IS NULL AND version = @Version
            """,
            new
            {
                id,
                terms.Name,
                terms.Purpose,
                contact,
                terms.QuotaPerDay,
                startsAt = terms.StartsAt ?? now,
                terms.EndsAt,
                terms.Version,
            }) == 0)
        {
            throw new InvalidOperationException(
                "That partner was changed or revoked meanwhile, and nothing was changed now; look at `wuwei partner list` "
                + "and run it again.");
        }
    }

    /// <summary>Its scopes, units and people, in the place of those it had.</summary>
    public static async Task PutTermsAsync(this DbSession db, Guid id, PartnerTerms terms, DateTime now)
    {
        await db.ExecuteAsync("DELETE FROM partner_scope WHERE partner_id = @id", new { id });
        await db.ExecuteAsync("DELETE FROM partner_unit WHERE partner_id = @id", new { id });
        await db.ExecuteAsync("DELETE FROM partner_person WHERE partner_id = @id", new { id });
        db.QueueEach(
            "INSERT INTO partner_scope (partner_id, scope, quota_per_day) VALUES ", "(@id, @Name, @QuotaPerDay)",
            [.. terms.Scopes.DistinctBy(s => s.Name).Select(s => new { id, s.Name, s.QuotaPerDay })]);
        db.QueueEach(
            "INSERT INTO partner_unit (partner_id, unit_id) VALUES ", "(@id, @unitId)",
            [.. terms.Units.Distinct().Select(unitId => new { id, unitId })]);
        db.QueueEach(
            "INSERT INTO partner_person (partner_id, person_id, added_at) VALUES ", "(@id, @personId, @now)",
            [.. terms.People.Distinct().Select(personId => new { id, personId, now })]);
    }

    public static async Task<bool> RevokePartnerAsync(this DbSession db, Guid id, byte[] reason, DateTime now) =>
        await db.ExecuteAsync(
            "UPDATE partner SET revoked_at = @now, reason = @reason WHERE id = @id AND revoked_at IS NULL",
            new { id, reason, now }) == 1;

    /// <summary>Those it has are refused from a time on at the latest; those that are over make room.</summary>
    public static async Task RetireCredentialsAsync(
        this DbSession db, PartnerCredentialKind kind, Guid partnerId, DateTime at, DateTime now)
    {
        await db.ExecuteAsync(
            $"""
            UPDATE {Table(kind)} SET ends_at = @at
            WHERE partner_id = @partnerId AND slot IS NOT NULL AND (ends_at IS NULL OR ends_at > @at)
            """, new { partnerId, at });
        await db.ExecuteAsync(
            $"UPDATE {Table(kind)} SET slot = NULL WHERE partner_id = @partnerId AND ends_at <= @now",
            new { partnerId, now });
    }

    public static async Task<List<int>> ListSlotsAsync(this DbSession db, PartnerCredentialKind kind, Guid partnerId) =>
        await db.ListAsync<int>(
            $"""
            SELECT CAST(slot AS SIGNED) FROM {Table(kind)} WHERE partner_id = @partnerId AND slot IS NOT NULL
            """, new { partnerId });

    public static Task AddCredentialAsync(
        this DbSession db, PartnerCredentialKind kind, Guid id, Guid partnerId, byte[] hash, int slot, DateTime now) =>
        db.ExecuteAsync(
            kind == PartnerCredentialKind.Certificate
                ? """
                INSERT INTO partner_certificate (fingerprint, partner_id, slot, added_at)
                VALUES (@hash, @partnerId, @slot, @now)
                """
                : """
                INSERT INTO partner_key (id, partner_id, key_hash, slot, added_at)
                VALUES (@id, @partnerId, @hash, @slot, @now)
                """, new { id, partnerId, hash, slot, now });

    private static string Table(PartnerCredentialKind kind) =>
        kind == PartnerCredentialKind.Certificate ? "partner_certificate" : "partner_key";

    private sealed record ContactRow
    {
        public byte[] Contact { get; init; } = [];
    }
}
