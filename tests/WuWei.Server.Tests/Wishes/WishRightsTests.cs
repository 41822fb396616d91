using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

public class WishRightsTests(SharedServer shared)
{
    private static readonly Dictionary<string, string?> Reasons = new()
    {
        ["yes"] = null,
        ["no"] = "NOT_PERMITTED",
        ["own"] = "WISH_OWN",
        ["unseen"] = "WISH_UNKNOWN",
        ["notyours"] = "RATING_NOT_YOURS",
        ["notheld"] = "CLAIMER_KIND_NOT_HELD",
    };

    /// <summary>
    /// Who may do what when it is time for it. `above` is staff of the street, `next` of a neighbouring community,
    /// `far` of another street; `other` is a neighbour. Who has a role lives elsewhere.
    /// A refusal changes nothing.
    /// </summary>
    [Theory]
    //                             maker bene- clai- other  staff above   next   far    auditor grid
    //                                   fic.  mer                                              worker
    [InlineData("ApproveWish", "    no    no    no    no     yes   yes     unseen unseen no      no")]
    [InlineData("RejectWish", "     no    no    no    no     yes   yes     unseen unseen no      no")]
    [InlineData("OfferWish", "      no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("ClaimWish", "      own   own   yes   yes    notheld notheld notheld notheld notheld notheld")]
    [InlineData("ReleaseWish", "    no    no    yes   no     no    no      no     no     no      no")]
    [InlineData("RevokeClaim", "    no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("RevealContact", "  no    no    yes   no     yes   yes     no     no     no      no")]
    [InlineData("DeliverWish", "    no    no    yes   no     no    no      no     no     no      no")]
    [InlineData("ConfirmWish", "    yes   yes   no    no     yes   yes     no     no     no      no")]
    [InlineData("RateWish", "       notyours yes no   no     no    no      no     no     no      no")]
    [InlineData("CloseFollowUp", "  no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("DisputeWish", "    yes   yes   no    no     yes   yes     no     no     no      no")]
    [InlineData("ProposeOverturn", "no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("OverturnWish", "   no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("WithdrawWish", "   yes   no    no    no     yes   yes     no     no     no      no")]
    [InlineData("EscalateWish", "   no    no    no    no     yes   yes     no     no     no      no")]
    [InlineData("RemakeWish", "     yes   unseen unseen unseen no  no      unseen unseen no     unseen")]
    public async Task A_move_is_for_whom_it_is(string rpc, string row)
    {
        var world = shared.World;
        var cast = await WishCast.CreateAsync(world);
        (string Name, Actor Actor)[] callers =
        [
            ("maker", cast.Maker), ("beneficiary", cast.Beneficiary), ("claimer", cast.Claimer), ("other", cast.Other),
            ("staff", cast.Staff), ("above", await world.StaffAsync(world.Street)),
            ("next", await world.StaffAsync(world.NextCommunity)), ("far", await world.StaffAsync(world.OtherStreet)),
            ("auditor", await world.WithRoleAsync(Role.Auditor, world.Community)),
            ("grid worker", await world.WithRoleAsync(Role.GridWorker, world.Community)),
        ];
        var expected = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(callers.Length, expected.Length);
        var offeredTo = await world.ResidentAsync();

        var id = await cast.WishForAsync(rpc);
        var surprises = new List<string>();
        foreach (var ((name, caller), word) in callers.Zip(expected))
        {
            var before = await cast.AllOfAsync(id);
            var reason = await caller.Wishes.CallAsync(rpc, id, offeredTo).TryAsync();
            if (reason != Reasons[word])
            {
                surprises.Add($"{name}: {reason ?? "yes"} instead of {word}");
            }

            if (reason is null)
            {
                // Making it again leaves the old one as it is.
                Assert.Equal(
                    before.Journey.Steps.Count + (rpc == "RemakeWish" ? 0 : 1),
                    (await cast.AllOfAsync(id)).Journey.Steps.Count);
                id = await cast.WishForAsync(rpc);
            }
            else
            {
                Assert.Equal(before, await cast.AllOfAsync(id));
            }
        }

        Assert.Empty(surprises);
    }

    [Fact]
    public async Task A_role_that_is_over_gives_no_rights()
    {
        var world = shared.World;
        var cast = await WishCast.CreateAsync(world);
        var former = await world.ResidentAsync();
        await world.GrantAsync(former, Role.Staff, world.Community, endsAt: shared.Server.Clock.Now);
        var id = await cast.WishForAsync("ApproveWish");

        Assert.Equal("NOT_PERMITTED", await former.Wishes.CallAsync("ApproveWish", id, cast.Other).TryAsync());
    }

    [Fact]
    public async Task Nobody_reviews_their_own_wish()
    {
        var world = shared.World;
        var staff = await world.StaffAsync(world.Community);
        var id = await staff.MakeAsync(world.Request());

        Assert.Equal("WISH_OWN", await staff.Wishes.CallAsync("ApproveWish", id, staff).TryAsync());
    }

    [Fact]
    public async Task What_does_not_exist_is_missing_and_what_is_no_id_is_invalid()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        foreach (var rpc in WishCalls.All)
        {
            var caller = cast.WhoMay(rpc).Wishes;
            Assert.Equal(
                "WISH_UNKNOWN", await caller.CallAsync(rpc, Guid.CreateVersion7().ToString(), cast.Other).TryAsync());
            Assert.Equal("ID_FORMAT", await caller.CallAsync(rpc, "0198-not-an-id", cast.Other).TryAsync());
        }
    }
}
