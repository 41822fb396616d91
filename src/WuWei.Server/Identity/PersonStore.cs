using System.Text.Json;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Identity;

/// <summary>Every SQL statement on person.</summary>
public static class PersonStore
{
    private const string NameColumn = "person.name";
    private const string PhoneColumn = "person.phone";

    /// <summary>The blind index under which a phone is found.</summary>
    public static byte[] PhoneIndex(this PersonalData data, string phone) => data.Index("phone", phone);

    public static async Task<Person> GetPersonAsync(this DbSession db, PersonalData data, Guid id)
    {
        var row = await db.FindAsync<Row>(
            """
            SELECT id, name, shown_name, phone, home_unit_id, show_party_badge, name_on_boards, name_state
            FROM person WHERE id = @id
            """, new { id }) ?? throw Unknown();
        return new Person(
            row.Id,
            row.Name is null ? null : data.Open(NameColumn, row.Id, row.Name),
            row.ShownName,
            row.Phone is null ? null : data.Open(PhoneColumn, row.Id, row.Phone),
            row.HomeUnitId,
            row.ShowPartyBadge)
        {
            NameOnBoards = row.NameOnBoards,
            NameState = row.NameState,
        };
    }

    /// <summary>These people as they want to be named on boards. Whoever is gone is not among them.</summary>
    public static async Task<Dictionary<Guid, string>> NamesOnBoardsAsync(
        this DbSession db, PersonalData data, IEnumerable<Guid> ids) => (await db.ListAsync<Row>(
            """
            SELECT p.id, IF(p.name_on_boards = 2 AND p.name_state = 2, p.name, NULL) AS name, p.shown_name, p.name_on_boards
            FROM JSON_TABLE(@ids, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i JOIN person p ON p.id = UNHEX(i.id)
            """, new { ids = JsonSerializer.Serialize(ids.Select(id => id.ToString("n"))) }))
        .ToDictionary(row => row.Id, row => row switch
        {
            { NameOnBoards: NameChoice.Hidden } => Person.Hidden,
            { Name: { } name } => data.Open(NameColumn, row.Id, name),
            _ => row.ShownName,
        });

    public static Task<Acquaintance?> FindPersonByPhoneAsync(this DbSession db, byte[] phoneIndex) =>
        db.FindAsync<Acquaintance>(
            "SELECT id, shown_name, phone_index FROM person WHERE phone_index = @phoneIndex", new { phoneIndex });

    /// <summary>The person a request names, by id or by the phone of their account.</summary>
    public static async Task<Acquaintance> GetAcquaintanceAsync(
        this DbSession db, PersonalData data, string personId, string phone) =>
        (personId, phone) switch
        {
            ("", "") => throw Refuse.Invalid("PERSON_REQUIRED", "请指定一个人。", new FieldFault("person", "必填。")),
            (_, "") => await db.FindAsync<Acquaintance>(
                "SELECT id, shown_name, phone_index FROM person WHERE id = @id",
                new { id = Faults.IdOf("person_id", personId) }),
            _ => await db.FindPersonByPhoneAsync(data.PhoneIndex(phone)),
        } ?? throw Unknown();

    public static Task AddPersonAsync(this DbSession db, PersonalData data, Person person, DateTime now) => db.ExecuteAsync(
        """
        INSERT INTO person
          (id, name, shown_name, phone, phone_index, home_unit_id, show_party_badge, open_claims, made_at)
        VALUES (@Id, @name, @ShownName, @phone, @phoneIndex, @HomeUnitId, @ShowPartyBadge, 0, @now)
        """,
        new
        {
            person.Id,
            name = person.Name is null ? null : data.Seal(NameColumn, person.Id, person.Name),
            person.ShownName,
            phone = person.Phone is null ? null : data.Seal(PhoneColumn, person.Id, person.Phone),
            phoneIndex = person.Phone is null ? null : data.PhoneIndex(person.Phone),
            person.HomeUnitId,
            person.ShowPartyBadge,
            now,
        });

