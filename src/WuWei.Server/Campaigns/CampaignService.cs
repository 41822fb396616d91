using WuWei.Activities;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Campaigns;

/// <summary>The wire of campaigns.proto.</summary>
public sealed class CampaignService(Database database, PersonalData personalData, Units units)
    : Wire.CampaignService.CampaignServiceBase
{
    private const int TopMax = 100;
    private const int EachSideDefault = 5;
    private const int EachSideMax = 20;

    public override async Task<Wire.GetCampaignBoardResponse> GetCampaignBoard(
        Wire.GetCampaignBoardRequest request, ServerCallContext context)
    {
        var top = RangeOf("top", request.Top, TopMax, TopMax);
        var board = await ReadAsync(
            context, request.ActivityId,
            (db, campaign, frozen) => db.ListTopAsync(campaign.Id, campaign.StartsAt, campaign.EndsAt, frozen, top));
        return new Wire.GetCampaignBoardResponse { Board = board };
    }

    public override async Task<Wire.ListAroundMeInCampaignResponse> ListAroundMeInCampaign(
        Wire.ListAroundMeInCampaignRequest request, ServerCallContext context)
    {
        var eachSide = RangeOf("each_side", request.EachSide, EachSideDefault, EachSideMax);
        var personId = context.Call().Caller.PersonId;
        var board = await ReadAsync(
            context, request.ActivityId,
            (db, campaign, frozen) => db.ListAroundAsync(
                campaign.Id, campaign.StartsAt, campaign.EndsAt, frozen, personId, eachSide),
            me: personId);
        return new Wire.ListAroundMeInCampaignResponse { Board = board };
    }

    private async Task<Wire.CampaignBoard> ReadAsync(
        ServerCallContext context, string activityId,
        Func<DbSession, Activity, bool, Task<List<CampaignPlace>>> list, Guid? me = null)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", activityId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var campaign = await db.FindActivityAsync(id, call.Caller.PersonId) ?? throw ActivityService.Unknown();
            var sight = ActivitySight.Of(campaign, tree, call);
            if (!sight.Visible)
            {
                throw ActivityService.Unknown();
            }

            call.Demand(sight.Relation, sight.Unit.Path);
            if (campaign.Kind is not (ActivityKind.Festival or ActivityKind.Campaign))
            {
                throw Refuse.Premature("CAMPAIGN_NONE", "只有节庆和主题活动有自己的排行榜。");
            }

            // Asked first: what is frozen in between is as it was live.
            var frozenAt = await db.FindFrozenAtAsync(id);
            var places = await list(db, campaign, frozenAt is not null);
            var names = await db.NamesOnBoardsAsync(personalData, places.Select(p => p.PersonId));
            return new Wire.CampaignBoard
            {
                ActivityId = id.ToString(),
                StartsAt = ActivitySight.Time(campaign.StartsAt),
                EndsAt = ActivitySight.Time(campaign.EndsAt),
                FrozenAt = ActivitySight.Time(frozenAt),
                Places = { places.Select(p => ToWire(p, names, me)) },
            };
        }, context.CancellationToken);
    }

    private static Wire.CampaignPlace ToWire(
        CampaignPlace place, IReadOnlyDictionary<Guid, string> names, Guid? me) => new()
        {
            Rank = place.Place,
            Name = names.GetValueOrDefault(place.PersonId, Person.Hidden),
            Minutes = place.Minutes,
            Me = place.PersonId == me,
        };

    private static int RangeOf(string field, int asked, int byDefault, int max)
    {
        var faults = new Faults();
        var value = faults.Range(field, asked == 0 ? byDefault : asked, 1, max);
        faults.ThrowIfAny("CAMPAIGN_RANGE", "人数不对，请检查。");
        return value;
    }
}
