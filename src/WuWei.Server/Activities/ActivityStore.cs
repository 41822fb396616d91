using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement that makes or moves an activity, and lists it with its unit and all above.</summary>
public static class ActivityStore
{
    private const string Columns =
        """
        a.id, a.unit_id, a.organisation_id, a.parent_id, a.series_id, a.maker_id, a.kind, a.status, a.version, a.title,
        a.text, a.place, a.latitude, a.longitude, a.radius_metres, a.remote, a.ages, a.times, a.contact,
        a.insurance_needed, a.insured_until, a.needs_course, a.grants_course, a.cancel_hours, a.starts_at, a.ends_at, a.made_at,
        a.published_at, a.ended_at, a.reminders, a.overdue, a.clock_from, a.clock_at, a.content_state
        """;

    private const string Placed = "unit_id, status, starts_at, activity_id, kind, remote, ages, times, public, overdue";

    /// <summary>An activity with what showing it needs, in one trip.</summary>
    /// <param name="callerId">Whose part in it is looked for.</param>
    public static Task<Activity?> FindActivityAsync(this DbSession db, Guid id, Guid callerId) => db.FindAsync<Activity>(
        $"""
        SELECT {Columns}, m.shown_name AS maker_name, o.person_id IS NOT NULL AS organised
        FROM activity a
        LEFT JOIN person m ON m.id = a.maker_id
        LEFT JOIN activity_organiser o ON o.activity_id = a.id AND o.person_id = @callerId
        WHERE a.id = @id
        """, new { id, callerId });

