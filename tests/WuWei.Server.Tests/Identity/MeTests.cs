using WuWei.Calls;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Identity;

public class MeTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task Somebody_sees_their_own_profile_with_a_masked_phone()
    {
        var resident = await _world.ResidentAsync();

        var me = (await resident.Identity.GetMeAsync(new())).Me;

        Assert.Equal(resident.Name, me.Name);
        Assert.Equal($"{resident.Phone[..3]}****{resident.Phone[^4..]}", me.MaskedPhone);
        Assert.Equal(_world.Community.ToString(), me.HomeUnitId);
        Assert.Empty(me.Roles);
    }

    [Fact]
    public async Task Fields_that_are_absent_stay_as_they_are()
    {
        var resident = await _world.ResidentAsync();

        await resident.Identity.UpdateMeAsync(new() { Name = " 欧阳娜 " });
        await resident.Identity.UpdateMeAsync(new() { HomeUnitId = _world.Grid.ToString() });
        var me = (await resident.Identity.UpdateMeAsync(new() { ShowPartyBadge = false })).Me;

        Assert.Equal(("欧阳娜", _world.Grid.ToString(), false), (me.Name, me.HomeUnitId, me.ShowPartyBadge));
        Assert.Equal(me, (await resident.Identity.GetMeAsync(new())).Me);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一")]
    [InlineData("王\n芳")]
    [InlineData("王\u202e芳")]
    [InlineData("王\0芳")]
    public async Task A_name_is_one_to_thirty_plain_characters(string name)
    {
        var resident = await _world.ResidentAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await resident.Identity.UpdateMeAsync(new() { Name = name }));

        Assert.Equal("NAME_FORMAT", refusal.Reason());
        Assert.Equal(["name"], refusal.Fields());
        Assert.Equal(resident.Name, (await resident.Identity.GetMeAsync(new())).Me.Name);
    }

    [Fact]
    public async Task Home_is_a_known_community_or_below()
    {
        var resident = await _world.ResidentAsync();

        Assert.Equal("UNIT_NOT_HOME", await RefusalAsync(_world.Street.ToString()));
        Assert.Equal("UNIT_UNKNOWN", await RefusalAsync(Guid.NewGuid().ToString()));
        Assert.Equal("ID_FORMAT", await RefusalAsync(""));

        Task<string> RefusalAsync(string home) =>
            Refusals.ReasonAsync(resident.Identity.UpdateMeAsync(new() { HomeUnitId = home }));
    }

    [Fact]
    public async Task Others_see_a_name_by_its_first_character_only()
    {
        var resident = await _world.ResidentAsync();
        await resident.Identity.UpdateMeAsync(new() { Name = "欧阳娜娜" });
        var staff = await _world.StaffAsync(_world.Community);

        var holder = (await staff.Access.GrantRoleAsync(new()
        {
            PersonId = resident.PersonId.ToString(),
            Role = Wire.Role.Volunteer,
            UnitId = _world.Community.ToString(),
        })).Holder;

        Assert.Equal("欧**", holder.ShownName);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    public async Task Claims_show_the_badge_of_verified_party_members_who_allow_it(
        bool verified, bool allowed, bool shown)
    {
        var maker = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);
        var claimer = await _world.ResidentAsync();
        await claimer.Identity.UpdateMeAsync(new() { ShowPartyBadge = allowed });
        if (verified)
        {
            await staff.Access.GrantRoleAsync(new()
            {
                PersonId = claimer.PersonId.ToString(),
                Role = Wire.Role.PartyMember,
                UnitId = _world.Community.ToString(),
            });
        }

        var wish = await maker.OpenAsync(_world.Request(), staff);
        await claimer.ClaimAsync(wish, verified ? ClaimerKind.PartyMember : ClaimerKind.Neighbour);

        Assert.Equal(shown, (await maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Claim.PartyBadge);
    }

    [Fact]
    public async Task The_badge_goes_when_it_is_no_longer_allowed()
    {
        var maker = await _world.ResidentAsync();
        var claimer = await _world.WithRoleAsync(Role.PartyMember, _world.Community);
        var wish = await maker.OpenAsync(_world.Request(), await _world.StaffAsync(_world.Community));
        await claimer.ClaimAsync(wish, ClaimerKind.PartyMember);
        Assert.True((await maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Claim.PartyBadge);

        await claimer.Identity.UpdateMeAsync(new() { ShowPartyBadge = false });

        Assert.False((await maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Claim.PartyBadge);
    }
}
