using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Recommendations;

/// <summary>What fits a resident, over the wire.</summary>
public sealed class RecommendForMeTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _maker = null!;
    private Actor _me = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.District);
        _maker = await _world.ResidentAsync();
        _me = await _world.ResidentAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_wish_nearby_says_what_speaks_for_it_and_as_what_it_may_be_claimed()
    {
        var id = await WishAsync(minutes: 20, remote: true);
        _server.Clock.Advance(TimeSpan.FromDays(4));

        var found = Assert.Single(await ForMeAsync());

        Assert.Equal((id, ""), (found.Wish.Id, found.Wish.Text));
        Assert.Equal([Wire.ClaimerKind.Neighbour], found.Kinds);
        Assert.Equal(
            [
                (Wire.FitKind.SameCommunity, 0, 20), (Wire.FitKind.Remote, 0, 5), (Wire.FitKind.Brief, 20, 10),
                (Wire.FitKind.Waiting, 4, 5),
            ],
            found.Reasons.Select(r => (r.Kind, r.Number, r.Weight)));
        Assert.Equal(40, found.Weight);
        await _me.ClaimAsync(id);
        Assert.Empty(await ForMeAsync());
    }

    [Fact]
    public async Task Only_what_one_may_see_and_claim_is_recommended()
    {
        await WishAsync(@private: true);
        await WishAsync(category: "rights");
        await WishAsync(unit: _world.NextCommunity);
        await _me.OpenAsync(_world.Request(), _staff);
        var forMe = _world.Request();
        forMe.Origin = Wire.WishOrigin.Family;
        forMe.Beneficiary = new() { Name = "李奶奶", Phone = _me.Phone, Consent = Wire.Consent.InPerson };
        await _maker.OpenAsync(forMe, _staff);
        await _maker.MakeAsync(_world.Request());

        Assert.Empty(await ForMeAsync());

        // A volunteer of the street reaches further, and may claim what a neighbour may not.
        var volunteer = await _world.WithRoleAsync(Role.Volunteer, _world.Street, home: _world.Community);
        var found = await ForMeAsync(who: volunteer);
        Assert.Equal(
            ["", "楼道灯坏了", "楼道灯坏了", "楼道灯坏了"], found.Select(r => r.Wish.Title).Order(StringComparer.Ordinal));
        Assert.Contains(found, r => r.Reasons.Any(f => f.Kind == Wire.FitKind.SameStreet));
    }

    [Fact]
    public async Task Who_may_act_for_an_organisation_is_told_of_what_only_those_may_claim_where_it_serves()
    {
        var category = (await _staff.Categories.ListCategoriesAsync(new() { UnitId = $"{_world.District}" })).Categories
            .Single(c => c.Code == "misc").Clone();
        category.AllowedClaimers.Clear();
        category.AllowedClaimers.Add(Wire.ClaimerKind.OrganisationMember);
        await _staff.Categories.UpdateCategoryAsync(new() { Category = category });
        var id = await WishAsync();
        var member = await _world.ResidentAsync();
        Assert.Empty(await ForMeAsync());
        var organisation = await _me.ListedAsync(_world.Community, await _world.StaffAsync(_world.Community));
        await _me.AddMemberAsync(organisation, member);

        var found = Assert.Single(await ForMeAsync());

        Assert.Equal((id, Wire.ClaimerKind.OrganisationMember), (found.Wish.Id, Assert.Single(found.Kinds)));
        Assert.Empty((await member.Recommendations.RecommendForMeAsync(new())).Recommendations);
        await _me.ClaimForAsync(id, organisation);
    }

    [Fact]
    public async Task An_offered_wish_comes_first_even_if_it_is_private_and_far()
    {
        await WishAsync(minutes: 10);
        var offered = await WishAsync(unit: _world.FarCommunity, minutes: 90, @private: true);
        await _staff.Wishes.OfferWishAsync(new() { WishId = offered, PersonId = $"{_me.PersonId}" });

        var found = await ForMeAsync();

        // Near and brief are as much together: then what ends first comes first.
        Assert.Equal(
            [(30, true), (30, false)],
            found.OrderByDescending(r => r.Wish.Id == offered).Select(r => (r.Weight, r.Wish.Id == offered)));
        Assert.Equal(Wire.FitKind.Offered, Assert.Single(found.Single(r => r.Wish.Id == offered).Reasons).Kind);
    }

    [Fact]
    public async Task What_somebody_kept_before_speaks_for_the_like_of_it()
    {
        for (var i = 0; i < 3; i++)
        {
            var kept = await WishAsync(category: "plants");
            await _me.ClaimAsync(kept);
            await _me.DeliverAsync(kept);
            await _maker.ConfirmAsync(kept, rating: i == 0 ? 1 : 5);
        }

        await WishAsync(category: "stairwell");
        await WishAsync(category: "plants");

        // One of the three was rated low.
        Assert.Equal(
            [[(Wire.FitKind.KeptSimilar, 2), (Wire.FitKind.SameCommunity, 0)], [(Wire.FitKind.SameCommunity, 0)]],
            (await ForMeAsync()).Select(found => found.Reasons.Select(r => (r.Kind, r.Number)).ToArray()));
    }

    [Fact]
    public async Task Free_minutes_and_staying_at_home_leave_out_what_does_not_fit()
    {
        await WishAsync(minutes: 31);
        var shortOne = await WishAsync(minutes: 30);
        var remote = await WishAsync(minutes: 45, remote: true);
        var activity = await _staff.EnrollingAsync(_world.Activity());

        Assert.Equal([shortOne], Ids(await ForMeAsync(new() { MinutesFree = 30 })));
        Assert.Equal([remote], Ids(await ForMeAsync(new() { RemoteOnly = true })));
        Assert.Contains(activity.Id, Ids(await ForMeAsync(new() { MinutesFree = 60 })));
    }

    [Fact]
    public async Task Whose_hands_are_full_is_recommended_no_more_wishes()
    {
        for (var i = 0; i < 5; i++)
        {
            await _me.ClaimAsync(await WishAsync());
        }

        await WishAsync();
        var activity = await _staff.EnrollingAsync(_world.Activity());

        Assert.Equal([activity.Id], Ids(await ForMeAsync()));
    }

    [Fact]
    public async Task Somebody_of_18_to_35_sees_first_what_suits_the_young()
    {
        await WishAsync(minutes: 10, remote: true);
        await _staff.EnrollingAsync(_world.Activity(_world.Community));
        var young = _world.Activity(_world.FarCommunity);
        young.Ages.Add(Wire.AgeBand.Youth);
        var last = await _staff.EnrollingAsync(young);

        Assert.NotEqual(last.Id, Ids(await ForMeAsync())[0]);
        var found = await ForMeAsync(new() { Age = Wire.AgeBand.Youth });
        Assert.Equal((3, last.Id), (found.Count, Ids(found)[0]));
        Assert.Equal(100, found[0].Reasons.Single(r => r.Kind == Wire.FitKind.AgeBand).Weight);
    }

    [Fact]
    public async Task Where_the_device_is_counts_in_steps_and_only_for_activities()
    {
        await WishAsync();
        await _staff.EnrollingAsync(_world.Activity());

        Assert.Equal(1_000, await MetresAsync(AttendanceSteps.Here()));
        Assert.Equal(3_000, await MetresAsync(AttendanceSteps.Here(metresNorth: 2_000)));
        Assert.Equal(0, await MetresAsync(AttendanceSteps.Here(metresNorth: 9_000)));

        async Task<int> MetresAsync(Wire.Position here) => (await ForMeAsync(new() { Here = here }))
            .SelectMany(r => r.Reasons).SingleOrDefault(r => r.Kind == Wire.FitKind.Near)?.Number ?? 0;
    }

    [Fact]
    public async Task A_skill_speaks_for_an_activity_and_one_that_is_lacking_is_named()
    {
        var skill = (await _staff.Skills.AddSkillAsync(
            new() { UnitId = $"{_world.District}", Code = "first-aid", Name = "急救" })).Skill;
        var form = _world.Activity();
        form.Shifts[0].Roles[0].SkillId = skill.Id;
        form.NeedsCourse = "safety";
        await _staff.EnrollingAsync(form);

        var before = Assert.Single(await ForMeAsync());
        Assert.Equal((["急救"], "safety"), (before.SkillsMissing, before.CourseMissing));
        await _staff.Skills.VerifySkillAsync(new()
        {
            UnitId = $"{_world.District}",
            SkillId = skill.Id,
            PersonId = $"{_me.PersonId}",
            ValidUntil = Timestamp.FromDateTime(_world.Now.AddYears(4)),
        });

        var after = Assert.Single(await ForMeAsync());
        Assert.Empty(after.SkillsMissing);
        Assert.Equal("急救", after.Reasons.Single(r => r.Kind == Wire.FitKind.Skill).Text);
        Assert.True(after.Weight > before.Weight);
    }

    [Fact]
    public async Task No_activity_is_recommended_that_one_is_in_organises_or_cannot_be_at()
    {
        var startsAt = _world.Now.AddDays(3);
        var mine = await _staff.EnrollingAsync(_world.Activity(startsAt: startsAt));
        await _staff.EnrollingAsync(_world.Activity(startsAt: startsAt.AddMinutes(30)));
        var full = await _staff.EnrollingAsync(_world.Activity(startsAt: startsAt.AddDays(1), capacity: 1));
        await _maker.SignUpAsync(full.Role());
        Assert.Equal(2, (await ForMeAsync()).Count);

        await _me.SignUpAsync(mine.Role());

        Assert.Empty(await ForMeAsync());
        Assert.Empty(await ForMeAsync(who: await StaffAtHomeAsync()));
    }

    [Fact]
    public async Task A_cancelled_shift_is_nothing_to_sign_up_for()
    {
        var start = _world.Now.AddDays(3);
        var form = _world.Activity(startsAt: start);
        form.Shifts.Add(ActivitySteps.ShiftAt(start.AddHours(3), 1));
        var activity = await _staff.EnrollingAsync(form);
        await _maker.SignUpAsync(activity.Shifts[1].Roles[0].Id);
        Assert.Single(await ForMeAsync());

        await _staff.Activities.CancelShiftAsync(
            new() { ActivityId = activity.Id, ShiftId = activity.Shifts[0].Id, Reason = "场地另有安排。" });

        Assert.Empty(await ForMeAsync());
    }

    [Fact]
    public async Task The_list_is_bounded_and_always_in_the_same_order()
    {
        for (var i = 0; i < 25; i++)
        {
            await WishAsync();
        }

        var found = Ids(await ForMeAsync());

        Assert.Equal(20, found.Distinct().Count());
        Assert.Equal(found, Ids(await ForMeAsync()));
        Assert.Equal(found.Take(3), Ids(await ForMeAsync(new() { Count = 3 })));
    }

    [Fact]
    public async Task Who_has_no_home_yet_and_who_asks_nonsense_is_told_so()
    {
        await _world.ExecuteAsync("UPDATE person SET home_unit_id = NULL WHERE id = @id", ("id", _maker.PersonId));
        await Assert.AllAsync(
            new Wire.RecommendForMeRequest[]
            {
                new() { Count = 21 }, new() { MinutesFree = -1 }, new() { Age = (Wire.AgeBand)9 },
                new() { Times = { (Wire.TimeOfWeek)9 } }, new() { Here = new() { Latitude = 91_000_000 } },
            },
            async request => Assert.Equal(
                "RECOMMENDATION_INVALID",
                await Refusals.ReasonAsync(_me.Recommendations.RecommendForMeAsync(request))));

        Assert.Equal("HOME_UNSET", await Refusals.ReasonAsync(_maker.Recommendations.RecommendForMeAsync(new())));
    }

    private Task<string> WishAsync(
        Guid? unit = null, string category = "misc", int minutes = 60, bool remote = false, bool @private = false)
    {
        var request = _world.Request(unit, category);
        request.EffortMinutes = minutes;
        request.Remote = remote;
        request.Visibility = @private ? Wire.WishVisibility.Private : Wire.WishVisibility.Public;
        if (category == "rights")
        {
            request.Answers.Add("matter", "租房");
        }

        return _maker.OpenAsync(request, _staff);
    }

    /// <summary>The one who made the activities.</summary>
    private async Task<Actor> StaffAtHomeAsync()
    {
        await _staff.Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.Community}" });
        return _staff;
    }

    private async Task<IReadOnlyList<Wire.Recommendation>> ForMeAsync(
        Wire.RecommendForMeRequest? request = null, Actor? who = null) =>
        (await (who ?? _me).Recommendations.RecommendForMeAsync(request ?? new())).Recommendations;

    private static List<string> Ids(IEnumerable<Wire.Recommendation> found) =>
        [.. found.Select(r => r.Wish?.Id ?? r.Activity.Id)];
}
