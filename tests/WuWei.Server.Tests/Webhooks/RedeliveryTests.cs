using System.Text;
using WuWei.Tests.Feeds;
using WuWei.Tests.Harness;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

/// <summary>Deliveries that come again, and of which copy.</summary>
public sealed class RedeliveryTests : WebhookDistrict
{
    [Fact]
    public async Task A_delivery_that_is_not_taken_comes_again_as_it_was_later_and_later()
    {
        await MakeAsync();
        Receiver.Before = http => AnswerAsync(http, 500);
        await Server.DeliverAsync();
        var failed = await Server.WebhookAsync(Endpoint.Id);
        Assert.Equal((1, WebhookFault.Status, 500), (failed.Failures, failed.Fault, failed.Status));
        Assert.InRange(failed.NextAt - Server.Clock.Now, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(6.1));

        // Not before its time, and with more to tell it tells the same.
        await MakeAsync();
        Receiver.Before = _ => Task.FromResult(false);
        await Server.DeliverAsync();
        Assert.Empty(Receiver.Deliveries);
        Server.Clock.Advance(TimeSpan.FromSeconds(7));
        await Server.DeliverAsync();

        Assert.Equal(2, Receiver.Deliveries.Count);
        Assert.Equal(failed.BatchUntil, Receiver.Deliveries.First().Read().SeenUntil);
        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
        Assert.Equal(0, (await Server.WebhookAsync(Endpoint.Id)).Failures);
    }

    [Fact]
    public async Task An_answer_that_is_lost_costs_a_delivery_that_comes_twice_and_has_its_effect_once()
    {
        await MakeAsync();
        Receiver.After = http => http.Abort();
        await Server.DeliverAsync();
        Receiver.After = _ => { };
        Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await Server.DeliverAsync();

        var (first, second) = (Receiver.Deliveries.First(), Receiver.Deliveries.Last());
        Assert.Equal(2, Receiver.Deliveries.Count);
        Assert.Equal((first.Id, Encoding.UTF8.GetString(first.Body)), (second.Id, Encoding.UTF8.GetString(second.Body)));
        Assert.NotEqual(first.Timestamp, second.Timestamp);
        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
    }

    [Fact]
    public async Task What_an_id_names_never_changes_though_more_may_be_seen_by_the_time_it_comes_again()
    {
        var partner = await Server.PartnerAsync([World.Community], "journal/wishes");
        var (receiver, webhook) = await Server.ReceiverAsync(partner);
        await using var _1 = receiver;
        await MakeAsync();
        await (await World.ResidentAsync(World.NextCommunity)).MakeAsync(World.Request(World.NextCommunity));
        receiver.After = http => http.Abort();
        await Server.DeliverAsync();
        var until = (await Server.WebhookAsync(webhook.Id)).BatchUntil;

        var terms = await Server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await Server.Partners().ChangeAsync(
            partner.Code, terms with { Units = [World.Street] }, CancellationToken.None);
        Server.PartnersAreReadAnew();
        receiver.After = _ => { };
        await Server.DeliverAsync();

        var (first, second) = (receiver.Deliveries.First(), receiver.Deliveries.ElementAt(1));
        Assert.Equal((1, 2), (first.Read().Entries.Count, second.Read().Entries.Count));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((until, until), (first.Read().SeenUntil, second.Read().SeenUntil));
    }

    [Fact]
    public async Task A_delivery_whose_answer_was_lost_is_the_same_after_a_stop_though_more_has_come()
    {
        await MakeAsync();
        Receiver.After = http => http.Abort();
        await Server.DeliverAsync();
        Receiver.After = _ => { };

        await Server.Desk().StopAsync(Endpoint.Id, CancellationToken.None);
        await MakeAsync();
        await Server.Desk().ResumeAsync(Endpoint.Id, after: null, CancellationToken.None);
        await Server.DeliverAsync();

        Assert.Equal(3, Receiver.Deliveries.Count);
        var (first, second) = (Receiver.Deliveries.First(), Receiver.Deliveries.ElementAt(1));
        Assert.Equal((first.Id, Encoding.UTF8.GetString(first.Body)), (second.Id, Encoding.UTF8.GetString(second.Body)));
        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
    }

    [Fact]
    public async Task A_copy_that_has_seen_less_of_the_journal_leaves_what_another_began_to_deliver()
    {
        await using var copy = await TestServer.StartAsync(
            Server.Database, Server.Clock, settings: [WebhookSteps.Loopback]);
        await MakeAsync();
        var head = await Server.SealAsync();
        await Server.Database.ExecuteAsync("UPDATE webhook SET batch_until = @until", ("until", head + 1));

        await copy.DeliverAsync();
        Assert.Empty(Receiver.Deliveries);
        await MakeAsync();
        await copy.DeliverAsync();

        Assert.Equal(head + 1, Receiver.Deliveries.First().Read().SeenUntil);
    }

    [Fact]
    public async Task Two_copies_do_not_deliver_at_once_and_a_dead_ones_lease_ends()
    {
        await using var copy = await TestServer.StartAsync(
            Server.Database, Server.Clock, settings: [WebhookSteps.Loopback]);
        await MakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).SelectMany(_ => new[] { Server.DeliverAsync(), copy.DeliverAsync() }));
        Assert.Single(Receiver.Deliveries);

        // Somebody died with the lease.
        await MakeAsync();
        await Server.SealAsync();
        await Server.Database.ExecuteAsync(
            "UPDATE webhook SET lease_holder = @who, lease_ends_at = @ends",
            ("who", Guid.NewGuid()), ("ends", Server.Clock.Now.AddSeconds(30)));
        await copy.DeliverAsync();
        Assert.Single(Receiver.Deliveries);
        Server.Clock.Advance(TimeSpan.FromSeconds(31));
        await copy.DeliverAsync();

        Assert.Equal(2, Receiver.Deliveries.Count);
        Assert.Equal(await Server.Database.ExpectedAsync(World.Street), Receiver.Book.Done);
    }
}
