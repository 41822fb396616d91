using WuWei.Calls;
using WuWei.Errors;
using WuWei.Journal;

namespace WuWei.Wishes;

/// <summary>What came of it: kept, disputed, overturned.</summary>
public sealed partial class WishService
{
    public override Task<Wire.ConfirmWishResponse> ConfirmWish(
        Wire.ConfirmWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var rating = RatingOf(request.Rating);
        var comment = Faults.TextOf("comment", request.Comment, 0, ReasonLengthMax);
        var verification = Faults.EnumOf<Verification>((int)request.Verification);
        return MoveAsync(context, request, request.WishId, WishMove.Confirm, comment,
            m =>
            {
                var kept = m.Sight.Wish.Kept(WishMove.Confirm, rating, m.Now);
                if (rating is not null)
                {
                    DemandBeneficiary(m.Sight);
                }

                if (m.Actor != WishActor.Staff)
                {
                    return kept;
                }

                if (m.Sight.Wish.ClaimerId == call.Caller.PersonId)
                {
                    throw Refuse.Denied("WISH_OWN_CLAIM", "不能确认自己认领的心愿。");
                }

                return verification is not null
                    ? kept
                    : throw Refuse.Invalid(
                        "VERIFICATION_REQUIRED", "请说明是怎样核实的。", new FieldFault("verification", "必选。"));
            },
            wish => new Wire.ConfirmWishResponse { Wish = wish },
            also: (m, kept) =>
            {
                m.Db.QueueClaimEnd(m.Sight.Wish.ClaimId!.Value, m.Now);
                if (rating is not null)
                {
                    QueueRating(call, m, kept);
                }

                return payment.PayKeptAsync(m.Db, kept, m.Tree, m.PointsRules, Cause(call, m, WishMove.Confirm));
            },
            detail: step => step.Actor == WishActor.Staff ? step with { Verification = verification!.Value } : step);
    }

    public override Task<Wire.DisputeWishResponse> DisputeWish(
        Wire.DisputeWishRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Dispute, Reason(request.Reason),
            m => m.Sight.Wish.Disputed(m.Rules, m.Now),
            wish => new Wire.DisputeWishResponse { Wish = wish },
            also: (m, _) =>
            {
                m.Db.QueueOpenClaims(m.Sight.Wish.ClaimerId!.Value, 1);
                return Task.CompletedTask;
            });

    public override Task<Wire.ProposeOverturnResponse> ProposeOverturn(
        Wire.ProposeOverturnRequest request, ServerCallContext context)
    {
        var caller = context.Call().Caller;
        return MoveAsync(context, request, request.WishId, WishMove.ProposeOverturn, Reason(request.Reason),
            m =>
            {
                DemandNotImported(m.Sight.Wish);
                var proposed = m.Sight.Wish.After(WishMove.ProposeOverturn) with { OverturnBy = caller.PersonId };
                return m.Sight.Wish.OverturnBy is null
                    ? proposed
                    : throw Refuse.Taken("OVERTURN_PROPOSED", "已经有人提出过了。");
            },
            wish => new Wire.ProposeOverturnResponse { Wish = wish });
    }

    public override Task<Wire.OverturnWishResponse> OverturnWish(
        Wire.OverturnWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        return MoveAsync(context, request, request.WishId, WishMove.Overturn, Reason(request.Reason),
            m =>
            {
                var overturned = m.Sight.Wish.Opened(WishMove.Overturn, m.Rules, m.CanClimb, m.Now);
                return m.Sight.Wish.OverturnBy switch
                {
                    null => throw Refuse.Premature("OVERTURN_NOT_PROPOSED", "还没有人提出撤销认定。"),
                    var proposer when proposer == call.Caller.PersonId =>
                        throw Refuse.Denied("SECOND_PERSON_NEEDED", "需要另一位工作人员决定。"),
                    _ => overturned,
                };
            },
            wish => new Wire.OverturnWishResponse { Wish = wish },
            also: async (m, overturned) =>
            {
                if (m.Sight.Wish.Rating is not null)
                {
                    await EndRatingAsync(call, m, overturned);
                }

                await payment.TakeBackAsync(m.Db, m.Sight.Wish, Cause(call, m, WishMove.Overturn));
            });
    }

    /// <summary>The entry of a move, for what else it causes.</summary>
    private static JournalEntry Cause(Call call, WishMoving m, WishMove move) => JournalEntry.By(
        call, WishEntry.Name(m.Actor), WishEntry.Kind(move), "wish", m.Sight.Wish.Id, m.Sight.Wish.UnitId, new { });

    /// <summary>What another system answered is not ours to overturn.</summary>
    private static void DemandNotImported(Wish wish)
    {
        if (wish.Origin == WishOrigin.Import)
        {
            throw Refuse.Premature("WISH_IMPORTED", "导入的历史记录不能撤销认定。");
        }
    }
}
