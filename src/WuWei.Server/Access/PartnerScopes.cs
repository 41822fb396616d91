using WuWei.Calls;

namespace WuWei.Access;

/// <summary>What operators may register partners for: calls of the permission table, all of a service, and groups.</summary>
public static class PartnerScopes
{
    private const string AllOf = "/*";

    /// <summary>Groups by their names, and what they are.</summary>
    public static IReadOnlyDictionary<string, string> Groups { get; } = new Dictionary<string, string>
    {
        [Partner.PublicScope] = "all calls that show what everybody may see",
        ["journal/*"] = "entries of the journal of all topics, by JournalService/* or webhooks",
        ["journal/wishes"] = "entries about wishes only",
        ["journal/activities"] = "entries about activities only",
        ["journal/service"] = "entries about who signed up and served, by pseudonyms, only",
        ["journal/points"] = "entries about points, by pseudonyms, only",
        ["journal/units"] = "entries about units and categories only",
        ["journal/organisations"] = "entries about organisations only",
        [ShownKey.Open311Scope] = "reports by Open311 at the public door, with a key",
    };

    /// <summary>The single calls, as scopes name them.</summary>
    public static IReadOnlyList<Permission> Calls { get; } =
    [
        .. Permissions.ByRpc.Values.Where(p => p.Partners is not (PartnerUse.None or PartnerUse.Always))
            .OrderBy(p => p.Rpc, StringComparer.Ordinal),
    ];

    public static bool Exists(string scope) => Groups.ContainsKey(scope)
        || Calls.Any(p => p.ScopeName == scope
            || (scope.EndsWith(AllOf, StringComparison.Ordinal)
                && p.ScopeName.StartsWith(scope[..^1], StringComparison.Ordinal) && scope.Length > AllOf.Length));
}
