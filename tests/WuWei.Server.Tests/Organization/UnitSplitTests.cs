using WuWei.Tests.Harness;

namespace WuWei.Tests.Organization;

/// <summary>A community is split: it closes, and what it had goes to the new ones.</summary>
public sealed class UnitSplitTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _street = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        // What is here was here yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));
        _street = await _world.StaffAsync(_world.Street);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_first_of_the_new_units_has_everything_that_is_not_given_to_another()
    {
        var change = await SplitAsync(r => r.NewUnits[1].ChildIds.Add($"{_world.Grid}"));

        var (east, west) = (Guid.Parse(change.NewUnits[0].Id), Guid.Parse(change.NewUnits[1].Id));
        Assert.Equal((Wire.UnitChangeStatus.Done, $"{east}"), (change.Status, change.SuccessorId));
        Assert.Equal(["乙社区", "甲东社区", "甲西社区"], await _street.NamesBelowAsync(_world.Street));
        Assert.Equal(["甲社区", "乙社区"], await _street.NamesBelowAsync(_world.Street, _server.Clock.Day(-1)));
        var old = await _street.UnitAsync(_world.Community);
        Assert.Equal((true, $"{east}", $"{east}"), (old.Closed, old.SuccessorId, old.ParentId));
        Assert.Equal($"{west}", (await _street.UnitAsync(_world.Grid)).ParentId);
        var byCode = (await _street.Organization.GetUnitByCodeAsync(
            new() { System = "division", Code = "999900001901" })).Unit;
        Assert.Equal((change.NewUnits[0].Id, "community", "甲东社区"), (byCode.Id, byCode.Kind, byCode.Name));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task What_is_not_right_with_the_new_units_is_said()
    {
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r => r.NewUnits.RemoveAt(1)));
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r => r.NewUnits[0].Name = "东"));
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r => r.NewUnits[1].Codes[0].Code = r.NewUnits[0].Codes[0].Code));
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r => r.NewUnits[0].Codes[0].Code = "有 空格"));
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r => r.NewUnits[0].ChildIds.Add($"{_world.NextCommunity}")));
        Assert.Equal("UNIT_SPLIT", await ReasonAsync(r =>
        {
            r.NewUnits[0].ChildIds.Add($"{_world.Grid}");
            r.NewUnits[1].ChildIds.Add($"{_world.Grid}");
        }));
        Assert.Equal("UNIT_CODE_TAKEN", await ReasonAsync(r => r.NewUnits[0].Codes[0].Code = "999900001002"));
        Assert.Equal("甲社区", (await _street.UnitAsync(_world.Community)).Name);

        Task<string> ReasonAsync(Action<Wire.SplitUnitRequest> change) =>
            Refusals.ReasonAsync(_street.Organization.SplitUnitAsync(Request(change)));
    }

    [Fact]
    public async Task A_change_that_the_tree_does_not_allow_on_its_day_waits_and_may_be_cancelled()
    {
        var planned = await SplitAsync(r => r.EffectiveOn = _server.Clock.Day(1));
        await _street.RenameAsync(_world.NextCommunity, "乙新社区", _server.Clock.Day(1));
        await _server.Database.ExecuteAsync(
            "UPDATE unit_code SET code = '999900001901' WHERE unit_id = @id", ("@id", _world.FarCommunity));
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await _server.RunJobsAsync();

        // Others whose day it is are not kept waiting.
        Assert.Equal("乙新社区", (await _street.UnitAsync(_world.NextCommunity)).Name);
        Assert.False((await _street.UnitAsync(_world.Community)).Closed);
        var cancelled = (await _street.Organization.CancelUnitChangeAsync(
            new() { ChangeId = planned.Id, Reason = "编码已被使用" })).Change;
        Assert.Equal(Wire.UnitChangeStatus.Cancelled, cancelled.Status);
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Staff_give_people_a_home_in_one_of_the_successors()
    {
        var people = new List<Actor>();
        for (var i = 0; i < 3; i++)
        {
            people.Add(await _world.ResidentAsync(_world.Community));
        }

        Assert.Equal("UNIT_OPEN", await Refusals.ReasonAsync(
            _street.Organization.ListUnitResidentsAsync(new() { UnitId = $"{_world.Community}" })));
        var west = (await SplitAsync(_ => { })).NewUnits[1].Id;
        await people[2].Identity.UpdateMeAsync(new() { HomeUnitId = $"{_world.NextCommunity}" });

        var listed = await ListedAsync();
        Assert.Equal(people.Take(2).Select(p => $"{p.PersonId}").Order(StringComparer.Ordinal), listed.Keys);
        Assert.All(listed.Values, name => Assert.EndsWith("**", name));
        var request = new Wire.RehomePeopleRequest
        {
            UnitId = $"{_world.Community}",
            ToUnitId = west,
            PersonIds = { people.Skip(1).Select(p => $"{p.PersonId}") },
        };
        foreach (var outsider in new[] { people[0], await _world.StaffAsync(_world.OtherStreet) })
        {
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(outsider.Organization.RehomePeopleAsync(request)));
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(outsider.Organization.ListUnitResidentsAsync(
                new() { UnitId = $"{_world.Community}" })));
        }

        Assert.Equal("UNIT_NOT_SUCCESSOR", await ReasonAsync(r => r.ToUnitId = $"{_world.NextCommunity}"));
        Assert.Equal("UNIT_CLOSED", await ReasonAsync(r => r.ToUnitId = $"{_world.Community}"));
        Assert.Equal("UNIT_OPEN", await ReasonAsync(r => r.UnitId = $"{_world.NextCommunity}"));
        Assert.Equal("REHOME_PEOPLE", await ReasonAsync(r => r.PersonIds.Clear()));
        Assert.Equal("REHOME_PEOPLE", await ReasonAsync(r =>
            r.PersonIds.Add(Enumerable.Range(0, 99).Select(_ => $"{Guid.NewGuid()}"))));

        var rehomed = (await _street.Organization.RehomePeopleAsync(request)).PersonIds;

        // Who chose another home meanwhile keeps it.
        Assert.Equal([$"{people[1].PersonId}"], rehomed);
        Assert.Equal(west, await HomeAsync(people[1]));
        Assert.Equal($"{_world.NextCommunity}", await HomeAsync(people[2]));
        Assert.Equal([$"{people[0].PersonId}"], (await ListedAsync()).Keys);
        Assert.Equal("REHOME_NOBODY", await ReasonAsync(_ => { }));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'PERSON_REHOMED'"));

        Task<string> ReasonAsync(Action<Wire.RehomePeopleRequest> change)
        {
            var other = request.Clone();
            change(other);
            return Refusals.ReasonAsync(_street.Organization.RehomePeopleAsync(other));
        }

        async Task<string> HomeAsync(Actor person) => (await person.Identity.GetMeAsync(new())).Me.HomeUnitId;

        async Task<SortedDictionary<string, string>> ListedAsync()
        {
            var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var page = new Wire.ListUnitResidentsRequest { UnitId = $"{_world.Community}", PageSize = 1 };
            do
            {
                var response = await _street.Organization.ListUnitResidentsAsync(page);
                response.Residents.ToList().ForEach(r => found.Add(r.PersonId, r.ShownName));
                page.PageToken = response.NextPageToken;
            }
            while (page.PageToken.Length > 0);

            return found;
        }
    }

    [Fact]
    public async Task Staff_give_a_live_wish_to_one_of_the_successors_with_its_lists_counts_and_audience()
    {
        var cast = await WishCast.CreateAsync(_world);
        var wish = await cast.WishAsync(WuWei.Wishes.WishStatus.Claimed);
        var kept = await cast.WishAsync(WuWei.Wishes.WishStatus.Kept);
        Assert.Equal("UNIT_OPEN", await ReasonAsync(wish, $"{_world.NextCommunity}"));
        var change = await SplitAsync(r => r.NewUnits[1].ChildIds.Add($"{_world.Grid}"));
        var (east, west) = (change.NewUnits[0].Id, change.NewUnits[1].Id);
        await _server.RunJobsAsync();

        Assert.Equal("UNIT_NOT_SUCCESSOR", await ReasonAsync(wish, $"{_world.NextCommunity}"));
        Assert.Equal("UNIT_CLOSED", await ReasonAsync(wish, $"{_world.Community}"));
        Assert.Equal("WISH_WRONG_STATUS", await ReasonAsync(kept, west));
        foreach (var outsider in new[] { cast.Maker, cast.Claimer, await _world.StaffAsync(_world.OtherStreet) })
        {
            Assert.NotNull(await RehomeAsync(outsider, wish, west));
        }

        Assert.Equal(2, await MadeAsync(east));
        var rehomed = (await _street.Wishes.RehomeWishAsync(
            new() { WishId = wish, ToUnitId = west, Reason = "住在西区" })).Wish;

        Assert.Equal((west, west, Wire.WishStatus.Claimed), (rehomed.UnitId, rehomed.AudienceUnitId, rehomed.Status));
        var step = (await _street.Wishes.GetWishJourneyAsync(new() { WishId = wish })).Steps[^1];
        Assert.Equal(
            (Wire.WishMove.Rehome, west, "住在西区", Wire.WishActor.Staff), (step.Move, step.UnitId, step.Note, step.Actor));
        Assert.Equal((1, 1), (await MadeAsync(east), await MadeAsync(west)));
        Assert.Equal(1, (await CountAsync(west)).Claimed);
        Assert.True((await CountAsync(west)).HasMedianHoursToClaim);
        Assert.Equal([wish], (await _street.Wishes.ListWishesAsync(new()
        {
            View = Wire.WishView.Unit,
            UnitId = west,
            Status = Wire.WishStatus.Claimed,
        })).Wishes.Select(w => w.Id));
        Assert.Equal("UNIT_OPEN", await ReasonAsync(wish, east));

        // It lives on there, with the staff of its new unit.
        await cast.Claimer.DeliverAsync(wish);
        await (await _world.StaffAsync(Guid.Parse(west))).Wishes.ConfirmWishAsync(
            new() { WishId = wish, Verification = Wire.Verification.Visit });
        Assert.Equal(1, (await CountAsync(west)).Kept);
        await _server.AssertSoundAsync();

        Task<string?> ReasonAsync(string id, string to) => RehomeAsync(_street, id, to);

        async Task<Wire.WishCounts> CountAsync(string unit) =>
            (await _street.Wishes.CountWishesAsync(new() { UnitId = unit })).Counts;

        async Task<long> MadeAsync(string unit) => (await CountAsync(unit)).Made;
    }

    [Fact]
    public async Task What_waits_to_be_checked_of_a_wish_follows_it_to_its_new_unit()
    {
        var cast = await WishCast.CreateAsync(_world);
        var request = cast.Request();
        request.PictureIds.Add(await cast.Maker.UploadAsync());
        var wish = await cast.Maker.OpenAsync(request, cast.Staff);
        await cast.Claimer.ClaimAsync(wish);
        await cast.Claimer.SayToAsync(wish, "我明天上午来");
        await cast.Claimer.DeliverAsync(wish);
        await _world.CheckContentAsync();
        var change = await SplitAsync(r => r.NewUnits[1].ChildIds.Add($"{_world.Grid}"));
        var (east, west) = (change.NewUnits[0].Id, change.NewUnits[1].Id);
        await _server.RunJobsAsync();
        Wire.ContentKind[] kinds = [Wire.ContentKind.WishNote, Wire.ContentKind.Picture, Wire.ContentKind.Message];
        Assert.Equal(kinds, await WaitingAsync(east));

        Assert.Null(await RehomeAsync(_street, wish, west));

        Assert.Empty(await WaitingAsync(east));
        Assert.Equal(kinds, await WaitingAsync(west));

        async Task<IEnumerable<Wire.ContentKind>> WaitingAsync(string unit) =>
            (await _street.ContentChecks.ListContentReviewsAsync(new() { UnitId = unit })).Reviews.Select(r => r.Kind).Order();
    }

    private static async Task<string?> RehomeAsync(Actor actor, string wish, string to)
    {
        try
        {
            await actor.Wishes.RehomeWishAsync(new() { WishId = wish, ToUnitId = to, Reason = "住在那边" });
            return null;
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }

    private async Task<Wire.UnitChange> SplitAsync(Action<Wire.SplitUnitRequest> change) =>
        (await _street.Organization.SplitUnitAsync(Request(change))).Change;

    private Wire.SplitUnitRequest Request(Action<Wire.SplitUnitRequest> change)
    {
        var request = new Wire.SplitUnitRequest
        {
            UnitId = $"{_world.Community}",
            NewUnits =
            {
                New("甲东社区", "999900001901"),
                New("甲西社区", "999900001902"),
            },
            EffectiveOn = _server.Clock.Day(),
            Reason = "人口太多",
        };
        change(request);
        return request;

        static Wire.NewUnit New(string name, string code) => new()
        {
            Name = name,
            Codes = { new Wire.UnitCode { System = "division", Code = code } },
        };
    }
}
