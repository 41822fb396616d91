using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

public sealed class ActivityLifeTests : ActivityDistrict
{
    private Actor _volunteer = null!;

    protected override async Task SettleAsync()
    {
        await base.SettleAsync();
        _volunteer = await World.WithRoleAsync(Role.Volunteer, World.Community);
    }

    [Fact]
    public async Task A_volunteers_activity_is_reviewed_and_runs_by_the_clock_until_it_is_settled()
    {
        var id = (await _volunteer.DraftAsync(Form())).Id;
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = id });
        Assert.Equal(Wire.ActivityStatus.InReview, await StatusAsync(id));
        await Staff.Activities.ReturnActivityAsync(new() { ActivityId = id, Reason = "请写清集合地点" });
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = id });
        await Staff.Activities.ApproveActivityAsync(new() { ActivityId = id });

        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal(Wire.ActivityStatus.Running, await StatusAsync(id));
        Assert.Equal("ACTIVITY_WRONG_STATUS", await Refusals.ReasonAsync(
            _volunteer.Activities.SettleActivityAsync(new() { ActivityId = id })));
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(Wire.ActivityStatus.Ended, await StatusAsync(id));
        await PassAsync(TimeSpan.FromDays(7));
        Assert.True((await Staff.ActivityAsync(id)).Overdue);
        await _volunteer.Activities.SettleActivityAsync(new() { ActivityId = id });

        var steps = (await Staff.Activities.GetActivityJourneyAsync(new() { ActivityId = id })).Steps;
        Assert.Equal(
            [
                Wire.ActivityMove.Make, Wire.ActivityMove.Submit, Wire.ActivityMove.Return, Wire.ActivityMove.Submit,
                Wire.ActivityMove.Approve, Wire.ActivityMove.Start, Wire.ActivityMove.End, Wire.ActivityMove.Remind,
                Wire.ActivityMove.Settle,
            ], steps.Select(s => s.Move));
        Assert.Equal("请写清集合地点", steps[2].Note);
        Assert.Equal("", (await (await World.ResidentAsync()).Activities.GetActivityJourneyAsync(
            new() { ActivityId = id })).Steps[2].Note);
    }

    [Fact]
    public async Task Nobody_approves_what_they_organise_and_no_stranger_sees_what_is_not_published()
    {
        var draft = await _volunteer.DraftAsync(Form());
        await _volunteer.Activities.AddOrganiserAsync(new() { ActivityId = draft.Id, PersonId = $"{Staff.PersonId}" });
        await _volunteer.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
        var stranger = await World.ResidentAsync();

        Assert.Equal("ACTIVITY_OWN", await Refusals.ReasonAsync(
            Staff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id })));
        Assert.Equal("ACTIVITY_UNKNOWN", await Refusals.ReasonAsync(
            stranger.Activities.GetActivityAsync(new() { ActivityId = draft.Id })));
        Assert.Equal("ORGANISER_ALREADY", await Refusals.ReasonAsync(_volunteer.Activities.AddOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{Staff.PersonId}" })));
        Assert.Equal("ORGANISER_UNKNOWN", await Refusals.ReasonAsync(_volunteer.Activities.RemoveOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{stranger.PersonId}" })));
    }

    [Fact]
    public async Task An_activity_has_ten_organisers_beside_its_maker()
    {
        var draft = await Staff.DraftAsync(Form());
        for (var i = 0; i < 10; i++)
        {
            await AddAsync();
        }

        Assert.Equal("ORGANISERS_TOO_MANY", (await Assert.ThrowsAsync<RpcException>(AddAsync)).Reason());

        async Task AddAsync() => await Staff.Activities.AddOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{(await World.ResidentAsync()).PersonId}" });
    }

    [Fact]
    public async Task A_festival_with_a_period_has_activities_below_it()
    {
        var festival = Form();
        festival.Kind = Wire.ActivityKind.Festival;
        festival.Shifts.Clear();
        festival.StartsAt = Timestamp.FromDateTime(World.Now.AddDays(1));
        festival.EndsAt = Timestamp.FromDateTime(World.Now.AddDays(9));
        var parent = await Staff.EnrollingAsync(festival);
        var child = Form();
        child.ParentId = parent.Id;
        var made = await Staff.EnrollingAsync(child);

        Assert.Equal(1, (await Staff.ActivityAsync(parent.Id)).Children);
        Assert.Equal(made.Id, (await Staff.Activities.ListActivitiesAsync(
            new() { View = Wire.ActivityView.Children, ParentId = parent.Id })).Activities.Single().Id);
        child.ParentId = made.Id;
        Assert.Equal("PARENT_WRONG", await Refusals.ReasonAsync(Staff.Activities.MakeActivityAsync(new() { Form = child })));
        child.ParentId = $"{Guid.CreateVersion7()}";
        Assert.Equal("PARENT_UNKNOWN", await Refusals.ReasonAsync(Staff.Activities.MakeActivityAsync(new() { Form = child })));
    }

    [Fact]
    public async Task A_form_shows_all_its_faults_and_times_are_checked()
    {
        var form = Form();
        form.Title = "短";
        form.Shifts[0].Roles[0].Capacity = 0;
        form.GrantsCourse = "Course A";
        var refusal = await Assert.ThrowsAsync<RpcException>(() => Staff.DraftAsync(form));
        Assert.Equal("ACTIVITY_INVALID", refusal.Reason());
        Assert.Equal(["title", "grants_course", "shifts[0].roles[0].capacity", "grants_course"], refusal.Fields());

        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromHours(-1), TimeSpan.FromHours(1)));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(1), TimeSpan.Zero));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(1), TimeSpan.FromHours(16.1)));
        Assert.Equal("ACTIVITY_TIMES", await TimesAsync(TimeSpan.FromDays(367), TimeSpan.FromHours(1)));
        var foreign = Form();
        foreign.OrganisationId = $"{Guid.CreateVersion7()}";
        Assert.Equal("ORGANISATION_NOT_YOURS", await Refusals.ReasonAsync(
            Staff.Activities.MakeActivityAsync(new() { Form = foreign })));
        var unskilled = Form();
        unskilled.Shifts[0].Roles[0].SkillId = $"{Guid.CreateVersion7()}";
        Assert.Equal("SKILL_UNKNOWN", await Refusals.ReasonAsync(
            Staff.Activities.MakeActivityAsync(new() { Form = unskilled })));

        Task<string> TimesAsync(TimeSpan ahead, TimeSpan length)
        {
            var wrong = Form(ahead);
            wrong.Shifts[0].EndsAt = Timestamp.FromDateTime(World.Now + ahead + length);
            return Refusals.ReasonAsync(Staff.Activities.MakeActivityAsync(new() { Form = wrong }));
        }
    }
}
