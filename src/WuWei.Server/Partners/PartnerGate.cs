using WuWei.Calls;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Partners;

/// <summary>
/// Lets other systems in, and to what they may have. Whatever is refused is a security event by the name of its reason, and
/// whoever is refused too often is not even noted any more.
/// </summary>
public sealed class PartnerGate(
    PartnerBook book, PartnerQuotas quotas, SecurityEvents events, RateLimits rates, TimeProvider clock)
{
    /// <summary>The partner behind a connection with client certificates, as it is now.</summary>
    /// <param name="shown">Null when it showed none.</param>
    /// <param name="call">What it is about to do, such as a gRPC method.</param>
    public Task<Partner> AdmitAsync(ShownCertificate? shown, string source, string call, CancellationToken cancel) =>
        AdmitAsync(list => list.GetByCertificate(ShownCertificate.Trusted(shown, clock.Now()), clock.Now()),
            source, call, cancel);

    /// <summary>The partner with a key, for doors without client certificates.</summary>
    public Task<Partner> AdmitKeyAsync(string key, string source, string call, CancellationToken cancel) =>
        AdmitAsync(list => list.GetByKey(key, clock.Now()), source, call, cancel);

    /// <summary>A partner that was let in before by a certificate or a key, as it is now.</summary>
    /// <param name="name">The call as scopes name it; null when it needs no scope.</param>
    /// <param name="isPublic">Whether it shows only what everybody may see.</param>
    /// <exception cref="RefusedException">It is not let in any more, or not to this.</exception>
    public async Task<Partner> StillAsync(
        Partner partner, ShownCertificate? shown, string? key, string? name, bool isPublic, CancellationToken cancel)
    {
        var list = await book.GetAsync(cancel);
        var now = clock.Now();
        if (shown is not null)
        {
            list.GetByCertificate(ShownCertificate.Trusted(shown, now), now);
        }
        else if (key is not null)
        {
            list.GetByKey(key, now);
        }

        return list.Find(partner.Id) is not { } known ? throw Partner.Revoked()
            : known.Refusal(now) is { } refusal ? throw refusal
            : name is null || known.ScopeOf(name, isPublic) is not null ? known
            : throw Partner.ScopeMissing();
    }

    /// <summary>
    /// Counts one more call, unless the partner has no scope for it or has had as many as it may. Whether the units are its
    /// own is for whoever knows the object.
    /// </summary>
    /// <param name="name">The call as scopes name it.</param>
    /// <param name="isPublic">Whether it shows only what everybody may see.</param>
    public async Task AllowAsync(Partner partner, string name, bool isPublic, string source, CancellationToken cancel)
    {
        if (partner.ScopeOf(name, isPublic) is not { } scope)
        {
            throw await NotedAsync(Partner.ScopeMissing(), source, partner, name);
        }

        if (!await quotas.TakeAsync(partner, scope, clock.Now(), cancel))
        {
            throw await NotedAsync(
                Refuse.Exhausted("QUOTA_SPENT", "这个系统今天的调用次数已经用完，请明天再试。"), source, partner, name);
        }
    }

    /// <summary>A refusal, after it was noted.</summary>
    /// <returns>What to throw.</returns>
    public async Task<RefusedException> NotedAsync(RefusedException refused, string source, Partner? partner, string call)
    {
        rates.Take(RateOf.Address, source);
        await events.NoteAsync(refused.Reason, source, partner?.Id, call);
        return refused;
    }

    private async Task<Partner> AdmitAsync(
        Func<PartnerList, Partner> find, string source, string call, CancellationToken cancel)
    {
        var list = await book.GetAsync(cancel);
        try
        {
            return find(list);
        }
        catch (RefusedException refused)
        {
            throw await NotedAsync(refused, source, partner: null, call);
        }
    }
}
