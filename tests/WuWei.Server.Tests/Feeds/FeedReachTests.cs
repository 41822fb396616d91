using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>Who sees which entries.</summary>
public sealed class FeedReachTests : FeedDistrict
{
    [Fact]
    public async Task A_partner_sees_its_units_and_topics_only()
    {
        var wishes = await Server.PartnerAsync([World.NextCommunity, World.OtherStreet], "journal/wishes");
        var points = await Server.PartnerAsync([World.Street], "journal/points");
        var nothing = await Server.PartnerAsync([World.Street], "journal/organisations");
        await KeptAsync();
        var next = await (await World.ResidentAsync(World.NextCommunity)).MakeAsync(World.Request(World.NextCommunity));
        Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var far = await (await World.ResidentAsync(World.FarCommunity)).MakeAsync(World.Request(World.FarCommunity));
        await Server.SealAsync();

        Assert.Equal([next, far], (await ReadAsync(wishes)).Select(e => e.SubjectId));
        Assert.All(await ReadAsync(points), e => Assert.Equal(Wire.EntryTopic.Points, e.Topic));
        Assert.NotEmpty(await ReadAsync(points));
        Assert.Empty(await ReadAsync(nothing));
    }

    [Fact]
    public async Task A_reader_may_ask_for_fewer_topics_and_gets_no_more_than_theirs_by_asking()
    {
        var partner = await Server.PartnerAsync([World.Street], "journal/wishes", "journal/points");
        await KeptAsync();
        await Server.SealAsync();
        var journal = Server.Journal();

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
        await Server.SealAsync();
        var auditor = await World.WithRoleAsync(Role.Auditor, World.Street);
        var staff = await World.StaffAsync(World.OtherStreet);

        Assert.Contains(await auditor.Journal.ReadAllAsync(), e => e.Kind == Wire.EntryKind.WishConfirm);
        Assert.DoesNotContain(await staff.Journal.ReadAllAsync(), e => e.Topic == Wire.EntryTopic.Wishes);
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync((await World.ResidentAsync()).Journal.GetAsync(new())));
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
    public async Task What_happened_in_a_unit_that_was_merged_is_seen_by_whoever_sees_its_successor()
    {
        var partner = await Server.PartnerAsync([World.NextCommunity], "journal/wishes");
        var wish = await (await World.ResidentAsync()).MakeAsync(World.Request());
        await Server.SealAsync();
        Assert.Empty(await ReadAsync(partner));
        // What is merged was there yesterday.
        Server.Clock.Advance(TimeSpan.FromDays(1));

        await World.MergeAsync(World.NextCommunity, Server.Clock.Day(), World.Community);
        await Server.SealAsync();

        var entry = Assert.Single(await ReadAsync(partner), e => e.SubjectId == wish && e.Kind == Wire.EntryKind.WishMake);
        Assert.Equal($"{World.Community}", entry.UnitId);
    }

    [Fact]
    public async Task Another_copy_judges_by_the_tree_as_a_merger_has_just_left_it()
    {
        var partner = await Server.PartnerAsync([World.NextCommunity]);
        var wish = await (await World.ResidentAsync()).MakeAsync(World.Request());
        Server.Clock.Advance(TimeSpan.FromDays(1));
        await using var copy = await TestServer.StartAsync(Server.Database, Server.Clock);
        await copy.SealAsync();
        Assert.DoesNotContain(await copy.Journal().ReadAllAsync(partner.Headers), e => e.SubjectId == wish);

        await World.MergeAsync(World.NextCommunity, Server.Clock.Day(), World.Community);
        await copy.SealAsync();

        Assert.Contains(await copy.Journal().ReadAllAsync(partner.Headers), e => e.SubjectId == wish);
    }
}
