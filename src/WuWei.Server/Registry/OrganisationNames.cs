using System.Text.Json;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Registry;

/// <summary>What the register calls organisations.</summary>
public sealed class OrganisationNames : IOrganisationNames
{
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(DbSession db, IReadOnlyCollection<Guid> ids) =>
        (await db.ListAsync<Row>(
            """
            SELECT o.id, o.name
            FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i JOIN organisation o ON o.id = UNHEX(i.id)
            """, new { ids = JsonSerializer.Serialize(ids.Select(id => id.ToString("n"))) }))
        .ToDictionary(o => o.Id, o => o.Name);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
    }
}
