using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement on skills and courses.</summary>
public static class SkillStore
{
    private const string ReasonColumn = "person_course.reason";

    /// <summary>The skills of a district, by name; it has no more than <see cref="Skill.CountMax"/>.</summary>
    public static Task<List<Skill>> ListSkillsAsync(this DbSession db, Guid districtId) => db.ListAsync<Skill>(
        "SELECT id, district_id, code, name FROM skill WHERE district_id = @districtId ORDER BY name, id",
        new { districtId });

    public static async Task AddSkillAsync(this DbSession db, Skill skill)
    {
        try
        {
            await db.ExecuteAsync(
                "INSERT INTO skill (id, district_id, code, name) VALUES (@Id, @DistrictId, @Code, @Name)",
                new { skill.Id, skill.DistrictId, skill.Code, skill.Name });
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("SKILL_CODE_TAKEN", "这个代码已经用过了。");
        }
    }

    /// <summary>What a person holds now takes the place of what was verified before.</summary>
    public static void QueueHeldSkill(this DbSession db, HeldSkill held)
    {
        db.Queue(
            "UPDATE person_skill SET live = NULL WHERE person_id = @PersonId AND skill_id = @SkillId AND live = 1",
            new { held.PersonId, held.SkillId });
        db.Queue(
            """
            INSERT INTO person_skill (id, person_id, skill_id, live, unit_id, verified_by, verified_at, valid_until)
            VALUES (@Id, @PersonId, @SkillId, 1, @UnitId, @VerifiedBy, @VerifiedAt, @ValidUntil)
            """,
            new
            {
                held.Id,
                held.PersonId,
                held.SkillId,
                held.UnitId,
                held.VerifiedBy,
                held.VerifiedAt,
                held.ValidUntil,
            });
    }

    public static Task<HeldSkill?> FindHeldSkillAsync(this DbSession db, Guid id) => db.FindAsync<HeldSkill>(
        """
        SELECT k.id, k.person_id, k.skill_id, k.unit_id, k.verified_by, k.verified_at, k.valid_until, s.code, s.name
        FROM person_skill k JOIN skill s ON s.id = k.skill_id WHERE k.id = @id AND k.live = 1
        """, new { id });

    public static Task<List<HeldSkill>> ListHeldSkillsAsync(this DbSession db, Guid personId) => db.ListAsync<HeldSkill>(
        """
        SELECT k.id, k.person_id, k.skill_id, k.unit_id, k.verified_by, k.verified_at, k.valid_until, s.code, s.name
        FROM person_skill k JOIN skill s ON s.id = k.skill_id
        WHERE k.person_id = @personId AND k.live = 1 ORDER BY s.name, k.id
        """, new { personId });

    /// <returns>False when somebody else took it back meanwhile.</returns>
    public static async Task<bool> RevokeSkillAsync(this DbSession db, Guid id) => await db.ExecuteAsync(
        "UPDATE person_skill SET live = NULL WHERE id = @id AND live = 1", new { id }) == 1;

    public static async Task AddCourseAsync(this DbSession db, PersonalData data, Course course, string reason)
    {
        try
        {
            await db.ExecuteAsync(
                """
                INSERT INTO person_course
                  (id, person_id, district_id, code, completed_at, unit_id, recorded_by, reason)
                VALUES (@Id, @PersonId, @DistrictId, @Code, @CompletedAt, @UnitId, @RecordedBy, @reason)
                """,
                new
                {
                    course.Id,
                    course.PersonId,
                    course.DistrictId,
                    course.Code,
                    course.CompletedAt,
                    course.UnitId,
                    course.RecordedBy,
                    reason = data.Seal(ReasonColumn, course.Id, reason),
                });
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("COURSE_COMPLETED", "这个人已经完成过这门培训。");
        }
    }

    /// <summary>Who was at an activity that grants a course has completed it; once, also if somebody records it just now.</summary>
    public static void QueueCourse(this DbSession db, Course course, Guid activityId) => db.Queue(
        """
        INSERT IGNORE INTO person_course (id, person_id, district_id, code, completed_at, activity_id, unit_id)
        VALUES (@Id, @PersonId, @DistrictId, @Code, @CompletedAt, @activityId, @UnitId)
        """,
        new { course.Id, course.PersonId, course.DistrictId, course.Code, course.CompletedAt, activityId, course.UnitId });

    public static Task<List<Course>> ListCoursesAsync(this DbSession db, Guid personId, int countMax) =>
        db.ListAsync<Course>(
            """
            SELECT id, person_id, district_id, code, completed_at, unit_id, recorded_by FROM person_course
            WHERE person_id = @personId ORDER BY completed_at DESC, id DESC LIMIT @countMax
            """, new { personId, countMax });

    /// <summary>Refuses unless the district has the skills that roles ask for.</summary>
    public static async Task DemandSkillsAsync(this DbSession db, Guid districtId, IReadOnlyList<ShiftForm> shifts)
    {
        var wanted = shifts.SelectMany(s => s.Roles).Select(r => r.SkillId).OfType<Guid>().ToHashSet();
        if (wanted.Count > 0 && !wanted.IsSubsetOf((await db.ListSkillsAsync(districtId)).Select(s => s.Id)))
        {
            throw Unknown();
        }
    }

    public static RefusedException Unknown() => Refuse.Missing("SKILL_UNKNOWN", "没有找到这项技能。");
}

/// <summary>Something that roles of activities may ask for, in a district.</summary>
public sealed record Skill
{
    public const int CountMax = 200;

    public Guid Id { get; init; }
    public Guid DistrictId { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
}

/// <summary>A skill of a person, verified by a unit's staff.</summary>
public sealed record HeldSkill
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public Guid SkillId { get; init; }
    public Guid UnitId { get; init; }
    public Guid VerifiedBy { get; init; }
    public DateTime VerifiedAt { get; init; }
    public DateTime ValidUntil { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
}

/// <summary>A course that a person completed.</summary>
public sealed record Course
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public Guid DistrictId { get; init; }
    public string Code { get; init; } = "";
    public DateTime CompletedAt { get; init; }
    public Guid UnitId { get; init; }
    public Guid? RecordedBy { get; init; }
}
