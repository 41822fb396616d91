using WuWei.Errors;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Wishes;

public class WishLifeTests(SharedServer shared)
{
    /// <summary>Where each move leads; "taken" and "-" are refused. Make begins a wish, so never moves one.</summary>
    private const string Life =
        """
        move            PendingReview  Open       Claimed    Delivered  Kept   Rejected  Withdrawn  Expired
        Make            -              -          -          -          -      -         -          -
        Approve         Open           -          -          -          -      -         -          -
        Reject          Rejected       -          -          -          -      -         -          -
        Offer           -              Open       -          -          -      -         -          -
        Claim           -              Claimed    taken      taken      taken  -         -          -
        Release         -              -          Open       -          -      -         -          -
        Revoke          -              -          Open       -          -      -         -          -
        Deliver         -              -          Delivered  -          -      -         -          -
        Confirm         -              -          -          Kept       -      -         -          -
        AutoConfirm     -              -          -          Kept       -      -         -          -
        Dispute         -              -          -          Claimed    -      -         -          -
        Overturn        -              -          -          -          Open   -         -          -
        Withdraw        Withdrawn      Withdrawn  -          -          -      -         -          -
        Expire          -              Expired    -          -          -      -         -          -
        Escalate        -              Open       -          -          -      -         -          -
        Remind          PendingReview  Open       Claimed    Delivered  -      -         -          -
        HandOver        -              -          Claimed    -          -      -         -          -
        Reveal          PendingReview  Open       Claimed    Delivered  Kept   -         -          -
        ProposeOverturn -              -          -          -          Kept   -         -          -
        Notice          -              Open       -          -          -      -         -          -
        Rate            -              -          -          -          Kept   -         -          -
        FollowUp        -              -          -          -          Kept   -         -          -
        Rehome          PendingReview  Open       Claimed    Delivered  -      -         -          -
        Merge           Withdrawn      Withdrawn  -          -          -      -         -          -
        """;

    [Fact]
    public void The_life_of_a_wish_is_this_picture()
    {
        var states = Enum.GetValues<WishStatus>();
        var drawn = string.Join('\n', Enum.GetValues<WishMove>()
            .Select(move => $"{move} {string.Join(' ', states.Select(s => Cell(s, move)))}")
            .Prepend($"move {string.Join(' ', states)}"));

        Assert.Equal(Squeezed(Life), drawn);
    }

    /// <summary>Over the wire: each call where the picture refuses it is refused, and leaves all as it was.</summary>
    [Fact]
    public async Task A_call_in_a_wrong_state_is_refused_by_its_reason_and_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var cast = await WishCast.CreateAsync(await World.CreateAsync(server));
        var expired = await ExpiredAsync(server, cast);

        var surprises = new List<string>();
        foreach (var status in Enum.GetValues<WishStatus>())
        {
            var id = status == WishStatus.Expired ? expired : await cast.WishAsync(status);
            foreach (var rpc in WishCalls.All.Where(rpc => Refusal(status, rpc) is not null))
            {
                var before = await cast.AllOfAsync(id);
                var reason = await cast.WhoMay(rpc).Wishes.CallAsync(rpc, id, cast.Other).TryAsync();
                if (reason != Refusal(status, rpc) && !NeverSeen(status, rpc, reason))
                {
                    surprises.Add($"{rpc} of a {status} wish: {reason ?? "done"}");
                }

                Assert.Equal(before, await cast.AllOfAsync(id));
            }

            if (status is not (WishStatus.Rejected or WishStatus.Withdrawn or WishStatus.Kept or WishStatus.Expired))
            {
                await ClearAsync(cast, id, status);
            }
        }

        Assert.Empty(surprises);
        await server.AssertSoundAsync();
    }

    [Fact]
    public async Task A_kept_wish_is_overturned_only_after_somebody_proposed_it()
    {
        var cast = await WishCast.CreateAsync(shared.World);
        var id = await cast.WishAsync(WishStatus.Kept);

        Assert.Equal(
            "OVERTURN_NOT_PROPOSED", await cast.Staff.Wishes.CallAsync("OverturnWish", id, cast.Other).TryAsync());
    }

    private static async Task<string> ExpiredAsync(TestServer server, WishCast cast)
    {
        var request = cast.Request();
        request.DeadlineAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(server.Clock.Now.AddDays(1));
        var id = await cast.Maker.OpenAsync(request, cast.Staff);
        server.Clock.Advance(TimeSpan.FromDays(1));
        await server.RunJobsAsync();
        Assert.Equal(Wire.WishStatus.Expired, (await cast.AllOfAsync(id)).Wish.Status);
        return id;
    }

    private static async Task ClearAsync(WishCast cast, string id, WishStatus status)
    {
        var end = status switch
        {
            WishStatus.Claimed => "RevokeClaim",
            WishStatus.Delivered => "ConfirmWish",
            _ => "WithdrawWish",
        };
        await cast.WhoMay(end).Wishes.CallAsync(end, id, cast.Other);
    }

    /// <summary>The reason, or null where the call is in its place.</summary>
    private static string? Refusal(WishStatus status, string rpc)
    {
        if (rpc == "RemakeWish")
        {
            return status is WishStatus.Withdrawn or WishStatus.Expired ? null : "WISH_WRONG_STATUS";
        }

        var move = rpc switch
        {
            "RevokeClaim" => WishMove.Revoke,
            "RevealContact" => WishMove.Reveal,
            "ProposeOverturn" => WishMove.ProposeOverturn,
            "CloseFollowUp" => WishMove.FollowUp,
            _ => Enum.Parse<WishMove>(rpc.Replace("Wish", "", StringComparison.Ordinal)),
        };
        return Cell(status, move) switch { "-" => "WISH_WRONG_STATUS", "taken" => "WISH_ALREADY_CLAIMED", _ => null };
    }

    /// <summary>
    /// A claimer who holds nothing is a stranger, and so is a beneficiary before staff have read the wish: what is not
    /// public does not exist for them.
    /// </summary>
    private static bool NeverSeen(WishStatus status, string rpc, string? reason) => status switch
    {
        WishStatus.PendingReview or WishStatus.Rejected or WishStatus.Withdrawn =>
            rpc is "ClaimWish" or "ReleaseWish" or "DeliverWish" or "RevealContact" or "RateWish"
                && reason == "WISH_UNKNOWN",
        WishStatus.Open or WishStatus.Expired =>
            rpc is "ClaimWish" or "ReleaseWish" or "DeliverWish" or "RevealContact" && reason == "NOT_PERMITTED",
        _ => false,
    };

    private static string Cell(WishStatus status, WishMove move)
    {
        try
        {
            return Wish.Next(status, move).ToString();
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.FailedPrecondition)
        {
            return refused.Reason switch
            {
                "WISH_ALREADY_CLAIMED" => "taken",
                "WISH_WRONG_STATUS" => "-",
                _ => refused.Reason,
            };
        }
    }

    private static string Squeezed(string table) => string.Join(
        '\n', table.Split('\n')
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
