using WuWei.Activities;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Recommendations;

/// <summary>Helpers for a wish.</summary>
public sealed partial class RecommendationService
{
    /// <summary>Of each helper, the last claims that are looked at.</summary>
    private const int ClaimsOfHelperMax = 50;

    public override async Task<Wire.RecommendHelpersResponse> RecommendHelpers(
        Wire.RecommendHelpersRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        Guid? skillId = request.SkillId.Length == 0 ? null : Faults.IdOf("skill_id", request.SkillId);
        var faults = new Faults();
        var count = Wants.CountOf(request.Count, faults);
        Wants.ThrowIfAny(faults);
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await categories.BookAsync(context.CancellationToken);
        var fitting = await database.ReadAsync(async db =>
        {
            var wish = await db.FindWishAsync(id, call.Caller.PersonId, call.Now) ?? throw WishService.Unknown();
            var sight = WishSight.Of(wish, tree, call);
            if (!sight.Visible)
            {
                throw WishService.Unknown();
            }

            call.Demand(sight.Relation, sight.Unit.Path);
            // Only what can be offered needs a helper.
            Wish.Next(wish.Status, WishMove.Offer);
            var skill = skillId is null
                ? null
                : (await db.ListSkillsAsync(tree.DistrictOf(sight.Unit).Id)).Find(s => s.Id == skillId)?.Name
                    ?? throw SkillStore.Unknown();
            var around = Neighbourhood.Of(tree, sight.Unit.Id);
            var helpers = await db.ListHelpersAsync(around, wish, skillId, options.Value.ClaimsMax, call.Now);
            var ids = Json(helpers.Select(h => h.Id));
            var roles = (await db.ListHelperRolesAsync(ids, call.Now)).ToLookup(r => r.PersonId);
            var kept = (await db.CountKeptOfCategoryAsync(
                ids, wish.CategoryId, call.Now.AddDays(-SimilarDays), options.Value.LowRatingMax, ClaimsOfHelperMax))
                .ToDictionary(k => k.PersonId, k => k.Kept);
            var rules = book.RulesOf(wish.CategoryId);
            return FittingHelper.Best(
                helpers
                    .Select(h => FittingHelper.Of(
                        h, roles[h.Id], sight, rules, tree, skill, kept.GetValueOrDefault(h.Id)))
                    .OfType<FittingHelper>(), count).ToList();
        }, context.CancellationToken);
        return new Wire.RecommendHelpersResponse { Helpers = { fitting.Select(ToWire) } };
    }

    private static Wire.FittingHelper ToWire(FittingHelper fitting) => new()
    {
        PersonId = fitting.Helper.Id.ToString(),
        Name = fitting.Helper.ShownName,
        Kinds = { fitting.Kinds.Select(k => (Wire.ClaimerKind)k) },
        Weight = fitting.Weight,
        Reasons = { fitting.Reasons.Select(ToWire) },
        InHand = fitting.Helper.InHand,
    };
}
