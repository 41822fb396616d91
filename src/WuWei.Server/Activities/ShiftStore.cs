using WuWei.Data;

namespace WuWei.Activities;

/// <summary>Every SQL statement on shifts and their roles.</summary>
public static class ShiftStore
{
    /// <summary>All shifts of an activity with their roles, in their order.</summary>
    public static async Task<IReadOnlyList<Shift>> ListShiftsAsync(this DbSession db, Guid activityId)
    {
        var rows = await db.ListAsync<Row>(
            """
            SELECT s.id AS shift_id, s.activity_id, s.number AS shift_number, s.starts_at, s.ends_at, s.changes,
              s.cancelled_at, r.id, r.number, r.name, r.capacity, r.taken, r.waiting, r.next_number, r.skill_id
            FROM activity_shift s JOIN shift_role r ON r.shift_id = s.id
            WHERE s.activity_id = @activityId
            ORDER BY s.number, r.number
            """, new { activityId });
        return Shifts(rows);
    }

    /// <summary>
    /// Locks all roles of an activity, so that nobody signs up or leaves until the end of the transaction. To be called
    /// before anything is read: what is read then is how it is.
    /// </summary>
    public static Task LockRolesAsync(this DbSession db, Guid activityId) => db.ListAsync<Guid>(
        "SELECT id FROM shift_role WHERE activity_id = @activityId ORDER BY id FOR UPDATE", new { activityId });

    public static void QueueShifts(this DbSession db, IReadOnlyList<Shift> shifts)
    {
        db.QueueEach(
            "INSERT INTO activity_shift (id, activity_id, number, starts_at, ends_at, changes) VALUES",
            "(@Id, @ActivityId, @Number, @StartsAt, @EndsAt, 0)",
            [.. shifts.Select(s => new { s.Id, s.ActivityId, s.Number, s.StartsAt, s.EndsAt })]);
        db.QueueEach(
            """
            INSERT INTO shift_role
              (id, activity_id, shift_id, number, name, capacity, taken, waiting, next_number, skill_id)
            VALUES
            """,
            "(@Id, @ActivityId, @ShiftId, @Number, @Name, @Capacity, 0, 0, 1, @SkillId)",
            [
                .. shifts.SelectMany(s => s.Roles).Select(r =>
                    new { r.Id, r.ActivityId, r.ShiftId, r.Number, r.Name, r.Capacity, r.SkillId }),
            ]);
    }

    /// <summary>The shifts of a draft, for which nobody could sign up yet, give way to new ones.</summary>
    public static void QueueNoShifts(this DbSession db, Guid activityId) =>
        db.Queue("DELETE FROM activity_shift WHERE activity_id = @activityId", new { activityId });

    /// <summary>Another time for a shift and for whoever is in it.</summary>
    public static void QueueShiftMoved(this DbSession db, Shift shift)
    {
        db.Queue(
            "UPDATE activity_shift SET starts_at = @StartsAt, ends_at = @EndsAt, changes = changes + 1 WHERE id = @Id",
            new { shift.Id, shift.StartsAt, shift.EndsAt });
        db.Queue(
            """
            UPDATE sign_up SET starts_at = @StartsAt, ends_at = @EndsAt
            WHERE shift_id = @Id AND live_person_id IS NOT NULL
            """, new { shift.Id, shift.StartsAt, shift.EndsAt });
    }

    /// <summary>Whoever is in a shift to come has something to see.</summary>
    public static void QueueShiftsChanged(this DbSession db, Guid activityId, DateTime now) => db.Queue(
        """
        UPDATE activity_shift SET changes = changes + 1
        WHERE activity_id = @activityId AND ends_at > @now AND cancelled_at IS NULL
        """, new { activityId, now });

    /// <summary>A shift does not take place. Its sign-ups end beside it.</summary>
    public static void QueueShiftCancelled(this DbSession db, Guid id, DateTime now) => db.Queue(
        "UPDATE activity_shift SET cancelled_at = @now, changes = changes + 1 WHERE id = @id", new { id, now });

