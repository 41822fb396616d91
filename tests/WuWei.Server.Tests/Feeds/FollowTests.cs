using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Feeds;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

public sealed partial class FollowTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Every_move_of_a_wish_comes_in_order_with_where_it_was_and_where_it_is()
    {
        var partner = await _server.PartnerAsync([_world.Street], "journal/wishes");
        var (wish, _, _) = await KeptAsync();
        await _server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var entries = await follower.NextAsync(5);

        Assert.All(entries, e => Assert.Equal(
            (wish, "wish", $"{_world.Community}", "misc", Wire.EntryTopic.Wishes),
            (e.SubjectId, e.Subject, e.UnitId, e.Wish.CategoryCode, e.Topic)));
        Assert.Equal(
            [
                (Wire.EntryKind.WishMake, "maker", Wire.WishStatus.Unspecified, Wire.WishStatus.PendingReview),
                (Wire.EntryKind.WishApprove, "staff", Wire.WishStatus.PendingReview, Wire.WishStatus.Open),
                (Wire.EntryKind.WishClaim, "claimer", Wire.WishStatus.Open, Wire.WishStatus.Claimed),
                (Wire.EntryKind.WishDeliver, "claimer", Wire.WishStatus.Claimed, Wire.WishStatus.Delivered),
                (Wire.EntryKind.WishConfirm, "maker", Wire.WishStatus.Delivered, Wire.WishStatus.Kept),
            ],
            entries.Select(e => (e.Kind, e.ActorRole, e.Wish.From, e.Wish.To)));
        Assert.Equal((Wire.WishOrigin.Resident, 30), (entries[0].Wish.Origin, entries[0].Wish.EffortMinutes));
        Assert.Equal(Wire.ClaimerKind.Neighbour, entries[2].Wish.ClaimerKind);
        Assert.Equal(entries.Select(e => e.Number).Order(), entries.Select(e => e.Number));
        Assert.Equal([1, 2, 3, 4, 5], entries.Select(e => e.Wish.Step));
    }

    [Fact]
    public async Task What_comes_is_told_within_about_a_second_of_its_number()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await _server.SealAsync();
        await using var follower = Following(partner, after: null);
        Assert.Empty((await follower.MessageAsync()).Entries);

        await (await _world.ResidentAsync()).MakeAsync(_world.Request());
        await _server.SealAsync();

        Assert.Equal(Wire.EntryKind.WishMake, (await follower.NextAsync(1))[0].Kind);
    }

    [Fact]
    public async Task Nobody_can_be_recognised_and_two_readers_cannot_compare()
    {
        var (one, other) = (await _server.PartnerAsync([_world.District]), await _server.PartnerAsync([_world.District]));
        var (_, maker, helper) = await KeptAsync();
        await KeptAsync(helper);
        await _server.SealAsync();

        var ones = await _server.Journal().ReadAllAsync(one.Headers);
        var others = await _server.Journal().ReadAllAsync(other.Headers);

        var claims = ones.Where(e => e.Kind == Wire.EntryKind.WishClaim).Select(e => e.Person).ToList();
        Assert.Equal(2, claims.Count);
        Assert.Matches("^[A-Za-z0-9_-]{22}$", Assert.Single(claims.Distinct()));
        Assert.Contains(ones, e => e.Topic == Wire.EntryTopic.Points && e.Person == claims[0]);
        Assert.Empty(ones.Select(e => e.Person).Where(p => p.Length > 0)
            .Intersect(others.Select(e => e.Person)));
        var said = string.Concat(ones.Concat(others).Select(e => e.ToString()));
        foreach (var secret in new[]
        {
            $"{maker.PersonId}", $"{helper.PersonId}", maker.Name, helper.Name, maker.Phone, helper.Phone, "楼道灯坏了", "谢谢",
        })
        {
            Assert.DoesNotContain(secret, said);
        }

        // Nor a keyed hash of somebody's words, which is 64 digits.
        Assert.DoesNotMatch(HashOfText(), said);
    }

    [Fact]
    public async Task A_private_or_sensitive_wish_does_not_tell_its_category()
    {
        var partner = await _server.PartnerAsync([_world.District]);
        var maker = await _world.ResidentAsync();
        var request = _world.Request();
        request.Visibility = Wire.WishVisibility.Private;
        await maker.MakeAsync(request);
        await _server.SealAsync();

        var entry = Assert.Single(await _server.Journal().ReadAllAsync(partner.Headers),
            e => e.Kind == Wire.EntryKind.WishMake);

        Assert.Equal("", entry.Wish.CategoryCode);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("misc", true)]
    public void What_a_wish_was_merged_into_is_told_of_one_that_everybody_may_see(string? category, bool told)
    {
        var into = Guid.NewGuid();
        var row = new FeedRow
        {
            Number = 1,
            Kind = EntryKinds.NameOf(Wire.EntryKind.WishMerge),
            UnitId = _world.Community,
            Category = category,
            Detail = $$"""{"status":"Withdrawn","mergedInto":"{{into}}"}""",
        };

        Assert.Equal(told ? $"{into}" : "", FeedEntry.Of(row)!.Told.Wish.MergedInto);
    }

    [Fact]
    public async Task A_partner_sees_its_units_and_topics_only()
    {
        var wishes = await _server.PartnerAsync([_world.NextCommunity, _world.OtherStreet], "journal/wishes");
        var points = await _server.PartnerAsync([_world.Street], "journal/points");
        var nothing = await _server.PartnerAsync([_world.Street], "journal/organisations");
        await KeptAsync();
        var next = await (await _world.ResidentAsync(_world.NextCommunity)).MakeAsync(_world.Request(_world.NextCommunity));
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        var far = await (await _world.ResidentAsync(_world.FarCommunity)).MakeAsync(_world.Request(_world.FarCommunity));
        await _server.SealAsync();

        Assert.Equal([next, far], (await ReadAsync(wishes)).Select(e => e.SubjectId));
        Assert.All(await ReadAsync(points), e => Assert.Equal(Wire.EntryTopic.Points, e.Topic));
        Assert.NotEmpty(await ReadAsync(points));
        Assert.Empty(await ReadAsync(nothing));
    }

    [Fact]
    public async Task A_reader_may_ask_for_fewer_topics_and_gets_no_more_than_theirs_by_asking()
    {
        var partner = await _server.PartnerAsync([_world.Street], "journal/wishes", "journal/points");
        await KeptAsync();
        await _server.SealAsync();
        var journal = _server.Journal();

        var asked = await journal.GetAsync(
            new() { Topics = { Wire.EntryTopic.Points, Wire.EntryTopic.Units }, PageSize = 500 }, partner.Headers);

        Assert.NotEmpty(asked.Entries);
        Assert.All(asked.Entries, e => Assert.Equal(Wire.EntryTopic.Points, e.Topic));
        Assert.Equal("JOURNAL_TOPIC", await Refusals.ReasonAsync(
            journal.GetAsync(new() { Topics = { (Wire.EntryTopic)257 } }, partner.Headers)));
    }

    [Fact]
    public async Task Staff_and_auditors_read_what_they_oversee_and_residents_nothing()
    {
        await KeptAsync();
        await _server.SealAsync();
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.Street);
        var staff = await _world.StaffAsync(_world.OtherStreet);

        Assert.Contains(await auditor.Journal.ReadAllAsync(), e => e.Kind == Wire.EntryKind.WishConfirm);
        Assert.DoesNotContain(await staff.Journal.ReadAllAsync(), e => e.Topic == Wire.EntryTopic.Wishes);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync((await _world.ResidentAsync()).Journal.GetAsync(new())));
    }

    [Fact]
    public async Task A_number_that_the_journal_has_not_reached_is_refused()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        var head = await _server.SealAsync();
        var journal = _server.Journal();

        await using var ahead = Following(partner, head + 1);
        Assert.Equal("JOURNAL_AHEAD", (await Assert.ThrowsAsync<RpcException>(() => ahead.MessageAsync())).Reason());
        await using var below = Following(partner, -1);
        Assert.Equal("JOURNAL_RANGE", (await Assert.ThrowsAsync<RpcException>(() => below.MessageAsync())).Reason());
        Assert.Equal("JOURNAL_AHEAD", await Refusals.ReasonAsync(
            journal.GetAsync(new() { After = head + 1 }, partner.Headers)));
        Assert.Equal("JOURNAL_RANGE", await Refusals.ReasonAsync(
            journal.GetAsync(new() { After = 2, Until = 1 }, partner.Headers)));
        await using var at = Following(partner, head);
        Assert.Equal(head, (await at.MessageAsync()).SeenUntil);
        Assert.Equal(head, (await journal.HeadAsync(new(), partner.Headers)).Number);
    }

    [Fact]
    public async Task A_single_entry_can_be_asked_for_by_its_number()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await KeptAsync();
        await _server.SealAsync();
        var journal = _server.Journal();
        var one = (await journal.ReadAllAsync(partner.Headers, pageSize: 3))[2];

        var again = await journal.GetAsync(new() { After = one.Number - 1, Until = one.Number }, partner.Headers);

        Assert.Equal(one, Assert.Single(again.Entries));
        Assert.Equal(one.Number, again.SeenUntil);
    }

    [Fact]
    public async Task What_is_not_for_a_follower_is_told_by_how_far_they_are()
    {
        const int foreign = 9_000;
        var partner = await _server.PartnerAsync([_world.Street], "journal/wishes");
        await _server.SealAsync();
        await _server.FillAsync(_world.OtherStreet, foreign);
        var head = await _server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var seen = new List<long>();
        while (seen.Count == 0 || seen[^1] < head)
        {
            var message = await follower.MessageAsync();
            Assert.Empty(message.Entries);
            seen.Add(message.SeenUntil);
        }

        Assert.InRange(seen.Count, foreign / 2_500, foreign / 500);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 5_000));
    }

    [Fact]
    public async Task A_follower_hears_every_fifteen_seconds_that_there_is_nothing()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await using var follower = Following(partner, after: null);
        var first = await follower.MessageAsync();

        _server.Clock.Advance(TimeSpan.FromSeconds(16));

        var beat = await follower.MessageAsync();
        Assert.Equal((first.SeenUntil, 0), (beat.SeenUntil, beat.Entries.Count));
    }

    [Fact]
    public async Task Whoever_was_away_for_long_catches_up_in_bounded_pieces()
    {
        const int many = 12_000;
        var partner = await _server.PartnerAsync([_world.Street]);
        await _server.SealAsync();
        await _server.FillAsync(_world.Community, many);
        var head = await _server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var numbers = new List<long>();
        for (var seen = 0L; seen < head;)
        {
            var message = await follower.MessageAsync();
            Assert.InRange(message.Entries.Count, 0, 100);
            numbers.AddRange(message.Entries.Select(e => e.Number));
            seen = message.SeenUntil;
        }

        Assert.Equal(await _server.Database.ExpectedAsync(_world.Street), numbers);
        Assert.True(numbers.Count >= many);
    }

    [Fact]
    public async Task Nothing_is_read_ahead_of_a_reader_who_takes_nothing()
    {
        const int many = 30_000;
        var partner = await _server.PartnerAsync([_world.Street]);
        var before = await _server.SealAsync();
        await _server.FillAsync(_world.Community, many);
        await using var follower = Following(partner, before);
        await follower.MessageAsync();

        // By now the connection's buffers are full. What is changed behind them was not read yet.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        var changed = before + (many / 2);
        await _server.Database.ExecuteAsync(
            """
            UPDATE journal_entry e JOIN journal_seal s ON s.entry_id = e.id SET e.actor_role = 'late' WHERE s.number = @changed
            """, ("changed", changed));

        for (var seen = before; seen < changed;)
        {
            var message = await follower.MessageAsync();
            seen = message.SeenUntil;
            if (message.Entries.FirstOrDefault(e => e.Number == changed) is { } entry)
            {
                Assert.Equal("late", entry.ActorRole);
            }
        }
    }

    [Fact]
    public async Task All_followers_share_one_look_at_the_end()
    {
        var feed = _server.Services.GetRequiredService<Feed>();

        var tails = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ =>
            Task.Run(() => feed.TailAsync(CancellationToken.None).AsTask())));

        // A moment passes while they ask.
        Assert.InRange(tails.Distinct(ReferenceEqualityComparer.Instance).Count(), 1, 5);
    }

    [Fact]
    public async Task Five_streams_of_one_partner_and_no_more()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        var streams = new List<Following>();
        for (var i = 0; i < 5; i++)
        {
            streams.Add(Following(partner, after: 0));
            await streams[i].MessageAsync();
        }

        await using var sixth = Following(partner, after: 0);

        Assert.Equal("STREAMS_TOO_MANY", (await Assert.ThrowsAsync<RpcException>(() => sixth.MessageAsync())).Reason());
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_partner_that_is_revoked_hears_no_more()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        await _server.Partners().RevokeAsync(partner.Code, "协议终止", CancellationToken.None);
        _server.PartnersAreReadAnew();

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await follower.MessageAsync();
            }
        });
        Assert.Equal("PARTNER_REVOKED", ended.Reason());
        await using var again = Following(partner, after: 0);
        Assert.Equal("PARTNER_REVOKED", (await Assert.ThrowsAsync<RpcException>(() => again.MessageAsync())).Reason());
    }

    [Fact]
    public async Task A_stream_ends_with_the_scope_that_allowed_it()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        var terms = await _server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await _server.Partners().ChangeAsync(
            partner.Code, terms with { Scopes = [.. terms.Scopes.Where(s => s.Name == FeedSteps.AllTopics)] },
            CancellationToken.None);
        _server.PartnersAreReadAnew();

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await follower.MessageAsync();
            }
        });
        Assert.Equal("SCOPE_MISSING", ended.Reason());
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        var partner = await _server.PartnerAsync([_world.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        await _server.AddKeyAsync(partner.Code);
        _server.PartnersAreReadAnew();

        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                await follower.MessageAsync();
            }
        });
        Assert.Equal("PARTNER_KEY_RETIRED", ended.Reason());
    }

    [Fact]
    public void A_scope_for_one_call_comes_before_a_wider_one()
    {
        PartnerScope[] scopes =
        [
            new("WishService/*", null), new(Partner.PublicScope, null), new("WishService/MakeWish", 50),
        ];
        var partner = new Partner(
            Guid.NewGuid(), "hotline", "热线", "转来心愿", scopes, new HashSet<Guid>(), new HashSet<Guid>(), 100,
            DateTime.UnixEpoch, null, null);

        Assert.Equal(50, partner.ScopeOf("WishService/MakeWish", isPublic: false)?.QuotaPerDay);
        Assert.Equal("WishService/*", partner.ScopeOf("WishService/GetWish", isPublic: true)?.Name);
        Assert.Null(partner.ScopeOf("ActivityService/GetActivity", isPublic: false));
    }

    [Fact]
    public async Task A_partner_whose_units_change_sees_by_the_new_ones_on_the_same_stream()
    {
        var partner = await _server.PartnerAsync([_world.Street], "journal/wishes");
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        var terms = await _server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await _server.Partners().ChangeAsync(
            partner.Code, terms with { Units = [_world.OtherStreet] }, CancellationToken.None);
        _server.PartnersAreReadAnew();
        await (await _world.ResidentAsync()).MakeAsync(_world.Request());
        var far = await (await _world.ResidentAsync(_world.FarCommunity)).MakeAsync(_world.Request(_world.FarCommunity));
        await _server.SealAsync();

        Assert.Equal(far, (await follower.NextAsync(1))[0].SubjectId);
    }

    [Fact]
    public async Task What_happened_in_a_unit_that_was_merged_is_seen_by_whoever_sees_its_successor()
    {
        var partner = await _server.PartnerAsync([_world.NextCommunity], "journal/wishes");
        var wish = await (await _world.ResidentAsync()).MakeAsync(_world.Request());
        await _server.SealAsync();
        Assert.Empty(await ReadAsync(partner));
        // What is merged was there yesterday.
        _server.Clock.Advance(TimeSpan.FromDays(1));

        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);
        await _server.SealAsync();

        var entry = Assert.Single(await ReadAsync(partner), e => e.SubjectId == wish && e.Kind == Wire.EntryKind.WishMake);
        Assert.Equal($"{_world.Community}", entry.UnitId);
    }

    [Fact]
    public async Task Another_copy_judges_by_the_tree_as_a_merger_has_just_left_it()
    {
        var partner = await _server.PartnerAsync([_world.NextCommunity]);
        var wish = await (await _world.ResidentAsync()).MakeAsync(_world.Request());
        _server.Clock.Advance(TimeSpan.FromDays(1));
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        await copy.SealAsync();
        Assert.DoesNotContain(await copy.Journal().ReadAllAsync(partner.Headers), e => e.SubjectId == wish);

        await _world.MergeAsync(_world.NextCommunity, _server.Clock.Day(), _world.Community);
        await copy.SealAsync();

        Assert.Contains(await copy.Journal().ReadAllAsync(partner.Headers), e => e.SubjectId == wish);
    }

    [Fact]
    public async Task A_role_that_ends_takes_its_part_of_the_stream_with_it()
    {
        var auditor = await _world.WithRoleAsync(Role.Auditor, _world.Street);
        await using var follower = new Following(
            auditor.Journal.Follow(new Wire.FollowRequest()));
        await follower.MessageAsync();
        var staff = await _world.StaffAsync(_world.District);
        var role = (await staff.Access.ListRolesAsync(new() { UnitId = $"{_world.Street}" })).Holders
            .Single(h => h.PersonId == $"{auditor.PersonId}");

        await staff.Access.EndRoleAsync(new() { RoleId = role.Role.Id, Reason = "岗位调整" });
        // Sessions are remembered for some seconds.
        await Task.Delay(TimeSpan.FromSeconds(11), TestContext.Current.CancellationToken);
        await (await _world.ResidentAsync()).MakeAsync(_world.Request());
        var head = await _server.SealAsync();
        _server.Clock.Advance(TimeSpan.FromSeconds(16));

        for (var seen = 0L; seen < head;)
        {
            var message = await follower.MessageAsync();
            Assert.Empty(message.Entries);
            seen = message.SeenUntil;
        }
    }

    private Task<List<Wire.JournalEntry>> ReadAsync(TestPartner partner) =>
        _server.Journal().ReadAllAsync(partner.Headers);

    private Following Following(TestPartner partner, long? after)
    {
        var request = new Wire.FollowRequest();
        if (after is { } number)
        {
            request.After = number;
        }

        return new Following(_server.Journal().Follow(request, partner.Headers));
    }

    /// <summary>A wish from made to kept.</summary>
    private async Task<(string Wish, Actor Maker, Actor Helper)> KeptAsync(Actor? helper = null)
    {
        var (maker, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        helper ??= await _world.ResidentAsync();
        var wish = await maker.MakeAsync(_world.Request());
        Func<Task>[] steps =
        [
            async () => await staff.Wishes.ApproveWishAsync(new() { WishId = wish }), () => helper.ClaimAsync(wish),
            () => helper.DeliverAsync(wish), () => maker.ConfirmAsync(wish),
        ];
        foreach (var step in steps)
        {
            // What happens at the same moment is numbered in any order.
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
            await step();
        }

        return (wish, maker, helper);
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HashOfText();
}
