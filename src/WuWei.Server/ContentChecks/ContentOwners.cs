using System.Security.Cryptography;
using WuWei.Data;

namespace WuWei.ContentChecks;

/// <summary>Who has the texts and pictures, by kind.</summary>
public sealed class ContentOwners(IEnumerable<IContentOwner> owners)
{
    private readonly Dictionary<ContentKind, IContentOwner> _owners = owners.ToDictionary(o => o.Kind);

    /// <summary>What there is to look at, by the id of its check; one query for each kind among them.</summary>
    public async Task<Dictionary<Guid, ContentToCheck>> LookAsync(DbSession db, IReadOnlyList<ContentCheck> checks)
    {
        var found = new Dictionary<Guid, ContentToCheck>();
        foreach (var kind in checks.GroupBy(c => c.Kind))
        {
            if (!_owners.TryGetValue(kind.Key, out var owner))
            {
                continue;
            }

            var contents = (await ListAsync(db, owner, [.. kind.Select(c => c.ContentId)])).ToDictionary(c => c.Id);
            foreach (var check in kind)
            {
                if (contents.TryGetValue(check.ContentId, out var content))
                {
                    found[check.Id] = content;
                }
            }
        }

        return found;
    }

    /// <summary>One that cannot be opened is told apart from the others, which are looked at one by one then.</summary>
    private static async Task<List<ContentToCheck>> ListAsync(DbSession db, IContentOwner owner, IReadOnlyList<Guid> ids)
    {
        try
        {
            return await owner.ListContentAsync(db, ids);
        }
        catch (CryptographicException) when (ids.Count == 1)
        {
            return [new ContentToCheck(ids[0], "", Unreadable: true)];
        }
        catch (CryptographicException)
        {
            var contents = new List<ContentToCheck>();
            foreach (var id in ids)
            {
                contents.AddRange(await ListAsync(db, owner, [id]));
            }

            return contents;
        }
    }

    /// <summary>What applies verdicts on any of these kinds; to be called while no connection is held.</summary>
    public async Task<ApplyVerdict> ReadyAsync(IEnumerable<ContentKind> kinds, CancellationToken cancel)
    {
        var ready = new Dictionary<ContentKind, ApplyVerdict>();
        foreach (var kind in kinds.Distinct().Where(_owners.ContainsKey))
        {
            ready[kind] = await _owners[kind].ReadyAsync(cancel);
        }

        return (db, verdict) => ready.TryGetValue(verdict.Kind, out var apply) ? apply(db, verdict) : Task.CompletedTask;
    }
}
