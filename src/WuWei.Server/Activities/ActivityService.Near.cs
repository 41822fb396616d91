using WuWei.Calls;
using WuWei.Places;

namespace WuWei.Activities;

/// <summary>Activities around a point that one may still join.</summary>
public sealed partial class ActivityService
{
    public override async Task<Wire.ListActivitiesNearResponse> ListActivitiesNear(
        Wire.ListActivitiesNearRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var around = Around.Read(request);
        var tree = await units.TreeAsync(context.CancellationToken);
        var page = await database.ReadAsync(
            async db =>
            {
                var found = await db.ListActivitiesNearAsync(around, call.Caller.PersonId);
                return found with { Rows = await NamedAsync(db, found.Rows) };
            }, context.CancellationToken);
        return new Wire.ListActivitiesNearResponse
        {
            Activities =
            {
                page.Rows.Select(activity => new Wire.NearActivity
                {
                    Activity = ActivitySight.Of(activity, tree, call).Listed(),
                    DistanceMetres = around.MetresTo(activity.Cell!.Value),
                }),
            },
            NextPageToken = $"{page.Next}",
        };
    }
}
