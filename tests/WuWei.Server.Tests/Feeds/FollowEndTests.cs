using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>Streams whose reader may see less than when they began, or nothing.</summary>
public sealed class FollowEndTests : FeedDistrict
{
    [Fact]
    public async Task A_partner_that_is_revoked_hears_no_more()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        await Server.Partners().RevokeAsync(partner.Code, "协议终止", CancellationToken.None);
        Server.PartnersAreReadAnew();

        Assert.Equal("PARTNER_REVOKED", await follower.EndAsync());
        await using var again = Following(partner, after: 0);
        Assert.Equal("PARTNER_REVOKED", (await Assert.ThrowsAsync<RpcException>(() => again.MessageAsync())).Reason());
    }

    [Fact]
    public async Task A_stream_ends_with_the_scope_that_allowed_it()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        var terms = await Server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await Server.Partners().ChangeAsync(
            partner.Code, terms with { Scopes = [.. terms.Scopes.Where(s => s.Name == FeedSteps.AllTopics)] },
            CancellationToken.None);
        Server.PartnersAreReadAnew();

        Assert.Equal("SCOPE_MISSING", await follower.EndAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        var partner = await Server.PartnerAsync([World.Street]);
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        await Server.AddKeyAsync(partner.Code);
        Server.PartnersAreReadAnew();

        Assert.Equal("PARTNER_KEY_RETIRED", await follower.EndAsync());
    }

    [Fact]
    public async Task A_partner_whose_units_change_sees_by_the_new_ones_on_the_same_stream()
    {
        var partner = await Server.PartnerAsync([World.Street], "journal/wishes");
        await using var follower = Following(partner, after: null);
        await follower.MessageAsync();

        var terms = await Server.Partners().GetAsync(partner.Code, CancellationToken.None);
        await Server.Partners().ChangeAsync(
            partner.Code, terms with { Units = [World.OtherStreet] }, CancellationToken.None);
        Server.PartnersAreReadAnew();
        await (await World.ResidentAsync()).MakeAsync(World.Request());
        var far = await (await World.ResidentAsync(World.FarCommunity)).MakeAsync(World.Request(World.FarCommunity));
        await Server.SealAsync();

        Assert.Equal(far, (await follower.NextAsync(1))[0].SubjectId);
    }

    [Fact]
    public async Task A_role_that_ends_takes_its_part_of_the_stream_with_it()
    {
        var auditor = await World.WithRoleAsync(Role.Auditor, World.Street);
        await World.GrantAsync(auditor, Role.Staff, World.OtherStreet);
        await using var follower = new Following(auditor.Journal.Follow(new Wire.FollowRequest()));
        await follower.MessageAsync();

        await EndRoleAsync(auditor, World.Street);
        var (near, far) = (await World.ResidentAsync(), await World.ResidentAsync(World.FarCommunity));
        // Sessions are remembered for some seconds.
        for (var round = 0; await IsToldAsync(); round++)
        {
            Assert.True(round < 100, "still told");
            await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        }

        // Whether what is in the one unit is told before what is in the other.
        async Task<bool> IsToldAsync()
        {
            var before = await near.MakeAsync(World.Request());
            var last = await far.MakeAsync(World.Request(World.FarCommunity));
            await Server.SealAsync();
            var told = new List<string>();
            while (!told.Contains(last))
            {
                told.AddRange((await follower.NextAsync(1)).Select(e => e.SubjectId));
            }

            return told.Contains(before);
        }
    }

    [Theory]
    [InlineData(Role.Auditor)]
    [InlineData(Role.Staff)]
    public async Task A_stream_ends_with_the_last_role_that_allowed_it(Role role)
    {
        var overseer = await World.WithRoleAsync(role, World.Street);
        await using var follower = new Following(overseer.Journal.Follow(new Wire.FollowRequest()));
        await follower.MessageAsync();

        await EndRoleAsync(overseer, World.Street);

        Assert.Equal("NOT_PERMITTED", await follower.EndAsync());
    }

    [Fact]
    public async Task A_stream_ends_with_the_term_of_the_role()
    {
        var staff = await World.ResidentAsync();
        await World.GrantAsync(staff, Role.Staff, World.Street, endsAt: Server.Clock.Now.AddHours(1));
        await using var follower = new Following(staff.Journal.Follow(new Wire.FollowRequest()));
        await follower.MessageAsync();

        Server.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("NOT_PERMITTED", await follower.EndAsync());
    }

    private async Task EndRoleAsync(Actor person, Guid unit)
    {
        var staff = await World.StaffAsync(World.District);
        var role = (await staff.Access.ListRolesAsync(new() { UnitId = $"{unit}" })).Holders
            .Single(h => h.PersonId == $"{person.PersonId}");
        await staff.Access.EndRoleAsync(new() { RoleId = role.Role.Id, Reason = "岗位调整" });
    }
}
