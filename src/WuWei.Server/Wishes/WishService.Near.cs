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
        return await database.ReadAsync(async db =>
        {
            var page = await db.ListWishesNearAsync(around, call.Now);
            var wishes = await ListedAsync(db, page.Rows, tree, call);
            return new Wire.ListWishesNearResponse
            {
                Wishes =
                {
                    page.Rows.Zip(wishes, (row, wish) => new Wire.NearWish
                    {
                        Wish = wish,
                        DistanceMetres = around.MetresTo(GridCell.OfNumber(row.Cell!.Value)),
                    }),
                },
                NextPageToken = $"{page.Next}",
            };
        }, context.CancellationToken);
    }
}
