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
    public static IMessage Request(
        string rpc, string id, Actor other, Wire.ClaimerKind kind = Wire.ClaimerKind.Neighbour,
        string reason = "有理由") => rpc switch
        {
            "ApproveWish" => new Wire.ApproveWishRequest { WishId = id },
            "RejectWish" => new Wire.RejectWishRequest { WishId = id, Reason = reason },
            "OfferWish" => new Wire.OfferWishRequest { WishId = id, PersonId = other.PersonId.ToString() },
            "ClaimWish" => new Wire.ClaimWishRequest { WishId = id, Kind = kind },
            "ReleaseWish" => new Wire.ReleaseWishRequest { WishId = id, Reason = reason },
            "RevokeClaim" => new Wire.RevokeClaimRequest { WishId = id, Reason = reason },
            "RevealContact" => new Wire.RevealContactRequest { WishId = id, Reason = reason },
            "DeliverWish" => new Wire.DeliverWishRequest { WishId = id, Note = reason },
            "ConfirmWish" => new Wire.ConfirmWishRequest
            {
                WishId = id,
                Comment = reason,
                Verification = Wire.Verification.Visit,
            },
            "RateWish" => new Wire.RateWishRequest { WishId = id, Rating = 2, Comment = reason },
            "CloseFollowUp" => new Wire.CloseFollowUpRequest
            {
                WishId = id,
                Outcome = Wire.FollowUpOutcome.Settled,
                Note = reason,
            },
            "DisputeWish" => new Wire.DisputeWishRequest { WishId = id, Reason = reason },
            "ProposeOverturn" => new Wire.ProposeOverturnRequest { WishId = id, Reason = reason },
            "OverturnWish" => new Wire.OverturnWishRequest { WishId = id, Reason = reason },
            "WithdrawWish" => new Wire.WithdrawWishRequest { WishId = id, Reason = reason },
            "EscalateWish" => new Wire.EscalateWishRequest { WishId = id, Reason = reason },
            "RemakeWish" => new Wire.RemakeWishRequest { WishId = id },
            _ => throw new ArgumentException(rpc),
        };

    public static async Task<IMessage> CallAsync(
        this Wire.WishService.WishServiceClient wishes, string rpc, string id, Actor other,
        Wire.ClaimerKind kind = Wire.ClaimerKind.Neighbour, string reason = "有理由")
    {
        var request = Request(rpc, id, other, kind, reason);
        var method = wishes.GetType().GetMethod($"{rpc}Async", [request.GetType(), typeof(CallOptions)])!;
        return await (dynamic)method.Invoke(wishes, [request, default(CallOptions)])!;
    }

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
