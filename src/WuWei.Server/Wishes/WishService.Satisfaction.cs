using WuWei.Calls;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>What beneficiaries think of it, and what staff do when they think little.</summary>
public sealed partial class WishService
{
    public override Task<Wire.RateWishResponse> RateWish(Wire.RateWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var rating = RatingOf(request.Rating) ?? throw NoRating();
        var comment = Faults.TextOf("comment", request.Comment, 0, ReasonLengthMax);
        return MoveAsync(context, request, request.WishId, WishMove.Rate, comment,
            m =>
            {
                DemandBeneficiary(m.Sight);
                return m.Sight.Wish.Rated(rating, m.Now);
            },
            wish => new Wire.RateWishResponse { Wish = wish },
            also: (m, rated) =>
            {
                QueueRating(call, m, rated);
                return payment.PayRatedAsync(m.Db, rated, m.Tree, m.PointsRules, Cause(call, m, WishMove.Rate));
            });
    }

    public override async Task<Wire.GetSatisfactionResponse> GetSatisfaction(
        Wire.GetSatisfactionRequest request, ServerCallContext context)
    {
        var call = context.Call();
        if (request.PersonId.Length == 0)
        {
            call.DemandNothing();
            return Reply(await database.ReadAsync(
                db => db.GetSatisfactionAsync(call.Caller.PersonId), context.CancellationToken));
        }

        var claimerId = Faults.IdOf("person_id", request.PersonId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.DemandOversight(unit.Path);
        return Reply(await database.ReadAsync(
            db => db.GetSatisfactionAsync(claimerId, unit.Id), context.CancellationToken));

        Wire.GetSatisfactionResponse Reply(Satisfaction satisfaction) =>
            new() { Satisfaction = satisfaction.ToWire(options.Value.RatingsMin) };
    }

    public override async Task<Wire.ListFollowUpsResponse> ListFollowUps(
        Wire.ListFollowUpsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? null : PageToken.Read(request.PageToken);
        var (followUps, next) = await database.ReadAsync(
            db => db.ListFollowUpsAsync(unit.Id, request.Closed, after, size), context.CancellationToken);
        return new Wire.ListFollowUpsResponse
        {
            FollowUps =
            {
                // The lists of units that moved follow within moments; rights do at once.
                followUps.Where(f => call.Oversees(tree.Get(f.UnitId).Path))
                    .Select(f => f.ToWire(personalData, call.Now)),
            },
            NextPageToken = next?.ToString() ?? "",
        };
    }

    public override Task<Wire.CloseFollowUpResponse> CloseFollowUp(
        Wire.CloseFollowUpRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var outcome = Faults.EnumOf<FollowUpOutcome>((int)request.Outcome);
        if (outcome is null or FollowUpOutcome.Overturned)
        {
            throw Refuse.Invalid(
                "FOLLOW_UP_OUTCOME", "请选择回访的结果。", new FieldFault("outcome", "必选。"));
        }

        return MoveAsync(context, request, request.WishId, WishMove.FollowUp,
            Faults.TextOf("note", request.Note, ReasonLengthMin, ReasonLengthMax),
            m =>
            {
                var followed = m.Sight.Wish.After(WishMove.FollowUp);
                return m.Sight.Wish.ClaimerId == call.Caller.PersonId
                    ? throw Refuse.Denied("WISH_OWN_CLAIM", "自己认领的心愿要请同事回访。")
                    : followed;
            },
            wish => new Wire.CloseFollowUpResponse { Wish = wish },
            also: async (m, followed) =>
            {
                if (!await TryCloseAsync(call, m, followed, outcome.Value))
                {
                    throw Refuse.Premature("FOLLOW_UP_NONE", "这个心愿没有待处理的回访。");
                }
            });
    }

    /// <summary>A rating stands for its claimer; a low one is for staff to look into from the same moment.</summary>
    private void QueueRating(Call call, WishMoving m, Wish rated)
    {
        m.Db.QueueRating(rated);
        if (rated.Rating <= options.Value.LowRatingMax)
        {
            var (id, dueAt) = (clock.NewId(), m.Now + FollowUp.DueAfter);
            m.Db.QueueFollowUp(id, rated, m.Now, dueAt);
            m.Db.Record(JournalEntry.By(
                call, WishEntry.Name(m.Actor), "FOLLOW_UP_OPENED", "follow_up", id, rated.UnitId,
                new { wishId = rated.Id, rated.Rating, dueAt }));
        }
    }

    /// <summary>What was said of a wish that was not kept after all counts for nobody and is settled.</summary>
    private static async Task EndRatingAsync(Call call, WishMoving m, Wish overturned)
    {
        m.Db.QueueRatingEnd(overturned.Id);
        await TryCloseAsync(call, m, overturned, FollowUpOutcome.Overturned);
    }

    private static async Task<bool> TryCloseAsync(Call call, WishMoving m, Wish after, FollowUpOutcome outcome)
    {
        if (await m.Db.FindOpenFollowUpAsync(after.Id) is not { } id)
        {
            return false;
        }

        m.Db.QueueFollowUpEnd(id, after, outcome, call.Caller.PersonId, m.Now);
        m.Db.Record(JournalEntry.By(
            call, WishEntry.Name(m.Actor), "FOLLOW_UP_CLOSED", "follow_up", id, after.UnitId,
            new { wishId = after.Id, outcome = outcome.ToString() }));
        return true;
    }

    /// <summary>Null for none.</summary>
    private static int? RatingOf(int rating) =>
        rating is < 0 or > Satisfaction.RatingMax ? throw NoRating() : rating == 0 ? null : rating;

    private static RefusedException NoRating() => Refuse.Invalid(
        "RATING_RANGE", $"请打 1 到 {Satisfaction.RatingMax} 分。",
        new FieldFault("rating", $"1 到 {Satisfaction.RatingMax}。"));

    private static void DemandBeneficiary(WishSight sight)
    {
        if (!sight.Wish.IsRatedBy(sight.Relation))
        {
            throw Refuse.Denied("RATING_NOT_YOURS", "只有受益人自己可以评分。");
        }
    }
}
