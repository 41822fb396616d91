using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>Places that change hands when both sides agree.</summary>
public sealed class PlaceOfferTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _staff = null!;
    private Actor _a = null!;
    private Actor _b = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _staff = await _world.StaffAsync(_world.Community);
        (_a, _b) = (await _world.ResidentAsync(), await _world.ResidentAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.AssertSoundAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_place_is_given_to_who_accepts_it_past_those_who_wait()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        await (await _world.ResidentAsync()).SignUpAsync(activity.Role());

        var offer = await OfferAsync(_a, place.Id, _b);
        Assert.Equal("OFFER_OPEN", await RefusalAsync(_a, place.Id, _staff));
        Assert.Equal("OFFER_UNKNOWN", await AnswerAsync(_a, offer));
        Assert.Equal([offer], (await _b.SignUps.ListOffersAsync(new())).Offers.Select(o => o.Id));
        Assert.Equal("won", await AnswerAsync(_b, offer));

        Assert.Equal(Wire.SignUpStatus.Replaced, await StatusAsync(_a));
        Assert.Equal(Wire.SignUpStatus.SignedUp, await StatusAsync(_b));
        Assert.Equal("OFFER_OVER", await AnswerAsync(_b, offer));
        Assert.Empty((await _b.SignUps.ListOffersAsync(new())).Offers);
    }

    [Fact]
    public async Task Two_exchange_their_shifts_each_without_the_one_they_give()
    {
        var activity = await RotaAsync();
        var (mine, theirs) = (await _a.SignUpAsync(activity.Role(0)), await _b.SignUpAsync(activity.Role(1)));

        var offer = (await _a.SignUps.OfferPlaceAsync(new() { SignUpId = mine.Id, ForSignUpId = theirs.Id })).Offer;
        var taken = (await _b.SignUps.AnswerOfferAsync(new() { OfferId = offer.Id, Accept = true })).SignUp;

        Assert.Equal(activity.Role(0), taken.RoleId);
        Assert.Equal(activity.Role(1), (await _a.SignUps.ListMySignUpsAsync(new())).SignUps
            .Single(s => s.Status == Wire.SignUpStatus.SignedUp).RoleId);
        Assert.Equal("EXCHANGE_WRONG", await Refusals.ReasonAsync(_b.SignUps.OfferPlaceAsync(
            new() { SignUpId = taken.Id, ForSignUpId = taken.Id })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(_staff.SignUps.OfferPlaceAsync(
            new() { SignUpId = taken.Id, ForSignUpId = taken.Id })));
    }

    [Fact]
    public async Task An_offer_lapses_after_48_hours_and_makes_room_for_another()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        var offer = await OfferAsync(_staff, place.Id, _b);
        _server.Clock.Advance(TimeSpan.FromHours(48));

        Assert.Equal("OFFER_OVER", await AnswerAsync(_b, offer));
        Assert.Equal("OFFER_OWN", await RefusalAsync(_a, place.Id, _a));
        var second = await OfferAsync(_a, place.Id, _b);
        await _b.SignUps.AnswerOfferAsync(new() { OfferId = second, Accept = false });
        var third = await OfferAsync(_a, place.Id, _b);
        await _a.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id });
        Assert.Equal("OFFER_OVER", await AnswerAsync(_b, third));
    }

    [Fact]
    public async Task Who_made_an_offer_takes_it_back_while_it_is_open()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        var offer = await OfferAsync(_a, place.Id, _b);
        Assert.Equal("OFFER_UNKNOWN", await WithdrawAsync(_b, offer));
        Assert.Equal("OFFER_UNKNOWN", await WithdrawAsync(_staff, offer));
        await _a.SignUps.WithdrawOfferAsync(new() { OfferId = offer });

        Assert.Equal("OFFER_OVER", await AnswerAsync(_b, offer));
        Assert.Equal("OFFER_OVER", await WithdrawAsync(_a, offer));
        var second = await OfferAsync(_staff, place.Id, _b);
        Assert.Equal("won", await AnswerAsync(_b, second));
        Assert.Equal("OFFER_OVER", await WithdrawAsync(_staff, second));

        static Task<string> WithdrawAsync(Actor person, string offerId) =>
            Refusals.ReasonAsync(person.SignUps.WithdrawOfferAsync(new() { OfferId = offerId }));
    }

    [Fact]
    public async Task Who_is_busy_then_or_waits_there_cannot_take_a_place_over()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        var offer = await OfferAsync(_a, place.Id, _b);
        await _b.SignUpAsync(activity.Role());
        Assert.Equal("ALREADY_SIGNED_UP", await AnswerAsync(_b, offer));
        Assert.Equal("SIGN_UP_OVER", await Refusals.ReasonAsync(_b.SignUps.OfferPlaceAsync(new()
        {
            SignUpId = (await _b.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Id,
            PersonId = $"{_a.PersonId}",
        })));
    }

    [Fact]
    public async Task The_journal_does_not_call_staff_who_organised_it_once()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        var organiser = await _world.ResidentAsync();
        await _staff.Activities.AddOrganiserAsync(
            new() { ActivityId = activity.Id, PersonId = $"{organiser.PersonId}" });
        var offer = await OfferAsync(organiser, place.Id, _b);
        await _staff.Activities.RemoveOrganiserAsync(
            new() { ActivityId = activity.Id, PersonId = $"{organiser.PersonId}" });

        await organiser.SignUps.WithdrawOfferAsync(new() { OfferId = offer });
        var colleague = await _world.StaffAsync(_world.Community);
        var second = await OfferAsync(colleague, place.Id, _b);
        await colleague.SignUps.WithdrawOfferAsync(new() { OfferId = second });

        Assert.Equal<string?>(["self", "staff"], new[] { await ActorAsync(offer), await ActorAsync(second) });

        Task<string?> ActorAsync(string offerId) => _server.Database.ScalarAsync<string>(
            "SELECT actor_role FROM journal_entry WHERE kind = 'PLACE_OFFER_WITHDRAWN' AND subject_id = @id",
            ("id", Guid.Parse(offerId)));
    }

    [Fact]
    public async Task Nobody_offers_more_than_twenty_times_a_day()
    {
        var activity = await RotaAsync();
        var place = await _a.SignUpAsync(activity.Role());
        for (var i = 0; i < 20; i++)
        {
            var offer = await OfferAsync(_a, place.Id, _b);
            await _b.SignUps.AnswerOfferAsync(new() { OfferId = offer, Accept = false });
        }

        Assert.Equal("OFFERS_TOO_MANY", await RefusalAsync(_a, place.Id, _b));
    }

    /// <summary>Two shifts of one place each, in ten days.</summary>
    private Task<Wire.Activity> RotaAsync()
    {
        var start = _world.Now.AddDays(10);
        var form = _world.Activity(startsAt: start, capacity: 1);
        form.Shifts.Add(ActivitySteps.ShiftAt(start.AddHours(3), 1));
        return _staff.EnrollingAsync(form);
    }

    private static async Task<string> OfferAsync(Actor from, string signUpId, Actor to) =>
        (await from.SignUps.OfferPlaceAsync(new() { SignUpId = signUpId, PersonId = $"{to.PersonId}" })).Offer.Id;

    private static Task<string> RefusalAsync(Actor from, string signUpId, Actor to) => Refusals.ReasonAsync(
        from.SignUps.OfferPlaceAsync(new() { SignUpId = signUpId, PersonId = $"{to.PersonId}" }));

    private static async Task<string> AnswerAsync(Actor person, string offerId)
    {
        try
        {
            await person.SignUps.AnswerOfferAsync(new() { OfferId = offerId, Accept = true });
            return "won";
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }

    private static async Task<Wire.SignUpStatus> StatusAsync(Actor person) =>
        (await person.SignUps.ListMySignUpsAsync(new())).SignUps.Single().Status;
}
