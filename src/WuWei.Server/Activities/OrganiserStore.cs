using WuWei.Data;

namespace WuWei.Activities;

/// <summary>Every SQL statement on those who organise an activity beside its maker.</summary>
public static class OrganiserStore
{
    public static Task<List<OrganiserRow>> ListOrganisersAsync(this DbSession db, Guid activityId) =>
        db.ListAsync<OrganiserRow>(
            """
            SELECT o.person_id, p.shown_name FROM activity_organiser o JOIN person p ON p.id = o.person_id
            WHERE o.activity_id = @activityId ORDER BY o.added_at, o.person_id
            """, new { activityId });

    public static void QueueOrganiser(this DbSession db, Guid activityId, Guid personId, DateTime now) => db.Queue(
        "INSERT INTO activity_organiser (activity_id, person_id, added_at) VALUES (@activityId, @personId, @now)",
        new { activityId, personId, now });

    public static void QueueNoOrganiser(this DbSession db, Guid activityId, Guid personId) => db.Queue(
        "DELETE FROM activity_organiser WHERE activity_id = @activityId AND person_id = @personId",
        new { activityId, personId });
}

public sealed record OrganiserRow
{
    public Guid PersonId { get; init; }
    public string ShownName { get; init; } = "";
}
