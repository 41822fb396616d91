using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class RevealContactTests(SharedServer shared)
{
    [Fact]
    public async Task Contact_and_beneficiary_are_revealed_and_nowhere_else_to_be_seen()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var id = await cast.WishAsync(WishStatus.Claimed);
        var revealed = await cast.Claimer.Wishes.RevealContactAsync(new() { WishId = id });

        Assert.Equal(cast.Request().Contact, revealed.Contact);
        Assert.Equal(cast.Request().Beneficiary, revealed.Beneficiary);
        var (wish, journey) = await cast.AllOfAsync(id);
        var list = await cast.Claimer.Wishes.ListWishesAsync(new() { View = Wire.WishView.ClaimedByMe });
        foreach (var text in new[] { $"{wish}", $"{journey}", $"{list}" })
        {
            Assert.DoesNotContain(revealed.Contact.Phone, text, StringComparison.Ordinal);
            Assert.DoesNotContain(revealed.Contact.Address, text, StringComparison.Ordinal);
            Assert.DoesNotContain(revealed.Beneficiary.Phone, text, StringComparison.Ordinal);
        }

        Assert.Equal(Wire.WishMove.Reveal, journey.Steps[^1].Move);
    }

    [Fact]
    public async Task Staff_need_a_reason_and_a_wish_without_contact_has_none_to_reveal()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var id = await cast.WishAsync(WishStatus.Open);
        Assert.Equal(
            "REASON_REQUIRED",
            await cast.Staff.Wishes.CallAsync("RevealContact", id, cast.Other, reason: "").TryAsync());
        await cast.Staff.Wishes.RevealContactAsync(new() { WishId = id, Reason = "电话回访" });
        Assert.Equal("电话回访", (await cast.AllOfAsync(id)).Journey.Steps[^1].Note);

        var without = shared.World.Request();
        without.Contact = null;
        var none = await cast.Maker.MakeAsync(without);
        Assert.Equal("CONTACT_NONE", await cast.Staff.Wishes.CallAsync("RevealContact", none, cast.Other).TryAsync());
    }

    [Fact]
    public async Task A_days_quota_holds_until_the_next_day_and_spending_it_is_a_security_event()
    {
        await using var server = await TestServer.StartAsync(
            settings: ["Wishes:ClaimerRevealsMax=2", "Wishes:StaffRevealsMax=3"]);
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var id = await cast.WishAsync(WishStatus.Claimed);
        Task<string?> Reveal(Actor by) => by.Wishes.CallAsync("RevealContact", id, cast.Other).TryAsync();

        Assert.Equal([null, null, "REVEALS_TOO_MANY", "REVEALS_TOO_MANY"], await Times(4, () => Reveal(cast.Claimer)));
        Assert.Equal([null, null, null, "REVEALS_TOO_MANY"], await Times(4, () => Reveal(cast.Staff)));
        Assert.Equal(2, await EventsAsync(server, cast.Claimer));
        Assert.Equal(1, await EventsAsync(server, cast.Staff));

        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Reveal(cast.Claimer));
        Assert.Null(await Reveal(cast.Staff));
    }

    [Fact]
    public async Task Sent_again_it_counts_once_and_after_the_release_it_is_refused()
    {
        await using var server = await TestServer.StartAsync(settings: ["Wishes:ClaimerRevealsMax=2"]);
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var id = await cast.WishAsync(WishStatus.Claimed);
        var request = new Wire.RevealContactRequest { WishId = id };
        var again = cast.Claimer.WishesWithKey("one and the same key".Replace(' ', '-'));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(cast.Request().Contact, (await again.RevealContactAsync(request)).Contact);
        }

        await cast.Claimer.Wishes.RevealContactAsync(request);
        Assert.Equal(2, (await cast.AllOfAsync(id)).Journey.Steps.Count(s => s.Move == Wire.WishMove.Reveal));
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", id, cast.Other);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(again.RevealContactAsync(request)));
    }

    [Fact]
    public async Task Giving_back_and_claiming_again_does_not_renew_the_quota()
    {
        await using var server = await TestServer.StartAsync(
            settings: ["Wishes:ClaimerRevealsMax=2", "Wishes:RevealReleasesMax=100"]);
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var first = await cast.WishAsync(WishStatus.Open);
        var second = await cast.WishAsync(WishStatus.Open);

        Assert.Null(await RevealOnceAsync(cast, first));
        Assert.Null(await RevealOnceAsync(cast, second));
        Assert.Equal("REVEALS_TOO_MANY", await RevealOnceAsync(cast, first));
        Assert.Equal("REVEALS_TOO_MANY", await RevealOnceAsync(cast, await cast.WishAsync(WishStatus.Open)));
        Assert.Equal(2, await EventsAsync(server, cast.Claimer));
    }

    [Fact]
    public async Task Who_sees_three_contacts_and_gives_the_wishes_back_sees_no_fourth_that_day()
    {
        await using var server = await TestServer.StartAsync();
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        // Given back unseen, or taken back by staff: no harvest.
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", await cast.WishAsync(WishStatus.Claimed), cast.Other);
        var revoked = await cast.WishAsync(WishStatus.Claimed);
        await cast.Claimer.Wishes.CallAsync("RevealContact", revoked, cast.Other);
        await cast.Staff.Wishes.CallAsync("RevokeClaim", revoked, cast.Other);
        // Seen in an earlier claim, not in this one, although both are of the same moment.
        await cast.Claimer.ClaimAsync(revoked);
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", revoked, cast.Other);

        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await RevealOnceAsync(cast, await cast.WishAsync(WishStatus.Open)));
        }

        Assert.Equal("RELEASES_TOO_MANY", await RevealOnceAsync(cast, await cast.WishAsync(WishStatus.Open)));
        Assert.Equal(1, await EventsAsync(server, cast.Claimer, "CONTACT_HARVESTING"));
        Assert.Equal(0, await EventsAsync(server, cast.Claimer));

        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await RevealOnceAsync(cast, await cast.WishAsync(WishStatus.Open)));
    }

    /// <summary>Claims, looks and gives back; what the look answered.</summary>
    private static async Task<string?> RevealOnceAsync(WishCast cast, string id)
    {
        await cast.Claimer.ClaimAsync(id);
        var reason = await cast.Claimer.Wishes.CallAsync("RevealContact", id, cast.Other).TryAsync();
        await cast.Claimer.Wishes.CallAsync("ReleaseWish", id, cast.Other);
        return reason;
    }

    private static Task<int> EventsAsync(TestServer server, Actor person, string kind = "REVEAL_QUOTA_SPENT") =>
        server.Database.ScalarAsync<int>(
            "SELECT COALESCE(SUM(times), 0) FROM security_event WHERE kind = @kind AND person_id = @person",
            ("@kind", kind), ("@person", person.PersonId));

    private static async Task<List<string?>> Times(int count, Func<Task<string?>> call)
    {
        var reasons = new List<string?>();
        for (var i = 0; i < count; i++)
        {
            reasons.Add(await call());
        }

        return reasons;
    }
}
