using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>Activities that an organisation hosts: who may make and offer them, and where its name is shown.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private const string Name = "安居物业公司";

    private TestServer _server = null!;
    private World _world = null!;
    private Actor _founder = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _founder = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_member_who_may_act_makes_one_its_units_staff_review_it_and_its_name_is_shown()
    {
        var draft = await _founder.DraftAsync(Form(await _founder.ListedAsync(_world.Community, _staff)));
        var submitted = (await _founder.Activities.PublishActivityAsync(new() { ActivityId = draft.Id })).Activity;
        Assert.Equal((Wire.ActivityStatus.InReview, Name), (submitted.Status, submitted.OrganisationName));
        var open = (await _staff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id })).Activity;

        var person = await _world.ResidentAsync();
        Assert.Equal(Name, (await person.ActivityAsync(draft.Id)).OrganisationName);
        var listed = (await person.Activities.ListActivitiesAsync(new()
        {
            View = Wire.ActivityView.Unit,
            UnitId = $"{_world.District}",
            Status = Wire.ActivityStatus.Enrolling,
        })).Activities;
        Assert.Equal((draft.OrganisationId, Name), (Assert.Single(listed).OrganisationId, listed[0].OrganisationName));
        await person.SignUpAsync(open.Role());
        _server.Clock.Advance(TimeSpan.FromDays(3));
        await _server.RunJobsAsync();
        Assert.Equal(Name, Assert.Single((await person.Records.ListServiceLinesAsync(new())).Lines).OrganisationName);
    }

    [Fact]
    public async Task Only_who_may_act_for_it_makes_one_and_offers_it()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        Assert.Equal("ORGANISATION_NOT_YOURS", await MakeAsync(_staff, id));
        Assert.Equal("ORGANISATION_NOT_YOURS", await MakeAsync(_founder, $"{Guid.NewGuid()}"));
        Assert.Equal("NOT_PERMITTED", await MakeAsync(_founder, organisation: ""));
        var deputy = await _world.ResidentAsync();
        var member = await _founder.AddMemberAsync(id, deputy, mayAct: true);
        var draft = await deputy.DraftAsync(Form(id));

        await _founder.Registry.EndMemberAsync(new() { OrganisationId = id, MemberId = member.Id });
        Assert.Equal("ORGANISATION_NOT_YOURS", await PublishAsync(deputy, draft));
        await deputy.Activities.AddOrganiserAsync(new() { ActivityId = draft.Id, PersonId = $"{_founder.PersonId}" });
        await _founder.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
    }

    [Fact]
    public async Task What_lapsed_or_serves_elsewhere_hosts_none()
    {
        var far = await _founder.ListedAsync(_world.FarCommunity, await _world.StaffAsync(_world.FarCommunity));
        Assert.Equal("ORGANISATION_OUT_OF_SCOPE", await MakeAsync(_founder, far));
        var applied = await _founder.RegisterAsync(_world.Community);
        Assert.Equal("ORGANISATION_NOT_LISTED", await MakeAsync(_founder, applied));
        await _founder.Registry.ApplyForScopeAsync(new() { OrganisationId = far, UnitId = $"{_world.Community}" });
        await _staff.Registry.DecideScopeAsync(
            new() { OrganisationId = far, UnitId = $"{_world.Community}", Approve = true, Until = _world.Today });
        var lapsing = await _founder.ListedAsync(_world.Community, _staff, until: _world.Today);
        var (submitted, draft) = (await _founder.DraftAsync(Form(far)), await _founder.DraftAsync(Form(lapsing)));
        await _founder.Activities.PublishActivityAsync(new() { ActivityId = submitted.Id });

        _server.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal("ORGANISATION_OUT_OF_SCOPE", await Refusals.ReasonAsync(
            _staff.Activities.ApproveActivityAsync(new() { ActivityId = submitted.Id })));
        Assert.Equal("ORGANISATION_NOT_LISTED", await PublishAsync(_founder, draft));
        Assert.Equal("ORGANISATION_NOT_LISTED", await PublishAsync(_staff, draft));
    }

    [Fact]
    public async Task Staff_of_their_own_organisation_leave_its_review_to_a_colleague()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        var member = await _world.StaffAsync(_world.Community);
        await _founder.AddMemberAsync(id, member, mayAct: true);
        var draft = await member.DraftAsync(Form(id));

        var submitted = (await member.Activities.PublishActivityAsync(new() { ActivityId = draft.Id })).Activity;
        Assert.Equal(Wire.ActivityStatus.InReview, submitted.Status);
        var other = await _founder.DraftAsync(Form(id));
        await _founder.Activities.PublishActivityAsync(new() { ActivityId = other.Id });
        Assert.Equal("ORGANISATION_OWN", await Refusals.ReasonAsync(
            member.Activities.ApproveActivityAsync(new() { ActivityId = other.Id })));
        await _staff.Activities.ApproveActivityAsync(new() { ActivityId = other.Id });
    }

    [Fact]
    public async Task Under_an_organisations_name_nothing_changes_once_its_maker_may_not_act_for_it()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        var deputy = await _world.ResidentAsync();
        var member = await _founder.AddMemberAsync(id, deputy, mayAct: true);
        var draft = await deputy.DraftAsync(Form(id));
        await deputy.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
        var open = (await _staff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id })).Activity;
        var more = new Wire.AddShiftRequest
        {
            ActivityId = open.Id,
            Shift = ActivitySteps.ShiftAt(_world.Now.AddDays(3), 1),
        };
        await _founder.Registry.EndMemberAsync(new() { OrganisationId = id, MemberId = member.Id });

        Assert.Equal("ORGANISATION_NOT_YOURS", await Refusals.ReasonAsync(deputy.Activities.AddShiftAsync(more)));
        await _staff.Activities.AddShiftAsync(more);
    }

    [Fact]
    public async Task A_draft_keeps_its_host()
    {
        var id = await _founder.ListedAsync(_world.Community, _staff);
        var draft = await _founder.DraftAsync(Form(id));

        Assert.Equal(Name, (await _founder.Activities.EditActivityAsync(
            new() { ActivityId = draft.Id, Form = Form(id) })).Activity.OrganisationName);
        Assert.Equal("ACTIVITY_FIXED", await Refusals.ReasonAsync(_founder.Activities.EditActivityAsync(
            new() { ActivityId = draft.Id, Form = Form("") })));
    }

    private Wire.ActivityForm Form(string organisation)
    {
        var form = _world.Activity(startsAt: _world.Now.AddDays(2));
        form.OrganisationId = organisation;
        return form;
    }

    private Task<string> MakeAsync(Actor maker, string organisation) =>
        Refusals.ReasonAsync(maker.Activities.MakeActivityAsync(new() { Form = Form(organisation) }));

    private static Task<string> PublishAsync(Actor organiser, Wire.Activity draft) =>
        Refusals.ReasonAsync(organiser.Activities.PublishActivityAsync(new() { ActivityId = draft.Id }));
}
