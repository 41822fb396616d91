using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of skills.proto.</summary>
public sealed class SkillService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, TimeProvider clock)
    : Wire.SkillService.SkillServiceBase
{
    private const int TermYearsMax = 5;
    private const int CoursesMax = 100;

    public override async Task<Wire.ListSkillsResponse> ListSkills(
        Wire.ListSkillsRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var district = tree.DistrictOf(tree.Get(Faults.IdOf("unit_id", request.UnitId)));
        var skills = await database.ReadAsync(db => db.ListSkillsAsync(district.Id), context.CancellationToken);
        return new Wire.ListSkillsResponse { Skills = { skills.Select(ToWire) } };
    }

    public override async Task<Wire.AddSkillResponse> AddSkill(
        Wire.AddSkillRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var faults = new Faults();
        var name = faults.Text("name", request.Name, 2, 20);
        if (ActivityForm.FaultOfCode(request.Code) is { } fault)
        {
            faults.Add("code", fault);
        }

        faults.ThrowIfAny("SKILL_INVALID", "有些内容没有填对，请检查。");
        return await writer.WriteAsync(context, request, async db =>
        {
            var unit = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId));
            call.Demand(Relation.None, unit.Path);
            if (tree.DistrictOf(unit) != unit)
            {
                throw Refuse.Premature("UNIT_HAS_NO_DISTRICT", "技能由区里统一添加。");
            }

            if ((await db.ListSkillsAsync(unit.Id)).Count >= Skill.CountMax)
            {
                throw Refuse.Exhausted("SKILLS_TOO_MANY", $"一个区最多 {Skill.CountMax} 项技能。");
            }

            var skill = new Skill { Id = clock.NewId(), DistrictId = unit.Id, Code = request.Code, Name = name };
            await db.AddSkillAsync(skill);
            db.Record(JournalEntry.By(
                call, "staff", "SKILL_ADDED", "skill", skill.Id, unit.Id,
                new { skill.Code, name = personalData.Hash(skill.Name) }));
            return new Wire.AddSkillResponse { Skill = ToWire(skill) };
        }, again: (_, first) => Again(call, tree, request.UnitId, first));
    }

    public override async Task<Wire.VerifySkillResponse> VerifySkill(
        Wire.VerifySkillRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var skillId = Faults.IdOf("skill_id", request.SkillId);
        var until = Faults.TimeOf("valid_until", request.ValidUntil) ?? default;
        if (until <= call.Now || until > call.Now.AddYears(TermYearsMax))
        {
            throw Refuse.Invalid(
                "SKILL_TERM", $"有效期从现在起最长 {TermYearsMax} 年。", new FieldFault("valid_until", "超出范围。"));
        }

        return await writer.WriteAsync(context, request, async db =>
        {
            var unit = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId));
            call.Demand(Relation.None, unit.Path);
            var skill = (await db.ListSkillsAsync(tree.DistrictOf(unit).Id)).FirstOrDefault(s => s.Id == skillId)
                ?? throw SkillStore.Unknown();
            var person = await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
            if (person.Id == call.Caller.PersonId)
            {
                throw Refuse.Denied("SKILL_OWN", "自己的技能要请同事认证。");
            }

            await db.LockPersonAsync(person.Id);
            var held = new HeldSkill
            {
                Id = clock.NewId(),
                PersonId = person.Id,
                SkillId = skill.Id,
                UnitId = unit.Id,
                VerifiedBy = call.Caller.PersonId,
                VerifiedAt = call.Now,
                ValidUntil = until,
                Code = skill.Code,
                Name = skill.Name,
            };
            db.QueueHeldSkill(held);
            db.Record(JournalEntry.By(
                call, "staff", "SKILL_VERIFIED", "person_skill", held.Id, unit.Id,
                new { held.PersonId, held.SkillId, held.ValidUntil }));
            return new Wire.VerifySkillResponse { Skill = ToWire(held) };
        }, again: (_, first) => Again(call, tree, request.UnitId, first));
    }

    public override async Task<Wire.RevokeSkillResponse> RevokeSkill(
        Wire.RevokeSkillRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var id = Faults.IdOf("held_skill_id", request.HeldSkillId);
        var reason = Faults.TextOf("reason", request.Reason, 2, 500);
        return await writer.WriteAsync(context, request, async db =>
        {
            var held = await db.FindHeldSkillAsync(id) ?? throw NotHeld();
            call.Demand(Relation.None, tree.Get(held.UnitId).Path);
            if (!await db.RevokeSkillAsync(id))
            {
                throw NotHeld();
            }

            db.Record(JournalEntry.By(
                call, "staff", "SKILL_REVOKED", "person_skill", id, held.UnitId,
                new { held.PersonId, held.SkillId, reason = personalData.Hash(reason) }));
            return new Wire.RevokeSkillResponse();
        }, again: (_, first) =>
        {
            call.DemandNothing();
            return Task.FromResult(first);
        });
    }

    public override async Task<Wire.RecordCourseResponse> RecordCourse(
        Wire.RecordCourseRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var reason = Faults.TextOf("reason", request.Reason, 2, 500);
        if (ActivityForm.FaultOfCode(request.Code) is { } fault)
        {
            throw Refuse.Invalid("COURSE_CODE", "课程代码不对。", new FieldFault("code", fault));
        }

        return await writer.WriteAsync(context, request, async db =>
        {
            var unit = tree.GetOpen(Faults.IdOf("unit_id", request.UnitId));
            call.Demand(Relation.None, unit.Path);
            var person = await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
            if (person.Id == call.Caller.PersonId)
            {
                throw Refuse.Denied("COURSE_OWN", "自己的培训要请同事登记。");
            }

            var course = new Course
            {
                Id = clock.NewId(),
                PersonId = person.Id,
                DistrictId = tree.DistrictOf(unit).Id,
                Code = request.Code,
                CompletedAt = call.Now,
                UnitId = unit.Id,
                RecordedBy = call.Caller.PersonId,
            };
            await db.AddCourseAsync(personalData, course, reason);
            db.Record(JournalEntry.By(
                call, "staff", "COURSE_RECORDED", "person_course", course.Id, unit.Id,
                new { course.PersonId, course.Code, reason = personalData.Hash(reason) }));
            return new Wire.RecordCourseResponse { Course = ToWire(course) };
        }, again: (_, first) => Again(call, tree, request.UnitId, first));
    }

    public override async Task<Wire.ListMySkillsResponse> ListMySkills(
        Wire.ListMySkillsRequest request, ServerCallContext context)
    {
        var me = context.Call().Caller.PersonId;
        var (skills, courses) = await database.ReadAsync(
            async db => (await db.ListHeldSkillsAsync(me), await db.ListCoursesAsync(me, CoursesMax)),
            context.CancellationToken);
        return new Wire.ListMySkillsResponse
        {
            Skills = { skills.Select(ToWire) },
            Courses = { courses.Select(ToWire) },
        };
    }

    private static Task<TReply> Again<TReply>(Call call, UnitTree tree, string unitId, TReply first)
    {
        call.Demand(Relation.None, tree.Get(Guid.Parse(unitId)).Path);
        return Task.FromResult(first);
    }

    private static RefusedException NotHeld() => Refuse.Missing("SKILL_NOT_HELD", "没有找到这项认证。");

    private static Wire.Skill ToWire(Skill skill) =>
        new() { Id = skill.Id.ToString(), Code = skill.Code, Name = skill.Name };

    private static Wire.HeldSkill ToWire(HeldSkill held) => new()
    {
        Id = held.Id.ToString(),
        Skill = new Wire.Skill { Id = held.SkillId.ToString(), Code = held.Code, Name = held.Name },
        UnitId = held.UnitId.ToString(),
        VerifiedAt = ActivitySight.Time(held.VerifiedAt),
        ValidUntil = ActivitySight.Time(held.ValidUntil),
    };

    private static Wire.CompletedCourse ToWire(Course course) =>
        new() { Code = course.Code, CompletedAt = ActivitySight.Time(course.CompletedAt) };
}
