using System.Text.Json;
using Microsoft.Extensions.Options;
using WuWei.Activities;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Registry;
using WuWei.Wishes;

namespace WuWei.Recommendations;

/// <summary>The wire of recommendations.proto.</summary>
public sealed partial class RecommendationService(
    Database database, PersonalData personalData, Units units, Categories categories, IOrganisationNames organisations,
    IOptions<WishOptions> options)
    : Wire.RecommendationService.RecommendationServiceBase
{
    private const int SimilarDays = 365;
    private const int OwnClaimsMax = 500;

    public override async Task<Wire.RecommendForMeResponse> RecommendForMe(
        Wire.RecommendForMeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var wants = Wants.Read(request);
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await categories.BookAsync(context.CancellationToken);
        var around = Neighbourhood.OfHome(tree, call.Caller.HomeUnitId);
        var found = await database.ReadAsync(
            async db => (IReadOnlyList<Recommended>)
            [
                .. await WishesAsync(db, call, wants, around, tree, book),
                .. await ActivitiesAsync(db, call, wants, around, tree),
            ], context.CancellationToken);
        return new Wire.RecommendForMeResponse
        {
            Recommendations = { Recommended.Best(found, wants.Count).Select(r => ToWire(r, tree, call)) },
        };
    }

    private async Task<IEnumerable<Recommended>> WishesAsync(
        DbSession db, Call call, Wants wants, Neighbourhood around, UnitTree tree, CategoryBook book)
    {
        var caller = call.Caller;
        if (await db.CountInHandAsync(caller.PersonId) >= options.Value.ClaimsMax)
        {
            return [];
        }

        var wishes = await db.ListWishesToTakeAsync(
            (around.Community, around.Street, around.District), caller, wants.MinutesFree, wants.RemoteOnly, call.Now);
        var kept = (await db.CountKeptOfCategoryAsync(
            Json([caller.PersonId]), categoryId: null, call.Now.AddDays(-SimilarDays), options.Value.LowRatingMax,
            OwnClaimsMax)).ToDictionary(k => k.CategoryId, k => k.Kept);
        var actingIn = await db.ListActingUnitsAsync(caller.PersonId, call.Now);
        HeldRole[] roles = [.. caller.Roles.Where(r => r.IsInForce(call.Now))];
        return wishes.Select(wish =>
        {
            var sight = WishSight.Of(wish, tree, call);
            var reach = new ClaimReach(sight.Wish, tree, wish.Offered);
            return RecommendedWish.Of(
                sight.Wish, sight.Unit,
                reach.KindsOf(book.RulesOf(wish.CategoryId), caller.HomeUnitId, roles, actingIn), around, kept.GetValueOrDefault(wish.CategoryId), call.Now);
        }).OfType<RecommendedWish>();
    }

    private async Task<IEnumerable<Recommended>> ActivitiesAsync(
        DbSession db, Call call, Wants wants, Neighbourhood around, UnitTree tree)
    {
        var personId = call.Caller.PersonId;
        var activities = await db.ListActivitiesToTakeAsync(
            (around.Community, around.Street, around.District), personId, wants.Ages, wants.RemoteOnly, call.Now);
        var openings = (await db.ListOpeningsAsync(
            Json(activities.Select(a => a.Id)), personId, wants.MinutesFree, call.Now)).ToLookup(o => o.ActivityId);
        Guid[] hosts = [.. activities.Select(a => a.OrganisationId).OfType<Guid>().Distinct()];
        var names = hosts.Length == 0 ? null : await organisations.NamesAsync(db, hosts);
        return activities
            .Select(a => a with
            {
                OrganisationName = a.OrganisationId is { } host ? names?.GetValueOrDefault(host) : null,
            })
            .Select(a => RecommendedActivity.Of(a, tree.Get(a.UnitId), [.. openings[a.Id]], around, wants))
            .OfType<RecommendedActivity>();
    }

    private Wire.Recommendation ToWire(Recommended recommended, UnitTree tree, Call call)
    {
        var wire = new Wire.Recommendation
        {
            Weight = recommended.Weight,
            Reasons = { recommended.Reasons.Select(ToWire) },
        };
        switch (recommended)
        {
            case RecommendedWish wish:
                wire.Wish = WishSight.Of(wish.Wish, tree, call).Listed(personalData);
                wire.Kinds.AddRange(wish.Kinds.Select(k => (Wire.ClaimerKind)k));
                break;
            case RecommendedActivity activity:
                wire.Activity = ActivitySight.Of(activity.Activity, tree, call).Listed();
                wire.SkillsMissing.AddRange(activity.SkillsMissing);
                wire.CourseMissing = activity.CourseMissing ?? "";
                break;
        }

        return wire;
    }

    private static Wire.FitReason ToWire(FitReason reason) => new()
    {
        Kind = (Wire.FitKind)reason.Kind,
        Number = reason.Number,
        Text = reason.Text,
        Weight = reason.Weight,
    };

    private static string Json(IEnumerable<Guid> ids) => JsonSerializer.Serialize(ids.Select(id => id.ToString("n")));
}