    /// <summary>Whether a person has a place in it, now or to come.</summary>
    public static async Task<bool> IsSignedUpAsync(this DbSession db, Guid id, Guid personId) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM sign_up WHERE activity_id = @id AND live_person_id = @personId AND status <> 2 LIMIT 1
            """, new { id, personId }) is not null;

    /// <summary>How many published activities there are below a festival or campaign.</summary>
    /// <summary>Whether something below it that is not cancelled lies outside these times.</summary>
    public static async Task<bool> HasChildOutsideAsync(
        this DbSession db, Guid id, DateTime startsAt, DateTime endsAt) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM activity
        WHERE parent_id = @id AND status <> 7 AND (starts_at < @startsAt OR ends_at > @endsAt) LIMIT 1
        """, new { id, startsAt, endsAt }) is not null;

    public static Task<int> CountChildrenAsync(this DbSession db, Guid id) => db.FindAsync<int>(
        "SELECT COUNT(*) FROM activity WHERE parent_id = @id AND published_at IS NOT NULL", new { id });

    /// <summary>A new activity: its row, its shifts, its place in the lists, its first step, its entry.</summary>
    public static async Task AddActivityAsync(
        this DbSession db, PersonalData data, Activity activity, IReadOnlyList<Shift> shifts, ActivityStep step,
        JournalEntry entry)
    {
        await db.ExecuteAsync(
            """
            INSERT INTO activity
              (id, unit_id, organisation_id, parent_id, series_id, maker_id, kind, status, version, title, text, place,
              latitude, longitude, radius_metres, cell, remote, ages, times, contact, insurance_needed, insured_until,
              needs_course, grants_course, cancel_hours, starts_at, ends_at, made_at, published_at, reminders,
              overdue, clock_from, clock_at, content_state)
            VALUES
              (@Id, @UnitId, @OrganisationId, @ParentId, @SeriesId, @MakerId, @Kind, @Status, @Version, @Title, @Text,
              @Place, @Latitude, @Longitude, @RadiusMetres, @cell, @Remote, @Ages, @Times, @Contact, @InsuranceNeeded,
              @InsuredUntil, @NeedsCourse, @GrantsCourse, @CancelHours, @StartsAt, @EndsAt, @MadeAt, @PublishedAt,
              @Reminders, @Overdue, @ClockFrom, @ClockAt, @ContentState)
            """, Row(activity));
        db.QueueShifts(shifts);
        db.Queue(
            $"""
            INSERT INTO activity_in_unit ({Placed})
            SELECT ancestor_id, @Status, @StartsAt, @Id, @Kind, @Remote, @Ages, @Times, @isPublic, @Overdue
            FROM unit_ancestor WHERE unit_id = @UnitId
            """, Row(activity));
        db.QueueStep(data, activity, from: null, step);
        db.Record(entry);
    }

    /// <summary>
    /// Stores a move, whose activity carries the next version, only if nobody moved it since it was read; otherwise the
    /// transaction starts over and decides by the new state.
    /// </summary>
    public static async Task MoveActivityAsync(
        this DbSession db, PersonalData data, Activity before, Activity after, ActivityStep step, JournalEntry entry)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE activity
            SET version = @Version, status = @Status, parent_id = @ParentId, kind = @Kind, title = @Title,
              text = @Text, place = @Place, latitude = @Latitude, longitude = @Longitude, radius_metres = @RadiusMetres,
              cell = @cell, remote = @Remote, ages = @Ages, times = @Times, contact = @Contact, insurance_needed = @InsuranceNeeded,
              insured_until = @InsuredUntil, needs_course = @NeedsCourse, grants_course = @GrantsCourse,
              cancel_hours = @CancelHours, starts_at = @StartsAt, ends_at = @EndsAt, published_at = @PublishedAt,
              ended_at = @EndedAt, reminders = @Reminders, overdue = @Overdue, clock_from = @ClockFrom, clock_at = @ClockAt,
              content_state = @ContentState
            WHERE id = @Id AND version = @Version - 1 AND content_state = @contentRead
            """, Row(after, before.ContentState)) == 0)
        {
            throw new ConflictException();
        }

        if (Listed(before) != Listed(after))
        {
            db.Queue(
                """
                UPDATE activity_in_unit
                SET status = @Status, starts_at = @StartsAt, kind = @Kind, remote = @Remote, ages = @Ages, times = @Times,
                  public = @isPublic, overdue = @Overdue
                WHERE activity_id = @Id
                """, Row(after));
        }

        db.QueueStep(data, after, before.Status, step);
        db.Record(entry);
    }

    /// <summary>A verdict on its texts; no move of the activity. Starts over when somebody was faster.</summary>
    public static async Task MarkActivityContentAsync(this DbSession db, Activity activity, ContentState state)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE activity SET content_state = @state
            WHERE id = @Id AND version = @Version AND content_state = @ContentState
            """, new { activity.Id, activity.Version, activity.ContentState, state }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>What activities say, but for the names of their roles.</summary>
    public static Task<List<Activity>> ListActivityTextsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<Activity>(
            $"SELECT {Columns} FROM activity a WHERE a.id IN (", "@id", [.. ids.Select(id => new { id })], ")");

    /// <summary>What the roles of these activities are called, each name once.</summary>
    public static Task<List<RoleName>> ListRoleNamesAsync(this DbSession db, IReadOnlyList<Guid> activityIds) =>
        db.ListEachAsync<RoleName>(
            """
            SELECT DISTINCT s.activity_id, r.name FROM activity_shift s JOIN shift_role r ON r.shift_id = s.id
            WHERE s.activity_id IN (
            """, "@id", [.. activityIds.Select(id => new { id })], ")");

    /// <summary>Activities whose clock has struck, the longest waiting first.</summary>
    public static Task<List<Guid>> ListDueActivitiesAsync(this DbSession db, DateTime now, int countMax) =>
        db.ListAsync<Guid>(
            "SELECT id FROM activity WHERE clock_at <= @now ORDER BY clock_at LIMIT @countMax", new { now, countMax });

    /// <summary>Looks at an activity later whose clock failed, so that it does not stand before all others.</summary>
    public static Task<int> PostponeActivityAsync(this DbSession db, Guid id, DateTime clockAt) => db.ExecuteAsync(
        "UPDATE activity SET clock_at = @clockAt WHERE id = @id AND clock_at < @clockAt", new { id, clockAt });

    /// <summary>Brings the lists of a unit's activities in line with its ancestors, who changed.</summary>
    public static async Task FollowActivitiesAsync(this DbSession db, Guid unitId)
    {
        // Locked, like the wishes that follow: whoever moves one comes before or after.
        await db.ListAsync<Guid>("SELECT id FROM activity WHERE unit_id = @unitId FOR UPDATE", new { unitId });
        await db.ExecuteAsync(
            $"""
            INSERT IGNORE INTO activity_in_unit ({Placed})
            SELECT u.ancestor_id, a.status, a.starts_at, a.id, a.kind, a.remote, a.ages, a.times,
              a.published_at IS NOT NULL, a.overdue
            FROM activity a JOIN unit_ancestor u ON u.unit_id = a.unit_id
            WHERE a.unit_id = @unitId
            """, new { unitId });
        await db.ExecuteAsync(
            """
            DELETE l FROM activity a
            JOIN activity_in_unit l ON l.activity_id = a.id
            LEFT JOIN unit_ancestor u ON u.unit_id = a.unit_id AND u.ancestor_id = l.unit_id
            WHERE a.unit_id = @unitId AND u.unit_id IS NULL
            """, new { unitId });
    }

    /// <summary>Whether an activity, or a series of them, of the unit or below is not over.</summary>
    public static async Task<bool> HasLiveActivitiesAsync(this DbSession db, Guid unitId) => await db.FindAsync<int?>(
        """
        (SELECT 1 FROM unit_ancestor u JOIN activity a ON a.unit_id = u.unit_id
          WHERE u.ancestor_id = @unitId AND a.status IN (1, 2, 3, 4, 5) LIMIT 1)
        UNION ALL
        (SELECT 1 FROM unit_ancestor u JOIN series s ON s.unit_id = u.unit_id
          WHERE u.ancestor_id = @unitId AND s.ended_at IS NULL LIMIT 1)
        LIMIT 1
        """, new { unitId }) is not null;

    private static (ActivityStatus, DateTime, ActivityKind, bool, int, int, bool, bool) Listed(Activity a) =>
        (a.Status, a.StartsAt, a.Kind, a.Remote, a.Ages, a.Times, a.PublishedAt is not null, a.Overdue);

    private static object Row(Activity a, ContentState contentRead = default) => new
    {
        a.Id,
        a.UnitId,
        a.OrganisationId,
        a.ParentId,
        a.SeriesId,
        a.MakerId,
        a.Kind,
        a.Status,
        a.Version,
        a.Title,
        a.Text,
        a.Place,
        a.Latitude,
        a.Longitude,
        a.RadiusMetres,
        a.Remote,
        a.Ages,
        a.Times,
        a.Contact,
        a.InsuranceNeeded,
        a.InsuredUntil,
        a.NeedsCourse,
        a.GrantsCourse,
        a.CancelHours,
        a.StartsAt,
        a.EndsAt,
        a.MadeAt,
        a.PublishedAt,
        a.EndedAt,
        a.Reminders,
        a.Overdue,
        a.ClockFrom,
        a.ClockAt,
        a.ContentState,
        contentRead,
        cell = a.Cell?.Number,
        isPublic = a.PublishedAt is not null,
    };
}

/// <summary>What a role of an activity is called.</summary>
public sealed record RoleName
{
    public Guid ActivityId { get; init; }
    public string Name { get; init; } = "";
}
