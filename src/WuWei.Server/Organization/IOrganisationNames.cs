using WuWei.Data;

namespace WuWei.Organization;

/// <summary>What organisations are called, for slices that know them by id only.</summary>
public interface IOrganisationNames
{
    /// <summary>Those of them that there are.</summary>
    Task<IReadOnlyDictionary<Guid, string>> NamesAsync(DbSession db, IReadOnlyCollection<Guid> ids);
}
