using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Partners;

/// <summary>What a partner is known by.</summary>
/// <param name="EndsAt">From then on it is not known by it any more.</param>
public sealed record PartnerCredential(Partner Partner, DateTime? EndsAt);

/// <summary>All partners, also those that are over, as they were at one moment.</summary>
public sealed record PartnerList(
    DateTime At,
    IReadOnlyDictionary<Guid, Partner> ById,
    IReadOnlyDictionary<string, PartnerCredential> ByCertificate,
    IReadOnlyDictionary<string, PartnerCredential> ByKey)
{
    /// <summary>The partner with this certificate, if it is let in with it now.</summary>
    /// <param name="fingerprint">SHA-256 of the certificate, in lower-case hexadecimal.</param>
    /// <exception cref="RefusedException">CERTIFICATE_UNKNOWN, CERTIFICATE_RETIRED, or as the partner itself refuses.</exception>
    public Partner GetByCertificate(string fingerprint, DateTime now) => Get(
        ByCertificate.GetValueOrDefault(fingerprint), now,
        () => Refuse.Unauthenticated("CERTIFICATE_UNKNOWN", $"这张证书没有登记，指纹是 {fingerprint}。"),
        () => Refuse.Unauthenticated("CERTIFICATE_RETIRED", "这张证书已经换掉，请使用新的证书。"));

    /// <summary>The partner with this key, if it is let in with it now.</summary>
    /// <exception cref="RefusedException">PARTNER_KEY_UNKNOWN, PARTNER_KEY_RETIRED, or as the partner itself refuses.</exception>
    public Partner GetByKey(string key, DateTime now) => Get(
        Token.Hash(key) is { } hash ? ByKey.GetValueOrDefault(Convert.ToHexStringLower(hash)) : null, now,
        () => Refuse.Unauthenticated("PARTNER_KEY_UNKNOWN", "这个密钥没有登记。"),
        () => Refuse.Unauthenticated("PARTNER_KEY_RETIRED", "这个密钥已经换掉，请使用新的密钥。"));

    public Partner? Find(Guid id) => ById.GetValueOrDefault(id);

    private static Partner Get(
        PartnerCredential? known, DateTime now, Func<RefusedException> unknown, Func<RefusedException> over) =>
        known is null ? throw unknown()
        : known.EndsAt <= now ? throw over()
        : known.Partner.Refusal(now) is { } refused ? throw refused
        : known.Partner;
}

/// <summary>
/// All partners, read by one for all calls. Every copy reads them anew after some seconds, so whatever an operator changes
/// holds everywhere within a minute, even if the database is away for some of it; longer than that nobody is let in on
/// what was known before.
/// </summary>
public sealed class PartnerBook(Database database, TimeProvider clock)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(60);

    private readonly Lock _reading = new();
    private PartnerList? _list;
    private Task<PartnerList>? _next;

    public async ValueTask<PartnerList> GetAsync(CancellationToken cancel)
    {
        var list = Volatile.Read(ref _list);
        if (list is not null && IsYounger(list, ReadEvery))
        {
            return list;
        }

        try
        {
            return await NextAsync().WaitAsync(cancel);
        }
        catch (RefusedException) when (list is not null && IsYounger(list, AgeMax))
        {
            // The database is away.
            return list;
        }
    }

    /// <summary>Read for everybody, so not given up with whoever came first.</summary>
    private Task<PartnerList> NextAsync()
    {
        lock (_reading)
        {
            return _next is { IsCompleted: false } ? _next : _next = Task.Run(ReadAsync);
        }
    }

    private async Task<PartnerList> ReadAsync()
    {
        // The time before it is read: what changes while it is, is in the next.
        var now = clock.Now();
        var list = await database.ReadAsync(db => db.ReadPartnersAsync(now), CancellationToken.None);
        Volatile.Write(ref _list, list);
        return list;
    }

    private bool IsYounger(PartnerList list, TimeSpan age) =>
        clock.Now() - list.At is var old && old >= TimeSpan.Zero && old < age;
}
