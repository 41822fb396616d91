using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

public class SignUpTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task Who_comes_after_the_last_place_waits_and_moves_up_in_the_order_of_arrival()
    {
        var staff = await StaffAsync();
        var role = (await staff.EnrollingAsync(_world.Activity(capacity: 1))).Role();
        var (first, second, third) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        var place = await first.SignUpAsync(role);
        await second.SignUpAsync(role);

        Assert.Equal(Wire.SignUpStatus.Waiting, (await third.SignUpAsync(role)).Status);
        await first.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id });

        var roster = (await staff.SignUps.ListSignUpsAsync(new() { RoleId = role })).SignUps;
        Assert.Equal(
            [(2, Wire.SignUpStatus.SignedUp), (3, Wire.SignUpStatus.Waiting)], roster.Select(s => (s.Number, s.Status)));
    }

    [Fact]
    public async Task Nobody_is_in_a_shift_twice_nor_in_two_at_one_time_even_while_waiting()
    {
        var staff = await StaffAsync();
        var slot = _world.NextSlot();
        var one = await staff.EnrollingAsync(_world.Activity(startsAt: slot, capacity: 1));
        var other = await staff.EnrollingAsync(_world.Activity(startsAt: slot.AddMinutes(59)));
        var after = await staff.EnrollingAsync(_world.Activity(startsAt: slot.AddMinutes(60)));
        await (await _world.ResidentAsync()).SignUpAsync(one.Role());
        var resident = await _world.ResidentAsync();
        var waiting = await resident.SignUpAsync(one.Role());

        Assert.Equal("ALREADY_SIGNED_UP", await RefusalAsync(resident, one.Role()));
        var refusal = await Assert.ThrowsAsync<RpcException>(() => resident.SignUpAsync(other.Role()));
        Assert.Equal("SHIFT_CONFLICT", refusal.Reason());
        Assert.Equal(["sign_up"], refusal.Fields());
        Assert.Equal(Wire.SignUpStatus.SignedUp, (await resident.SignUpAsync(after.Role())).Status);

        // The queue left, the one that begins a minute later still is in the way.
        await resident.SignUps.CancelSignUpAsync(new() { SignUpId = waiting.Id });
        Assert.Equal("SHIFT_CONFLICT", await RefusalAsync(resident, other.Role()));
    }

    [Fact]
    public async Task As_many_wait_as_there_are_three_times_places()
    {
        var role = (await (await StaffAsync()).EnrollingAsync(_world.Activity(capacity: 1))).Role();
        for (var i = 0; i < 4; i++)
        {
            await (await _world.ResidentAsync()).SignUpAsync(role);
        }

        Assert.Equal("WAITLIST_FULL", await RefusalAsync(await _world.ResidentAsync(), role));
    }

    [Fact]
    public async Task Nobody_has_more_than_fifty_shifts_to_come()
    {
        var staff = await StaffAsync();
        var form = _world.Activity();
        form.Shifts.Clear();
        var start = _world.Now.AddDays(300);
        form.Shifts.AddRange(Enumerable.Range(0, 51).Select(i => ActivitySteps.ShiftAt(start.AddHours(i), 1)));
        var activity = await staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();
        for (var shift = 0; shift < 50; shift++)
        {
            await resident.SignUpAsync(activity.Role(shift));
        }

        Assert.Equal("SIGN_UPS_TOO_MANY", await RefusalAsync(resident, activity.Role(50)));
    }

    [Fact]
    public async Task Only_an_activity_that_enrols_takes_anybody_and_a_draft_is_not_there()
    {
        var staff = await StaffAsync();
        var resident = await _world.ResidentAsync();
        var draft = await staff.DraftAsync(_world.Activity());
        var cancelled = await staff.EnrollingAsync(_world.Activity());
        await staff.Activities.CancelActivityAsync(new() { ActivityId = cancelled.Id, Reason = "天气不好" });

        Assert.Equal("SHIFT_ROLE_UNKNOWN", await RefusalAsync(resident, draft.Role()));
        Assert.Equal("ACTIVITY_NOT_ENROLLING", await RefusalAsync(staff, draft.Role()));
        Assert.Equal("ACTIVITY_NOT_ENROLLING", await RefusalAsync(resident, cancelled.Role()));
        Assert.Equal("SHIFT_ROLE_UNKNOWN", await RefusalAsync(resident, $"{Guid.CreateVersion7()}"));
    }

    [Fact]
    public async Task A_role_that_asks_for_a_skill_takes_only_who_holds_it_until_after_the_shift()
    {
        var chief = await _world.StaffAsync(_world.District);
        var staff = await StaffAsync();
        var skill = (await chief.Skills.AddSkillAsync(new()
        {
            UnitId = $"{_world.District}",
            Code = $"s{Guid.NewGuid():n}"[..20],
            Name = "急救",
        })).Skill.Id;
        var form = _world.Activity();
        form.Shifts[0].Roles[0].SkillId = skill;
        var activity = await staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();

        Assert.Equal("SKILL_REQUIRED", await RefusalAsync(resident, activity.Role()));
        await VerifyAsync(activity.StartsAt);
        Assert.Equal("SKILL_REQUIRED", await RefusalAsync(resident, activity.Role()));
        var held = await VerifyAsync(activity.EndsAt);
        await staff.Skills.RevokeSkillAsync(new() { HeldSkillId = held, Reason = "证书被撤销" });
        Assert.Equal("SKILL_REQUIRED", await RefusalAsync(resident, activity.Role()));
        await VerifyAsync(activity.EndsAt);
        await resident.SignUpAsync(activity.Role());

        async Task<string> VerifyAsync(Timestamp until) => (await staff.Skills.VerifySkillAsync(new()
        {
            UnitId = $"{_world.Community}",
            SkillId = skill,
            Phone = resident.Phone,
            ValidUntil = until,
        })).Skill.Id;
    }

    [Fact]
    public async Task An_activity_that_asks_for_a_course_takes_only_who_completed_it()
    {
        var staff = await StaffAsync();
        var form = _world.Activity();
        form.NeedsCourse = "river-safety";
        var activity = await staff.EnrollingAsync(form);
        var resident = await _world.ResidentAsync();

        Assert.Equal("COURSE_REQUIRED", await RefusalAsync(resident, activity.Role()));
        var course = new Wire.RecordCourseRequest
        {
            UnitId = $"{_world.Community}",
            Code = "river-safety",
            PersonId = $"{resident.PersonId}",
            Reason = "去年参加过街道的培训",
        };
        await staff.Skills.RecordCourseAsync(course);
        await resident.SignUpAsync(activity.Role());
        Assert.Equal("COURSE_COMPLETED", await Refusals.ReasonAsync(staff.Skills.RecordCourseAsync(course)));
    }

    [Fact]
    public async Task Staff_sign_up_others_and_each_gets_an_answer_of_their_own()
    {
        var staff = await StaffAsync();
        var role = (await staff.EnrollingAsync(_world.Activity(capacity: 1))).Role();
        var (there, new1, new2) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        await there.SignUpAsync(role);

        var outcomes = (await staff.SignUps.SignUpOthersAsync(new()
        {
            RoleId = role,
            People =
            {
                Named(new1), Named(there), new Wire.PersonToSignUp { Phone = new2.Phone, Consent = Wire.SignUpConsent.InPerson },
                new Wire.PersonToSignUp { Phone = World.NewPhone(), Consent = Wire.SignUpConsent.Written },
            },
        })).Outcomes;

        Assert.Equal(["", "ALREADY_SIGNED_UP", "", "PERSON_UNKNOWN"], outcomes.Select(o => o.Reason));
        Assert.Equal(
            [(Wire.SignUpStatus.Waiting, 2), (Wire.SignUpStatus.Waiting, 3)],
            outcomes.Where(o => o.SignUp is not null).Select(o => (o.SignUp.Status, o.SignUp.Number)));
        var mine = (await new2.SignUps.ListMySignUpsAsync(new())).SignUps.Single();
        Assert.Equal(Wire.SignUpConsent.InPerson, mine.Consent);
        await shared.Server.AssertActivitiesAsync();
    }

    [Fact]
    public async Task Signing_up_others_asks_for_one_to_twenty_people_each_once_and_how_each_agreed()
    {
        var staff = await StaffAsync();
        var role = (await staff.EnrollingAsync(_world.Activity())).Role();
        var resident = await _world.ResidentAsync();
        var silent = new Wire.PersonToSignUp { PersonId = $"{resident.PersonId}" };
        var byPhone = new Wire.PersonToSignUp { Phone = resident.Phone, Consent = Wire.SignUpConsent.ByPhone };

        Assert.Equal("PEOPLE_COUNT", await AskAsync());
        Assert.Equal("PEOPLE_COUNT", await AskAsync(Named(resident), byPhone));
        Assert.Equal("SIGN_UP_CONSENT", await AskAsync(silent));
        await resident.SignUpAsync(role);
        Assert.Equal("ALREADY_SIGNED_UP", await AskAsync(Named(resident)));

        Task<string> AskAsync(params Wire.PersonToSignUp[] people) => Refusals.ReasonAsync(
            staff.SignUps.SignUpOthersAsync(new() { RoleId = role, People = { people } }));
    }

    [Fact]
    public async Task Others_take_a_place_back_only_with_a_reason_that_its_person_reads()
    {
        var staff = await StaffAsync();
        var activity = await staff.EnrollingAsync(_world.Activity());
        var resident = await _world.ResidentAsync();
        var place = await resident.SignUpAsync(activity.Role());
        var stranger = await _world.ResidentAsync();

        Assert.Equal("SIGN_UP_UNKNOWN", await Refusals.ReasonAsync(
            stranger.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id, Reason = "想要这个名额" })));
        Assert.Equal("REASON_REQUIRED", await Refusals.ReasonAsync(
            staff.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id })));
        await staff.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id, Reason = "电话里说不来了" });

        var mine = (await resident.SignUps.ListMySignUpsAsync(new())).SignUps.Single();
        Assert.Equal((Wire.SignUpStatus.Cancelled, "电话里说不来了"), (mine.Status, mine.Reason));
        Assert.Equal("SIGN_UP_OVER", await Refusals.ReasonAsync(
            resident.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id })));
    }

    [Fact]
    public async Task Sent_again_with_its_key_a_sign_up_happens_once()
    {
        var role = (await (await StaffAsync()).EnrollingAsync(_world.Activity())).Role();
        var resident = await _world.ResidentAsync();
        var request = new Wire.SignUpRequest { RoleId = role };
        var headers = Rpcs.Headers(resident.Token, "sign-up-once-0001");
        var calls = new Wire.SignUpService.SignUpServiceClient(resident.Channel);

        var first = await calls.SignUpAsync(request, headers);
        Assert.Equal(first, await calls.SignUpAsync(request, headers));
        Assert.Single((await resident.SignUps.ListMySignUpsAsync(new())).SignUps);
    }

    private Task<Actor> StaffAsync() => _world.StaffAsync(_world.Community);

    private static Wire.PersonToSignUp Named(Actor person) =>
        new() { PersonId = $"{person.PersonId}", Consent = Wire.SignUpConsent.ByPhone };

    private static async Task<string> RefusalAsync(Actor person, string roleId) =>
        (await Assert.ThrowsAsync<RpcException>(() => person.SignUpAsync(roleId))).Reason();
}
