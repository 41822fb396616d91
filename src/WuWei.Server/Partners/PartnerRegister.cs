using MySqlConnector;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Partners;

/// <summary>What an operator says about a partner.</summary>
/// <param name="Version">Of the terms that these were made of: they replace those and no others.</param>
public sealed record PartnerTerms(
    string Name, string Purpose, string Contact, IReadOnlyList<PartnerScope> Scopes, IReadOnlyList<Guid> Units,
    IReadOnlyList<Guid> People, int QuotaPerDay, DateTime? StartsAt, DateTime? EndsAt, int Version = 1);

/// <summary>
/// Changes what partners may have and are known by: an operator's acts, each in the journal. What an operator can mend is an
/// <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class PartnerRegister(Database database, PersonalData personalData, TimeProvider clock)
{
    private const int CodeMin = 2;
    private const int CodeMax = 40;
    private const int NameMax = 80;
    private const int PurposeMax = 400;
    private const int ContactMax = 200;
    private const int ReasonMax = 500;
    private const int EachMax = 100;
    private const int QuotaMax = 100_000_000;
    private const int PartnersMax = 500;

    /// <summary>What was "now" when the operator asked.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    /// <summary>A new partner, without a certificate or key yet.</summary>
    public async Task<Guid> AddAsync(string code, PartnerTerms terms, CancellationToken cancel)
    {
        Check(code, terms);
        var (id, now) = (clock.NewId(), clock.Now());
        try
        {
            return await database.WriteAsync(async db =>
            {
                if (await db.CountPartnersAsync() >= PartnersMax)
                {
                    throw new InvalidOperationException($"There are {PartnersMax} partners already.");
                }

                await db.AddPartnerAsync(
                    id, code, terms, personalData.Seal("partner.contact", id, terms.Contact), terms.StartsAt ?? now, now);
                await db.PutTermsAsync(id, terms, now);
                Record(db, now, "PARTNER_ADDED", id, Told(terms));
                return id;
            }, cancel);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw new InvalidOperationException($"There is a partner {code} already.");
        }
    }

    /// <summary>From now on it has these terms instead of those that <see cref="GetAsync"/> gave.</summary>
    public Task<bool> ChangeAsync(string code, PartnerTerms terms, CancellationToken cancel)
    {
        Check(code, terms);
        var now = clock.Now();
        return database.WriteAsync(async db =>
        {
            var (id, _) = await GetAsync(db, code);
            await db.ChangePartnerAsync(id, terms, personalData.Seal("partner.contact", id, terms.Contact), now);
            await db.PutTermsAsync(id, terms, now);
            Record(db, now, "PARTNER_CHANGED", id, Told(terms));
            return true;
        }, cancel);
    }

    /// <summary>One more certificate; those that it has are refused from a time on.</summary>
    /// <param name="retireAt">Null where it has none that could stay.</param>
    public Task<bool> AddCertificateAsync(string code, byte[] fingerprint, DateTime? retireAt, CancellationToken cancel) =>
        AddCredentialAsync(
            code, retireAt, PartnerCredentialKind.Certificate, "PARTNER_CERTIFICATE_ADDED", fingerprint, cancel);

    /// <summary>One more key, of which only the hash is kept.</summary>
    /// <returns>The key, which nobody will see again.</returns>
    public async Task<string> AddKeyAsync(string code, DateTime? retireAt, CancellationToken cancel)
    {
        var key = Token.New();
        await AddCredentialAsync(
            code, retireAt, PartnerCredentialKind.Key, "PARTNER_KEY_ADDED", Token.Hash(key)!, cancel);
        return key;
    }

    /// <summary>It is let in no more, for good, within a minute on every copy.</summary>
    public Task<bool> RevokeAsync(string code, string reason, CancellationToken cancel)
    {
        if (reason.Trim().Length is 0 or > ReasonMax)
        {
            throw new InvalidOperationException($"A reason has 1 to {ReasonMax} characters.");
        }

        var now = clock.Now();
        return database.WriteAsync(async db =>
        {
            var (id, _) = await GetAsync(db, code);
            if (!await db.RevokePartnerAsync(id, personalData.Seal("partner.reason", id, reason.Trim()), now))
            {
                throw new InvalidOperationException($"{code} is revoked already.");
            }

            Record(db, now, "PARTNER_REVOKED", id, new { reason = personalData.Hash(reason.Trim()) });
            return true;
        }, cancel);
    }

    /// <summary>A partner's terms with the contact, for an operator's eyes.</summary>
    public Task<PartnerTerms> GetAsync(string code, CancellationToken cancel) =>
        database.ReadAsync(async db => (await GetAsync(db, code)).Terms, cancel);

    private Task<bool> AddCredentialAsync(
        string code, DateTime? retireAt, PartnerCredentialKind kind, string entry, byte[] hash,
        CancellationToken cancel)
    {
        var now = clock.Now();
        if (retireAt < now - Moment)
        {
            throw new InvalidOperationException("What is replaced can be refused from now on, not from before.");
        }

        return database.WriteAsync(async db =>
        {
            var partner = await FindAsync(db, code);
            var id = partner.Id;
            if (partner.RevokedAt is not null)
            {
                throw new InvalidOperationException($"{code} is revoked for good; add it anew by another code.");
            }

            await db.RetireCredentialsAsync(kind, id, retireAt > now ? retireAt.Value : now, now);
            var taken = await db.ListSlotsAsync(kind, id);
            if (taken.Count > 1)
            {
                throw new InvalidOperationException(
                    $"{code} has two already: wait until the older one is over, or replace both at once with --retire now.");
            }

            try
            {
                await db.AddCredentialAsync(kind, clock.NewId(), id, hash, taken.Contains(1) ? 2 : 1, now);
            }
            catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
            {
                throw new InvalidOperationException("That one is registered already, or was.");
            }

            Record(db, now, entry, id, new { sha256 = Convert.ToHexStringLower(hash), retireAt });
            return true;
        }, cancel);
    }

    private async Task<(Guid Id, PartnerTerms Terms)> GetAsync(DbSession db, string code)
    {
        var partner = await FindAsync(db, code);
        var contact = await db.GetPartnerContactAsync(partner.Id);
        return (partner.Id, new PartnerTerms(
            partner.Name, partner.Purpose, personalData.Open("partner.contact", partner.Id, contact), partner.Scopes,
            [.. partner.Units], [.. partner.People], partner.QuotaPerDay, partner.StartsAt, partner.EndsAt,
            partner.Version));
    }

    private async Task<Partner> FindAsync(DbSession db, string code) =>
        (await db.ReadPartnersAsync(clock.Now())).ById.Values.FirstOrDefault(p => p.Code == code)
            ?? throw new InvalidOperationException($"There is no partner {code}.");

    private static void Check(string code, PartnerTerms terms)
    {
        Demand(
            code.Length is >= CodeMin and <= CodeMax
                && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'),
            $"A partner's code is {CodeMin} to {CodeMax} of a-z, 0-9, . and -.");
        Demand(terms.Name.Length is > 0 and <= NameMax, $"A name has 1 to {NameMax} characters.");
        Demand(terms.Purpose.Length is > 0 and <= PurposeMax, $"A purpose has 1 to {PurposeMax} characters.");
        Demand(terms.Contact.Length is > 0 and <= ContactMax, $"A contact has 1 to {ContactMax} characters.");
        Demand(terms.Scopes.Count is > 0 and <= EachMax, "A partner needs a scope.");
        Demand(terms.Units.Count is > 0 and <= EachMax, "A partner needs a unit.");
        Demand(terms.People.Count <= EachMax, $"A partner acts for {EachMax} people at most.");
        Demand(
            terms.Scopes.All(s => s.QuotaPerDay is null or (> 0 and <= QuotaMax))
                && terms.QuotaPerDay is > 0 and <= QuotaMax,
            $"A quota is 1 to {QuotaMax} calls a day.");
        Demand(!(terms.EndsAt <= terms.StartsAt), "It would be over before it begins.");
    }

    private static void Demand(bool right, string otherwise)
    {
        if (!right)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private static object Told(PartnerTerms terms) => new
    {
        scopes = terms.Scopes.Select(s => new { s.Name, s.QuotaPerDay }),
        units = terms.Units,
        people = terms.People,
        terms.QuotaPerDay,
        terms.StartsAt,
        terms.EndsAt,
    };

    private static void Record(DbSession db, DateTime now, string kind, Guid id, object detail) =>
        db.Record(JournalEntry.BySystem(now, "operator", kind, "partner", id, null, detail));
}
