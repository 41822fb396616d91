using WuWei.Calls;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>The people around one wish: family makes it for a beneficiary who has an account.</summary>
public sealed record WishCast(
    World World, Actor Maker, Actor Beneficiary, Actor Claimer, Actor Other, Actor Staff, Actor SecondStaff)
{
    public static async Task<WishCast> CreateAsync(World world) => new(
        world, await world.ResidentAsync(), await world.ResidentAsync(),
        await world.WithRoleAsync(Role.Volunteer, world.Community, home: world.Community),
        await world.ResidentAsync(), await world.StaffAsync(world.Community),
        await world.StaffAsync(world.Community))
    {
        Offered = await world.ResidentAsync(world.FarCommunity),
    };

    /// <summary>Lives far away; an open wish is offered to them when a test says so.</summary>
    public required Actor Offered { get; init; }

    public Wire.WishVisibility Visibility { get; init; } = Wire.WishVisibility.Public;

    /// <summary>Of the wishes; <c>rights</c> is sensitive.</summary>
    public string Category { get; init; } = "misc";

    public bool IsSensitive => World.Category(Category).Rules!.Sensitive;

    /// <summary>As what the claimer claims.</summary>
    public Wire.ClaimerKind ClaimAs => IsSensitive ? Wire.ClaimerKind.Volunteer : Wire.ClaimerKind.Neighbour;

    /// <summary>What a test changes in the wishes that are made.</summary>
    public Action<Wire.MakeWishRequest> Detail { get; init; } = _ => { };

    /// <summary>Approves, moves and withdraws as this permission says; the first that may.</summary>
    public Actor WhoMay(string rpc) => rpc switch
    {
        "ClaimWish" or "ReleaseWish" or "DeliverWish" or "RevealContact" => Claimer,
        "RateWish" => Beneficiary,
        "ConfirmWish" or "DisputeWish" or "WithdrawWish" or "RemakeWish" => Maker,
        _ => Staff,
    };

    public Wire.MakeWishRequest Request()
    {
        var request = World.Request(category: Category);
        request.Origin = Wire.WishOrigin.Family;
        request.Beneficiary = new() { Name = "李奶奶", Phone = Beneficiary.Phone, Consent = Wire.Consent.InPerson };
        request.Visibility = Visibility;
        if (Category == "rights")
        {
            request.Answers.Add("matter", "租房");
        }

        Detail(request);
        return request;
    }

    /// <summary>A wish in this state; a kept one is rated low, or has its overturn proposed, when asked for.</summary>
    public async Task<string> WishAsync(WishStatus status, bool overturnProposed = false, bool ratedLow = false)
    {
        var id = await Maker.MakeAsync(Request());
        string[] moves = status switch
        {
            WishStatus.PendingReview => [],
            WishStatus.Open => ["ApproveWish"],
            WishStatus.Claimed => ["ApproveWish", "ClaimWish"],
            WishStatus.Delivered => ["ApproveWish", "ClaimWish", "DeliverWish"],
            WishStatus.Kept => ["ApproveWish", "ClaimWish", "DeliverWish", "ConfirmWish"],
            WishStatus.Rejected => ["RejectWish"],
            WishStatus.Withdrawn => ["WithdrawWish"],
            _ => throw new ArgumentException("Only the clock gets there."),
        };
        foreach (var move in moves)
        {
            if (move == "ClaimWish" && Visibility == Wire.WishVisibility.Private)
            {
                await Staff.Wishes.CallAsync("OfferWish", id, Claimer);
            }

            await WhoMay(move).Wishes.CallAsync(move, id, Other, ClaimAs);
        }

        if (ratedLow)
        {
            await Beneficiary.Wishes.CallAsync("RateWish", id, Other);
        }

        if (overturnProposed)
        {
            await SecondStaff.Wishes.CallAsync("ProposeOverturn", id, Other);
        }

        return id;
    }

    /// <summary>Where a call of this name starts.</summary>
    public Task<string> WishForAsync(string rpc) => rpc switch
    {
        "ApproveWish" or "RejectWish" => WishAsync(WishStatus.PendingReview),
        "OfferWish" or "ClaimWish" or "WithdrawWish" or "EscalateWish" => WishAsync(WishStatus.Open),
        "ReleaseWish" or "RevokeClaim" or "RevealContact" or "DeliverWish" => WishAsync(WishStatus.Claimed),
        "ConfirmWish" or "DisputeWish" => WishAsync(WishStatus.Delivered),
        "RateWish" or "ProposeOverturn" => WishAsync(WishStatus.Kept),
        "CloseFollowUp" => WishAsync(WishStatus.Kept, ratedLow: true),
        "OverturnWish" => WishAsync(WishStatus.Kept, overturnProposed: true),
        "RemakeWish" => WishAsync(WishStatus.Withdrawn),
        _ => throw new ArgumentException(rpc),
    };

    /// <summary>All that staff see of a wish: itself and its journey.</summary>
    public async Task<(Wire.Wish Wish, Wire.GetWishJourneyResponse Journey)> AllOfAsync(string id) => (
        (await Staff.Wishes.GetWishAsync(new() { WishId = id })).Wish,
        await Staff.Wishes.GetWishJourneyAsync(new() { WishId = id }));
}