    /// <summary>What a role holds now. The caller has its lock; more than its capacity the database refuses.</summary>
    public static void QueueRole(this DbSession db, ShiftRole role) => db.Queue(
        """
        UPDATE shift_role SET capacity = @Capacity, taken = @Taken, waiting = @Waiting, next_number = @NextNumber
        WHERE id = @Id
        """, new { role.Id, role.Capacity, role.Taken, role.Waiting, role.NextNumber });

    /// <summary>Shifts of activities of a unit and below that are enrolling or running, soonest first.</summary>
    public static async Task<List<CoverageRow>> ListCoverageAsync(
        this DbSession db, Guid unitId, bool uncovered, DateTime now, DateTime until, Calls.PageToken after, int take)
    {
        var rows = await db.ListAsync<Row>(
            """
            SELECT page.id AS shift_id, page.activity_id, page.title, page.number AS shift_number, page.starts_at,
              page.ends_at, page.changes,
              r.id, r.number, r.name, r.capacity, r.taken, r.waiting, r.next_number, r.skill_id
            FROM (
              SELECT s.id, s.activity_id, s.number, s.starts_at, s.ends_at, s.changes, a.title
              FROM activity_in_unit l
              JOIN activity a ON a.id = l.activity_id
              JOIN activity_shift s ON s.activity_id = l.activity_id
              WHERE l.unit_id = @unitId AND l.status IN (3, 4) AND l.starts_at < @until
                AND s.cancelled_at IS NULL AND s.ends_at > @now AND s.starts_at < @until
                AND s.starts_at >= @at AND (s.starts_at > @at OR s.id > @id)
                AND (@uncovered = 0 OR EXISTS (
                  SELECT 1 FROM shift_role f WHERE f.shift_id = s.id AND f.taken < f.capacity))
              ORDER BY s.starts_at, s.id LIMIT @take
            ) page
            JOIN shift_role r ON r.shift_id = page.id
            ORDER BY page.starts_at, page.id, r.number
            """, new { unitId, uncovered, now, until, at = after.At, id = after.Id, take });
        var titles = rows.DistinctBy(r => r.ShiftId).ToDictionary(r => r.ShiftId, r => r.Title);
        return [.. Shifts(rows).Select(s => new CoverageRow(titles[s.Id], s))];
    }

    private static List<Shift> Shifts(List<Row> rows) =>
    [
        .. rows.GroupBy(r => r.ShiftId).Select(g => new Shift
        {
            Id = g.Key,
            ActivityId = g.First().ActivityId,
            Number = g.First().ShiftNumber,
            StartsAt = g.First().StartsAt,
            EndsAt = g.First().EndsAt,
            Changes = g.First().Changes,
            CancelledAt = g.First().CancelledAt,
            Roles = [.. g.Select(r => r.Role)],
        }),
    ];

    private sealed record Row
    {
        public Guid ShiftId { get; init; }
        public Guid ActivityId { get; init; }
        public string Title { get; init; } = "";
        public int ShiftNumber { get; init; }
        public DateTime StartsAt { get; init; }
        public DateTime EndsAt { get; init; }
        public int Changes { get; init; }
        public DateTime? CancelledAt { get; init; }
        public Guid Id { get; init; }
        public int Number { get; init; }
        public string Name { get; init; } = "";
        public int Capacity { get; init; }
        public int Taken { get; init; }
        public int Waiting { get; init; }
        public int NextNumber { get; init; }
        public Guid? SkillId { get; init; }

        public ShiftRole Role => new()
        {
            Id = Id,
            ActivityId = ActivityId,
            ShiftId = ShiftId,
            Number = Number,
            Name = Name,
            Capacity = Capacity,
            Taken = Taken,
            Waiting = Waiting,
            NextNumber = NextNumber,
            SkillId = SkillId,
        };
    }
}

/// <summary>A shift beside the title of its activity.</summary>
public sealed record CoverageRow(string Title, Shift Shift);
