using WuWei.Feeds;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Webhooks;

/// <summary>What is delivered to whom, and how a receiver knows it.</summary>
public sealed class WebhookTests : WebhookDistrict
{
    [Fact]
    public async Task The_same_entries_come_as_to_a_follower_in_order_and_in_bounded_deliveries()
    {
        await Server.SealAsync();
        await Server.FillAsync(World.Community, 130);
        await MakeAsync();

        await Server.DeliverAsync();

        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
        Assert.All(Receiver.Deliveries, d => Assert.InRange(d.Read().Entries.Count, 1, 50));
        var followed = await Server.Journal().ReadAllAsync(Partner.Headers);
        Assert.Equal(followed, Receiver.Deliveries.SelectMany(d => d.Read().Entries));
        var last = Receiver.Deliveries.Last().Read();
        Assert.Equal(("journal.entries", last.Entries[^1].At), (last.Type, last.Timestamp));
        var webhook = await Server.WebhookAsync(Endpoint.Id);
        Assert.Equal((last.SeenUntil, null, 0), (webhook.SeenUntil, webhook.BatchUntil, webhook.Failures));
    }

    [Fact]
    public async Task What_was_taken_is_not_sent_again_and_what_comes_is_sent()
    {
        await MakeAsync();
        await Server.DeliverAsync();
        var before = Receiver.Deliveries.Count;
        await Server.DeliverAsync();
        Assert.Equal(before, Receiver.Deliveries.Count);

        await MakeAsync();
        await Server.DeliverAsync();

        Assert.Equal(before + 1, Receiver.Deliveries.Count);
        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
    }

    [Fact]
    public async Task Both_secrets_sign_while_one_replaces_the_other()
    {
        var old = Receiver.Secret;
        var (_, secret) = await Server.Desk().RotateAsync(Endpoint.Id, TimeSpan.FromHours(24), CancellationToken.None);
        await MakeAsync();
        await Server.DeliverAsync();
        Assert.NotEqual(old, secret);
        Assert.Equal(2, Receiver.Deliveries.Last().Signatures.Split(' ').Length);
        Receiver.Secret = secret;
        await MakeAsync();
        await Server.DeliverAsync();
        var done = Receiver.Book.Done.Count;

        Server.Clock.Advance(TimeSpan.FromHours(25));
        await MakeAsync();
        await Server.DeliverAsync();

        Assert.Single(Receiver.Deliveries.Last().Signatures.Split(' '));
        Assert.Equal(done + 1, Receiver.Book.Done.Count);
        Assert.Empty(await Server.Database.FindAsync([secret, old]));
        Assert.Equal(1, await EntriesAsync("WEBHOOK_ROTATED"));
    }

    [Fact]
    public async Task A_receiver_knows_what_was_changed_or_is_old_and_what_comes_again_has_no_effect()
    {
        await MakeAsync();
        await Server.DeliverAsync();
        var sent = Receiver.Deliveries.Single();
        var done = Receiver.Book.Done.ToList();
        byte[] changed = [.. sent.Body];
        changed[^10] ^= 1;

        Assert.Equal(204, Receiver.Take(sent));
        Assert.Equal(401, Receiver.Take(sent with { Body = changed }));
        Assert.Equal(401, Receiver.Take(sent with { Id = $"{sent.Id}0" }));
        Assert.Equal(401, Receiver.Take(sent with { Timestamp = $"{long.Parse(sent.Timestamp) + 60}" }));
        Assert.Equal(401, Receiver.Take(sent with { Signatures = "v1," + Convert.ToBase64String(new byte[32]) }));
        Server.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, Receiver.Take(sent));
        Assert.Equal(done, Receiver.Book.Done);
    }

    [Fact]
    public async Task An_endpoint_gets_its_topics_and_nothing_when_its_partner_is_revoked()
    {
        var (units, _) = await Server.ReceiverAsync(Partner, EntryTopic.Units);
        await using var _1 = units;
        await MakeAsync();
        await Server.DeliverAsync();
        Assert.All(units.Deliveries.SelectMany(d => d.Read().Entries), e => Assert.Equal(Wire.EntryTopic.Units, e.Topic));

        await Server.Partners().RevokeAsync(Partner.Code, "协议终止", CancellationToken.None);
        Server.PartnersAreReadAnew();
        var before = Receiver.Deliveries.Count;
        await MakeAsync();
        await Server.DeliverAsync();

        Assert.Equal(before, Receiver.Deliveries.Count);
    }

    [Fact]
    public async Task What_is_removed_or_stopped_is_sent_nothing_and_five_are_enough()
    {
        for (var i = 0; i < 4; i++)
        {
            await AddAsync();
        }

        await Assert.ThrowsAsync<InvalidOperationException>(AddAsync);
        await Server.Desk().StopAsync(Endpoint.Id, CancellationToken.None);
        await MakeAsync();
        await Server.DeliverAsync();
        Assert.Empty(Receiver.Deliveries);
        await Server.Desk().RemoveAsync(Endpoint.Id, CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Server.Desk().ResumeAsync(Endpoint.Id, null, CancellationToken.None));
        await AddAsync();

        Assert.Equal((6, 1, 1), (
            await EntriesAsync("WEBHOOK_ADDED"), await EntriesAsync("WEBHOOK_STOPPED"), await EntriesAsync("WEBHOOK_REMOVED")));
    }

    [Fact]
    public async Task What_is_for_nobody_moves_an_endpoint_on_without_a_delivery()
    {
        await Server.DeliverAsync();
        var before = Receiver.Deliveries.Count;
        await Server.FillAsync(World.OtherStreet, 5_000);

        await Server.DeliverAsync();

        Assert.Equal(before, Receiver.Deliveries.Count);
        Assert.True((await Server.WebhookAsync(Endpoint.Id)).SeenUntil > 4_000);
    }

    private Task AddAsync() => Server.Desk().AddAsync(
        Partner.Code, WebhookSteps.Url(9), [], after: null, CancellationToken.None);
}
