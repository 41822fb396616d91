using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Partners;

namespace WuWei.Tests.Harness;

/// <summary>Other systems as tests need them.</summary>
public static class PartnerSteps
{
    /// <summary>Metadata with which a partner calls at a door without client certificates.</summary>
    public const string KeyHeader = "x-wuwei-partner-key";

    public static PartnerRegister Partners(this TestServer server) =>
        server.Services.GetRequiredService<PartnerRegister>();

    /// <summary>A new partner without certificate and key.</summary>
    /// <returns>Its id, and the code by which an operator calls it.</returns>
    public static async Task<(Guid Id, string Code)> AddPartnerAsync(
        this TestServer server, string[] scopes, Guid[] units, Guid[]? people = null, int quota = 10_000,
        DateTime? startsAt = null, DateTime? endsAt = null)
    {
        var code = $"p{Guid.NewGuid():n}";
        var terms = new PartnerTerms(
            "市民热线", "转来居民的心愿", "王科长 025-12345678", [.. scopes.Select(Scope)], units, people ?? [], quota,
            startsAt, endsAt);
        return (await server.Partners().AddAsync(code, terms, CancellationToken.None), code);

        static PartnerScope Scope(string text) => text.Split('=') is [var name, var quota]
            ? new PartnerScope(name, int.Parse(quota))
            : new PartnerScope(text, null);
    }

    /// <summary>A key for a partner, which replaces what it had.</summary>
    public static Task<string> AddKeyAsync(this TestServer server, string code) =>
        server.Partners().AddKeyAsync(code, retireAt: server.Clock.Now, CancellationToken.None);

    /// <summary>How often something was refused to a partner, or to nobody known.</summary>
    public static Task<long> CountEventsAsync(this TestServer server, string kind, Guid? partner = null) =>
        server.Database.ScalarAsync<long>(
            "SELECT COALESCE(SUM(times), 0) FROM security_event WHERE kind = @kind AND person_id = @id",
            ("kind", kind), ("id", partner ?? Guid.Empty));
}
