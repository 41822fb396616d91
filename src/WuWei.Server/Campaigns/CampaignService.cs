using WuWei.Activities;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Campaigns;

/// <summary>The wire of campaigns.proto.</summary>
public sealed class CampaignService(Database database, Units units, CampaignReader reader)
    : Wire.CampaignService.CampaignServiceBase
{
    private const int EachSideDefault = 5;
    private const int EachSideMax = 20;

    public override async Task<Wire.GetCampaignBoardResponse> GetCampaignBoard(
        Wire.GetCampaignBoardRequest request, ServerCallContext context)
    {
        var top = RangeOf("top", request.Top, CampaignReader.TopMax, CampaignReader.TopMax);
        var campaign = await SeeAsync(context, request.ActivityId);
        return await reader.TopAsync(campaign, top, context.CancellationToken);
    }

    public override async Task<Wire.ListAroundMeInCampaignResponse> ListAroundMeInCampaign(
        Wire.ListAroundMeInCampaignRequest request, ServerCallContext context)
    {
        var eachSide = RangeOf("each_side", request.EachSide, EachSideDefault, EachSideMax);
        var campaign = await SeeAsync(context, request.ActivityId);
        return new Wire.ListAroundMeInCampaignResponse
        {
            Board = await reader.AroundAsync(
                campaign, context.Call().Caller.PersonId, eachSide, context.CancellationToken),
        };
    }

    /// <summary>The festival or campaign, if the caller may see it.</summary>
    private async Task<CampaignSpan> SeeAsync(ServerCallContext context, string activityId)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", activityId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var campaign = await database.ReadAsync(
            db => db.FindActivityAsync(id, call.Caller.PersonId), context.CancellationToken) ?? throw ActivityService.Unknown();
        var sight = ActivitySight.Of(campaign, tree, call);
        if (!sight.Visible)
        {
            throw ActivityService.Unknown();
        }

        call.Demand(sight.Relation, sight.Unit.Path);
        return campaign.Kind is ActivityKind.Festival or ActivityKind.Campaign
            ? new CampaignSpan(id, campaign.StartsAt, campaign.EndsAt)
            : throw Refuse.Premature("CAMPAIGN_NONE", "只有节庆和主题活动有自己的排行榜。");
    }

    private static int RangeOf(string field, int asked, int byDefault, int max)
    {
        var faults = new Faults();
        var value = faults.Range(field, asked == 0 ? byDefault : asked, 1, max);
        faults.ThrowIfAny("CAMPAIGN_RANGE", "人数不对，请检查。");
        return value;
    }
}
