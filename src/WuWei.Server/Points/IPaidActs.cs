namespace WuWei.Points;

/// <summary>
/// A slice whose acts earn points, for the audit: only it can tell whether each act has its awards, and each award its act.
/// </summary>
public interface IPaidActs
{
    /// <summary>
    /// What must not be found, and the query that finds it: <c>name</c> is what to name, at most <c>@countMax</c> of them.
    /// </summary>
    IReadOnlyList<(string Fault, string Sql)> Checks { get; }
}
