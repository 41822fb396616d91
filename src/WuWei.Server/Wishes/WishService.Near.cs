using WuWei.Calls;
using WuWei.Places;

namespace WuWei.Wishes;

/// <summary>Open wishes around a point.</summary>
public sealed partial class WishService
{
    public override async Task<Wire.ListWishesNearResponse> ListWishesNear(
        Wire.ListWishesNearRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var around = Around.Read(request);
        var tree = await units.TreeAsync(context.CancellationToken);
        var page = await database.ReadAsync(db => db.ListWishesNearAsync(around, call.Now), context.CancellationToken);
        return new Wire.ListWishesNearResponse
        {
            Wishes =
            {
                page.Rows.Select(wish => new Wire.NearWish
                {
                    Wish = WishSight.Of(wish, tree, call).Listed(personalData),
                    DistanceMetres = around.MetresTo(GridCell.OfNumber(wish.Cell!.Value)),
                }),
            },
            NextPageToken = $"{page.Next}",
        };
    }
}
