using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Every rpc that moves a wish, by its name, with a request right in all but who asks and when.</summary>
public static class WishCalls
{
    public static readonly string[] All =
    [
        "ApproveWish", "RejectWish", "OfferWish", "ClaimWish", "ReleaseWish", "RevokeClaim", "RevealContact",
        "DeliverWish", "ConfirmWish", "RateWish", "CloseFollowUp", "DisputeWish", "ProposeOverturn", "OverturnWish",
        "WithdrawWish", "EscalateWish", "RemakeWish",
    ];

    /// <param name="other">Whom OfferWish offers to.</param>
    public static async Task<IMessage> CallAsync(
        this Wire.WishService.WishServiceClient wishes, string rpc, string id, Actor other,
        Wire.ClaimerKind kind = Wire.ClaimerKind.Neighbour, string reason = "有理由") => rpc switch
        {
            "ApproveWish" => await wishes.ApproveWishAsync(new() { WishId = id }),
            "RejectWish" => await wishes.RejectWishAsync(new() { WishId = id, Reason = reason }),
            "OfferWish" => await wishes.OfferWishAsync(new() { WishId = id, PersonId = other.PersonId.ToString() }),
            "ClaimWish" => await wishes.ClaimWishAsync(new() { WishId = id, Kind = kind }),
            "ReleaseWish" => await wishes.ReleaseWishAsync(new() { WishId = id, Reason = reason }),
            "RevokeClaim" => await wishes.RevokeClaimAsync(new() { WishId = id, Reason = reason }),
            "RevealContact" => await wishes.RevealContactAsync(new() { WishId = id, Reason = reason }),
            "DeliverWish" => await wishes.DeliverWishAsync(new() { WishId = id, Note = reason }),
            "ConfirmWish" => await wishes.ConfirmWishAsync(
                new() { WishId = id, Comment = reason, Verification = Wire.Verification.Visit }),
            "RateWish" => await wishes.RateWishAsync(new() { WishId = id, Rating = 2, Comment = reason }),
            "CloseFollowUp" => await wishes.CloseFollowUpAsync(
                new() { WishId = id, Outcome = Wire.FollowUpOutcome.Settled, Note = reason }),
            "DisputeWish" => await wishes.DisputeWishAsync(new() { WishId = id, Reason = reason }),
            "ProposeOverturn" => await wishes.ProposeOverturnAsync(new() { WishId = id, Reason = reason }),
            "OverturnWish" => await wishes.OverturnWishAsync(new() { WishId = id, Reason = reason }),
            "WithdrawWish" => await wishes.WithdrawWishAsync(new() { WishId = id, Reason = reason }),
            "EscalateWish" => await wishes.EscalateWishAsync(new() { WishId = id, Reason = reason }),
            "RemakeWish" => await wishes.RemakeWishAsync(new() { WishId = id }),
            _ => throw new ArgumentException(rpc),
        };

    /// <summary>Null when it succeeds, otherwise the reason.</summary>
    public static async Task<string?> TryAsync(this Task<IMessage> call)
    {
        try
        {
            await call;
            return null;
        }
        catch (RpcException refusal)
        {
            return refusal.Reason();
        }
    }
}