    /// <summary>Stores what a person may change of themself; each field on its own, so that none is lost.</summary>
    public static async Task UpdatePersonAsync(
        this DbSession db, PersonalData data, Guid id, string? name, Guid? homeUnitId, bool? showPartyBadge,
        NameChoice? nameOnBoards, ContentState? nameState)
    {
        var found = await db.ExecuteAsync(
            """
            UPDATE person
            SET name = COALESCE(@sealed, name), shown_name = COALESCE(@shown, shown_name),
              home_unit_id = COALESCE(@homeUnitId, home_unit_id),
              show_party_badge = COALESCE(@showPartyBadge, show_party_badge),
              name_on_boards = COALESCE(@nameOnBoards, name_on_boards), name_state = COALESCE(@nameState, name_state)
            WHERE id = @id
            """,
            new
            {
                id,
                @sealed = name is null ? null : data.Seal(NameColumn, id, name),
                shown = name is null ? null : Person.Mask(name),
                homeUnitId,
                showPartyBadge,
                nameOnBoards,
                nameState,
            });
        if (found == 0)
        {
            throw Unknown();
        }
    }

    /// <summary>Full names by the ids of their people; personal data, in clear here.</summary>
    public static async Task<List<ContentToCheck>> ListNamesAsync(
        this DbSession db, PersonalData data, IReadOnlyList<Guid> ids) =>
    [
        .. (await db.ListEachAsync<Row>(
                "SELECT p.id, p.name FROM person p WHERE p.name IS NOT NULL AND p.id IN (", "@id",
                [.. ids.Select(id => new { id })], ")"))
            .Select(row => new ContentToCheck(row.Id, data.Open(NameColumn, row.Id, row.Name!))),
    ];

    public static Task<int> MarkNameAsync(this DbSession db, Guid id, ContentState state) =>
        db.ExecuteAsync("UPDATE person SET name_state = @state WHERE id = @id", new { id, state });

    /// <summary>Who has a unit as their home, in the order of their ids.</summary>
    public static Task<List<Acquaintance>> ListAtHomeAsync(this DbSession db, Guid unitId, Guid after, int countMax) =>
        db.ListAsync<Acquaintance>(
            """
            SELECT id, shown_name FROM person WHERE home_unit_id = @unitId AND id > @after ORDER BY id LIMIT @countMax
            """, new { unitId, after, countMax });

    /// <summary>Whether anybody is at home in a unit or below.</summary>
    public static async Task<bool> HasResidentsAsync(this DbSession db, Guid unitId) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM unit_ancestor a JOIN person p ON p.home_unit_id = a.unit_id WHERE a.ancestor_id = @unitId LIMIT 1
        """, new { unitId }) is not null;

    /// <returns>False when their home is another by now.</returns>
    public static async Task<bool> RehomePersonAsync(this DbSession db, Guid id, Guid from, Guid to) =>
        await db.ExecuteAsync(
            "UPDATE person SET home_unit_id = @to WHERE id = @id AND home_unit_id = @from", new { id, from, to }) == 1;

    public static RefusedException Unknown() => Refuse.Missing("PERSON_UNKNOWN", "没有找到这个人。");

    private sealed record Row
    {
        public Guid Id { get; init; }
        public byte[]? Name { get; init; }
        public string ShownName { get; init; } = "";
        public byte[]? Phone { get; init; }
        public Guid? HomeUnitId { get; init; }
        public bool ShowPartyBadge { get; init; }
        public NameChoice NameOnBoards { get; init; }
        public ContentState NameState { get; init; }
    }
}

/// <summary>What somebody else may know of a person.</summary>
public sealed record Acquaintance
{
    public Guid Id { get; init; }
    public string ShownName { get; init; } = "";
    public byte[]? PhoneIndex { get; init; }
}
