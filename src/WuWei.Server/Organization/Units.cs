using WuWei.Data;

namespace WuWei.Organization;

/// <summary>The unit tree, kept in memory and at most two seconds old.</summary>
public sealed class Units(Database database) : IDisposable
{
    private readonly Snapshot<UnitTree> _tree = new(UnitStore.Version, database, db => db.LoadTreeAsync());

    public ValueTask<UnitTree> TreeAsync(CancellationToken cancel) => _tree.GetAsync(cancel);

    /// <summary>After a change of the tree by this process.</summary>
    public void Forget() => _tree.Forget();

    public void Dispose() => _tree.Dispose();
}
