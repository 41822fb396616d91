using WuWei.Calls;
using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>
/// Every SQL statement that asks who is concerned by what an entry does not name people for: one statement for all of a
/// batch.
/// </summary>
public static class AudienceStore
{
    /// <summary>
    /// Of each wish who made it, for whom if they have an account, and who has claimed it when. What staff have not
    /// opened reaches nobody by naming their phone.
    /// </summary>
    public static async Task<List<WishPeople>> ListWishPeopleAsync(this DbSession db, IReadOnlyList<object> wishes)
    {
        var people = await db.ListEachAsync<WishPeople>(
            """
            SELECT w.id, w.maker_id, p.id AS beneficiary_id
            FROM wish w
            LEFT JOIN person p ON p.phone_index = w.beneficiary_index AND w.opened_at IS NOT NULL WHERE w.id IN (
            """, "@Id", wishes, ")");
        var claims = (await db.ListEachAsync<WishClaimer>(
            "SELECT wish_id, claimer_id, claimed_at FROM wish_claim WHERE wish_id IN (", "@Id", wishes, ")"))
            .ToLookup(c => c.WishId);
        return [.. people.Select(p => p with { Claimers = [.. claims[p.Id].OrderByDescending(c => c.ClaimedAt)] })];
    }

    public static Task<List<Concerned>> ListSignUpOwnersAsync(this DbSession db, IReadOnlyList<object> signUps) =>
        db.ListEachAsync<Concerned>(
            "SELECT id AS of_id, person_id FROM sign_up WHERE id IN (", "@Id", signUps, ")");

    public static async Task<List<Concerned>> ListOrganisersAsync(this DbSession db, IReadOnlyList<object> activities) =>
    [
        .. await db.ListEachAsync<Concerned>(
            "SELECT id AS of_id, maker_id AS person_id FROM activity WHERE id IN (", "@Id", activities, ")"),
        .. await db.ListEachAsync<Concerned>(
            "SELECT activity_id AS of_id, person_id FROM activity_organiser WHERE activity_id IN (", "@Id", activities, ")"),
    ];

    /// <param name="column">activity_id or shift_id.</param>
    /// <param name="live">Who has a place or waits for one; otherwise who had, and until when.</param>
    public static Task<List<Concerned>> ListSignedUpAsync(
        this DbSession db, string column, IReadOnlyList<object> ids, bool live) => db.ListEachAsync<Concerned>(
        $"""
        SELECT {column} AS of_id, person_id, left_at FROM sign_up
        WHERE {(live ? "live_person_id IS NOT NULL" : "left_at IS NOT NULL")} AND {column} IN (
        """, "@Id", ids, ")");

    /// <summary>Staff in force of these units and of all above, with how far above they are.</summary>
    public static Task<List<StaffOfUnit>> ListStaffAsync(this DbSession db, IReadOnlyList<object> units, DateTime now) =>
        db.ListEachAsync<StaffOfUnit>(
            """
            SELECT a.unit_id AS of_id, g.person_id, a.distance
            FROM unit_ancestor a JOIN role_grant g ON g.unit_id = a.ancestor_id
            WHERE g.live = 1 AND g.role = @role AND g.starts_at <= @now AND (g.ends_at IS NULL OR g.ends_at > @now)
              AND a.unit_id IN (
            """, "@Id", units, ")", new { role = Role.Staff, now });

    /// <summary>
    /// Followers with larger ids than one, wish by wish and in the order of their ids: some tens of thousands may follow one.
    /// </summary>
    public static Task<List<Concerned>> ListFollowersAsync(
        this DbSession db, IReadOnlyList<object> wishes, Guid after, int countMax) => db.ListEachAsync<Concerned>(
        "SELECT wish_id AS of_id, person_id FROM wish_watch WHERE person_id > @after AND wish_id IN (", "@Id", wishes,
        ") ORDER BY wish_id, person_id LIMIT @countMax", new { after, countMax });

    public static Task<List<Concerned>> ListActingAsync(this DbSession db, IReadOnlyList<object> organisations) =>
        db.ListEachAsync<Concerned>(
            """
            SELECT organisation_id AS of_id, person_id FROM organisation_member
            WHERE live = 1 AND may_act = 1 AND organisation_id IN (
            """, "@Id", organisations, ")");
}

public sealed record WishPeople
{
    public Guid Id { get; init; }
    public Guid? MakerId { get; init; }
    public Guid? BeneficiaryId { get; init; }

    /// <summary>The last first.</summary>
    public IReadOnlyList<WishClaimer> Claimers { get; init; } = [];

    /// <summary>Who had it last at a time, in hand or not.</summary>
    public Guid? ClaimerAt(DateTime at) => Claimers.FirstOrDefault(c => c.ClaimedAt <= at)?.ClaimerId;
}

public sealed record WishClaimer
{
    public Guid WishId { get; init; }
    public Guid ClaimerId { get; init; }
    public DateTime ClaimedAt { get; init; }
}

/// <summary>A person and what they have to do with.</summary>
public sealed record Concerned
{
    public Guid OfId { get; init; }
    public Guid PersonId { get; init; }
    public DateTime? LeftAt { get; init; }
}

public sealed record StaffOfUnit
{
    public Guid OfId { get; init; }
    public Guid PersonId { get; init; }
    public int Distance { get; init; }
}
