using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Recommendations;

/// <summary>Who fits a wish, over the wire.</summary>
public sealed class RecommendHelpersTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _maker = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        _maker = await _world.ResidentAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Only_those_who_serve_where_the_wish_is_are_found()
    {
        var here = await _world.WithRoleAsync(Role.Volunteer, _world.Community, home: _world.Community);
        var grid = await _world.WithRoleAsync(Role.GridWorker, _world.Grid, home: _world.NextCommunity);
        var street = await _world.WithRoleAsync(Role.PartyMember, _world.Street);
        await _world.ResidentAsync();
        await _world.WithRoleAsync(Role.Volunteer, _world.NextCommunity, home: _world.Community);
        await _world.WithRoleAsync(Role.Volunteer, _world.OtherStreet);
        await _world.WithRoleAsync(Role.Auditor, _world.Community, home: _world.Community);
        await _world.GrantAsync(
            await _world.ResidentAsync(), Role.Volunteer, _world.Community, endsAt: _world.Now.AddDays(-1));
        await _world.GrantAsync(_maker, Role.Volunteer, _world.Community);

        var found = await HelpersAsync(await WishAsync());

        Assert.Equal(
            [
                (here.PersonId, 35, "SameCommunity HandsFree WeekFree"),
                (grid.PersonId, 25, "SameStreet HandsFree WeekFree"),
                (street.PersonId, 15, "HandsFree WeekFree"),
            ],
            found.Select(h => (Guid.Parse(h.PersonId), h.Weight, string.Join(' ', h.Reasons.Select(r => r.Kind)))));
        Assert.Equal(
            [
                [Wire.ClaimerKind.Volunteer, Wire.ClaimerKind.Neighbour], [Wire.ClaimerKind.Neighbour],
                [Wire.ClaimerKind.PartyMember, Wire.ClaimerKind.Neighbour],
            ],
            found.Select(h => h.Kinds.ToArray()));
        Assert.Equal($"{here.Name[..1]}**", found[0].Name);
    }

    [Fact]
    public async Task A_skill_that_staff_ask_for_and_wishes_kept_before_speak_for_somebody()
    {
        var (skilled, practised) = (await VolunteerAsync(), await VolunteerAsync());
        var chief = await _world.StaffAsync(_world.District);
        var skill = (await chief.Skills.AddSkillAsync(
            new() { UnitId = $"{_world.District}", Code = "plumber", Name = "水电" })).Skill;
        await chief.Skills.VerifySkillAsync(new()
        {
            UnitId = $"{_world.District}",
            SkillId = skill.Id,
            PersonId = $"{skilled.PersonId}",
            ValidUntil = Timestamp.FromDateTime(_world.Now.AddDays(10)),
        });
        var kept = await WishAsync();
        await practised.ClaimAsync(kept);
        await practised.DeliverAsync(kept);
        await _maker.ConfirmAsync(kept, rating: 5);
        var id = await WishAsync();

        var plain = await HelpersAsync(id);
        Assert.Equal(practised.PersonId, Guid.Parse(plain[0].PersonId));
        Assert.Equal((Wire.FitKind.KeptSimilar, 1), (plain[0].Reasons[0].Kind, plain[0].Reasons[0].Number));

        var asked = await HelpersAsync(id, skill.Id);
        Assert.Equal(skilled.PersonId, Guid.Parse(asked[0].PersonId));
        Assert.Equal((Wire.FitKind.Skill, "水电"), (asked[0].Reasons[0].Kind, asked[0].Reasons[0].Text));
        Assert.Equal("SKILL_UNKNOWN", await Refusals.ReasonAsync(_staff.Recommendations.RecommendHelpersAsync(
            new() { WishId = id, SkillId = $"{Guid.NewGuid()}" })));

        // It was verified for ten days.
        _server.Clock.Advance(TimeSpan.FromDays(11));
        Assert.Equal(practised.PersonId, Guid.Parse((await HelpersAsync(id, skill.Id))[0].PersonId));
    }

    [Fact]
    public async Task Who_has_more_in_hand_comes_later_and_whose_hands_are_full_not_at_all()
    {
        var (idle, busy, full) = (await VolunteerAsync(), await VolunteerAsync(), await VolunteerAsync());
        await busy.ClaimAsync(await WishAsync());
        for (var i = 0; i < 5; i++)
        {
            await full.ClaimAsync(await WishAsync());
        }

        var activity = await _staff.EnrollingAsync(_world.Activity(startsAt: _world.Now.AddDays(6)));
        await busy.SignUpAsync(activity.Role());

        Assert.Equal(
            [(idle.PersonId, 0, 35), (busy.PersonId, 1, 20)],
            (await HelpersAsync(await WishAsync())).Select(h => (Guid.Parse(h.PersonId), h.InHand, h.Weight)));
    }

    [Fact]
    public async Task Of_more_than_can_be_weighed_those_are_found_for_whom_most_speaks_whoever_served_first()
    {
        await _world.ExecuteAsync(
            """
            INSERT INTO person (id, shown_name, home_unit_id, show_party_badge, open_claims, made_at)
            WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 250)
            SELECT UNHEX(LPAD(HEX(n.i), 32, '0')), '远**', @far, 0, 1, @now FROM n;
            INSERT INTO role_grant (id, person_id, role, unit_id, starts_at, live)
            SELECT p.id, p.id, 3, @district, @now, 1 FROM person p WHERE p.shown_name = '远**'
            """, ("far", _world.FarCommunity), ("district", _world.District), ("now", _world.Now));
        var near = await _world.WithRoleAsync(Role.Volunteer, _world.District, home: _world.Community);
        var street = await _world.WithRoleAsync(Role.Volunteer, _world.District, home: _world.NextCommunity);

        var found = await HelpersAsync(await WishAsync());

        Assert.Equal([near.PersonId, street.PersonId], found.Take(2).Select(h => Guid.Parse(h.PersonId)));
        Assert.Equal(
            ["SameCommunity HandsFree WeekFree", "SameStreet HandsFree WeekFree", "WeekFree"],
            found.Take(3).Select(h => string.Join(' ', h.Reasons.Select(r => r.Kind))));
        Assert.Equal(20, found.Count);
    }

    [Fact]
    public async Task Who_was_asked_already_or_is_whom_it_is_for_is_not_asked_again()
    {
        var (asked, beneficiary) = (await VolunteerAsync(), await VolunteerAsync());
        var request = _world.Request();
        request.Origin = Wire.WishOrigin.Family;
        request.Beneficiary = new() { Name = "李奶奶", Phone = beneficiary.Phone, Consent = Wire.Consent.InPerson };
        var id = await _maker.OpenAsync(request, _staff);
        Assert.Equal([asked.PersonId], (await HelpersAsync(id)).Select(h => Guid.Parse(h.PersonId)));

        await _staff.Wishes.OfferWishAsync(new() { WishId = id, PersonId = $"{asked.PersonId}" });

        Assert.Empty(await HelpersAsync(id));
    }

    [Fact]
    public async Task Whoever_is_recommended_for_a_private_wish_may_claim_it_as_they_are_recommended()
    {
        var street = await _world.WithRoleAsync(Role.PartyMember, _world.Street);
        var request = _world.Request();
        request.Visibility = Wire.WishVisibility.Private;
        var id = await _maker.OpenAsync(request, _staff);
        var helper = Assert.Single(await HelpersAsync(id));

        await _staff.Wishes.OfferWishAsync(new() { WishId = id, PersonId = helper.PersonId });

        await street.ClaimAsync(id, (ClaimerKind)helper.Kinds[0]);
        Assert.Equal(
            Wire.WishStatus.Claimed, (await _staff.Wishes.GetWishAsync(new() { WishId = id })).Wish.Status);
    }

    [Fact]
    public async Task Only_staff_of_the_wish_ask_and_only_while_it_is_open()
    {
        var id = await WishAsync();
        foreach (var (who, reason) in new[]
        {
            (await _world.StaffAsync(_world.NextCommunity), "NOT_PERMITTED"),
            (await _world.WithRoleAsync(Role.Auditor, _world.Community), "NOT_PERMITTED"),
            (await VolunteerAsync(), "NOT_PERMITTED"), (_maker, "NOT_PERMITTED"),
        })
        {
            Assert.Equal(reason, await Refusals.ReasonAsync(
                who.Recommendations.RecommendHelpersAsync(new() { WishId = id })));
        }

        await (await VolunteerAsync()).ClaimAsync(id);

        Assert.Equal("WISH_WRONG_STATUS", await Refusals.ReasonAsync(
            _staff.Recommendations.RecommendHelpersAsync(new() { WishId = id })));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(
            _staff.Recommendations.RecommendHelpersAsync(new() { WishId = $"{Guid.NewGuid()}" })));
    }

    private Task<Actor> VolunteerAsync() =>
        _world.WithRoleAsync(Role.Volunteer, _world.Community, home: _world.Community);

    private Task<string> WishAsync() => _maker.OpenAsync(_world.Request(), _staff);

    private async Task<IReadOnlyList<Wire.FittingHelper>> HelpersAsync(string wishId, string skillId = "") =>
        (await _staff.Recommendations.RecommendHelpersAsync(new() { WishId = wishId, SkillId = skillId })).Helpers;
}
