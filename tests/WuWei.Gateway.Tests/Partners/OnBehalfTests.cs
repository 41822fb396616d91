using System.Text.Json;
using WuWei.Calls;
using WuWei.Journal;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>A hotline brings a wish for one of its people.</summary>
public sealed class OnBehalfTests(PartnerDoor door) : IClassFixture<PartnerDoor>, IAsyncLifetime
{
    private Actor _operator = null!;
    private TestPartner _hotline = null!;

    public async ValueTask InitializeAsync()
    {
        // Serves the whole district, but the hotline is let in for one street.
        _operator = await door.World.StaffAsync(door.World.District);
        _hotline = await door.PartnerAsync(
            ["WishService/MakeWish", "public"], [door.World.Street], [_operator.PersonId]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task It_is_made_by_that_person_waits_for_review_and_the_journal_names_both()
    {
        var key = Guid.NewGuid().ToString();

        var wish = (await _hotline.Wishes.MakeWishAsync(Request(), TestPartner.For(_operator.PersonId, key))).Wish;
        var again = (await _hotline.Wishes.MakeWishAsync(Request(), TestPartner.For(_operator.PersonId, key))).Wish;

        Assert.Equal((wish.Id, Wire.WishStatus.PendingReview), (again.Id, wish.Status));
        var detail = await door.People.Database.ScalarAsync<string>(
            "SELECT detail FROM journal_entry WHERE kind = 'WISH_MAKE' AND subject_id = @wish AND actor_id = @person",
            ("wish", Guid.Parse(wish.Id)), ("person", _operator.PersonId));
        Assert.Equal(
            _hotline.Id, JsonDocument.Parse(detail!).RootElement.GetProperty("partner").GetGuid());
        await door.People.AssertSoundAsync();
    }

    [Fact]
    public async Task Every_entry_of_the_call_names_the_partner()
    {
        var request = Request();
        request.PictureIds.Add(await _operator.UploadAsync());

        var wish = (await _hotline.Wishes.MakeWishAsync(request, TestPartner.For(_operator.PersonId))).Wish;

        var rows = await door.People.Db.ReadAsync(
            db => db.ListAsync<StoredEntry>(
                """
                SELECT e.kind, e.detail FROM journal_entry e JOIN journal_entry made
                  ON made.at = e.at AND made.actor_id = e.actor_id AND made.subject_id = @wish
                WHERE e.subject IN ('wish', 'picture') AND e.kind <> 'PICTURE_UPLOAD'
                """, new { wish = Guid.Parse(wish.Id) }), CancellationToken.None);
        Assert.Contains("PICTURE_ATTACH", rows.Select(e => e.Kind));
        Assert.All(rows, e => Assert.Equal(
            _hotline.Id, JsonDocument.Parse(e.Detail).RootElement.GetProperty("partner").GetGuid()));
    }

    [Fact]
    public async Task One_key_of_two_partners_and_of_the_person_is_three_keys()
    {
        var other = await door.PartnerAsync(["WishService/MakeWish"], [door.World.Street], [_operator.PersonId]);
        var headers = TestPartner.For(_operator.PersonId, $"{Guid.NewGuid()}");
        var (key, own) = (headers.Get("idempotency-key")!.Value, Request());
        own.Origin = Wire.WishOrigin.Staff;

        var first = (await _hotline.Wishes.MakeWishAsync(Request(), headers)).Wish;
        var second = (await other.Wishes.MakeWishAsync(Request(), headers)).Wish;
        var third = (await new Wire.WishService.WishServiceClient(door.People.Channel).MakeWishAsync(
            own, Rpcs.Headers(_operator.Token, key))).Wish;

        Assert.Equal(3, new[] { first.Id, second.Id, third.Id }.Distinct().Count());
        Assert.Equal(first.Id, (await _hotline.Wishes.MakeWishAsync(Request(), headers)).Wish.Id);
        Assert.Equal(second.Id, (await other.Wishes.MakeWishAsync(Request(), headers)).Wish.Id);
    }

    [Fact]
    public async Task Elsewhere_and_as_somebody_else_it_is_refused()
    {
        var far = Request();
        far.UnitId = $"{door.World.FarCommunity}";
        var own = Request();
        (own.Origin, own.Beneficiary) = (Wire.WishOrigin.Resident, null);
        var staffs = Request();
        staffs.Origin = Wire.WishOrigin.Staff;

        Assert.Equal("UNIT_OUT_OF_REACH", await ReasonAsync(far, _operator.PersonId));
        Assert.Equal("UNIT_OUT_OF_REACH", await ReasonAsync(own, _operator.PersonId));
        // Through a partner nobody is more than a grid worker.
        Assert.Equal("NOT_PERMITTED", await ReasonAsync(staffs, _operator.PersonId));
        Assert.Equal(0, await door.People.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM wish WHERE maker_id = @id", ("id", _operator.PersonId)));
    }

    [Fact]
    public async Task Whoever_was_not_named_does_not_serve_there_or_does_not_exist_is_refused_and_noted()
    {
        var colleague = await door.World.StaffAsync(door.World.Street);
        var (resident, far, former) = (
            await door.World.ResidentAsync(), await door.World.StaffAsync(door.World.OtherStreet),
            await door.World.ResidentAsync());
        await door.World.GrantAsync(former, Role.Staff, door.World.Street, endsAt: door.Clock.Now.AddSeconds(5));
        var other = await door.PartnerAsync(
            ["WishService/MakeWish"], [door.World.Street],
            [resident.PersonId, far.PersonId, former.PersonId, Guid.NewGuid()]);
        string[] forged =
        [
            $"{colleague.PersonId}", $"{_operator.PersonId}", $"{resident.PersonId}", $"{far.PersonId}",
            $"{former.PersonId}", $"{Guid.NewGuid()}", $"{other.Id}", $"{Guid.Empty}", "staff", "' OR 1=1 -- ", "",
        ];

        foreach (var named in forged)
        {
            var headers = new Metadata { { "idempotency-key", $"{Guid.NewGuid()}" }, { "x-wuwei-on-behalf-of", named } };
            Assert.Equal("ON_BEHALF_OF_REFUSED", await Refusals.ReasonAsync(other.Wishes.MakeWishAsync(Request(), headers)));
        }

        Assert.Equal(forged.Length, await door.Door.CountEventsAsync("ON_BEHALF_OF_REFUSED", other.Id));
    }

    [Fact]
    public async Task It_is_wanted_where_it_is_wanted_and_nowhere_else()
    {
        Assert.Equal("ON_BEHALF_OF_REQUIRED", await Refusals.ReasonAsync(_hotline.Wishes.MakeWishAsync(
            Request(), new Metadata { { "idempotency-key", $"{Guid.NewGuid()}" } })));
        Assert.Equal("ON_BEHALF_OF_NOT_HERE", await Refusals.ReasonAsync(_hotline.Wishes.CountWishesAsync(
            new() { UnitId = $"{door.World.Street}" }, TestPartner.For(_operator.PersonId))));
        // At other doors it is nothing: there people come themselves.
        var resident = await door.World.ResidentAsync();
        var headers = Rpcs.Headers(resident.Token, $"{Guid.NewGuid()}");
        headers.Add("x-wuwei-on-behalf-of", $"{_operator.PersonId}");
        var own = door.World.Request();
        var made = await new Wire.WishService.WishServiceClient(door.People.Channel).MakeWishAsync(own, headers);
        Assert.Equal(resident.PersonId, await door.People.Database.ScalarAsync<Guid>(
            "SELECT maker_id FROM wish WHERE id = @id", ("id", Guid.Parse(made.Wish.Id))));
    }

    private Task<string> ReasonAsync(Wire.MakeWishRequest request, Guid person) =>
        Refusals.ReasonAsync(_hotline.Wishes.MakeWishAsync(request, TestPartner.For(person)));

    private Wire.MakeWishRequest Request()
    {
        var request = door.World.Request();
        request.Origin = Wire.WishOrigin.GridWorker;
        request.Beneficiary = new() { Name = "李奶奶", Phone = "13899999999", Consent = Wire.Consent.InPerson };
        return request;
    }
}
