using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>Walks a wish to where a test begins.</summary>
public static class WishSteps
{
    public static Wire.MakeWishRequest Request(this World world, Guid? unit = null, string category = "misc") => new()
    {
        UnitId = (unit ?? world.Community).ToString(),
        CategoryId = world.Category(category).Id.ToString(),
        Title = "楼道灯坏了",
        Text = "三单元二楼的灯不亮，晚上上楼看不清台阶。",
        EffortMinutes = 30,
        Contact = new() { Name = "王小明", Phone = "13912345678", Address = "云栖里3幢2单元502室" },
    };

    /// <summary>Waiting for review.</summary>
    public static async Task<string> MakeAsync(this Actor maker, Wire.MakeWishRequest request) =>
        (await maker.Wishes.MakeWishAsync(request)).Wish.Id;

    public static async Task<string> OpenAsync(this Actor maker, Wire.MakeWishRequest request, Actor staff)
    {
        var id = await maker.MakeAsync(request);
        await staff.Wishes.ApproveWishAsync(new() { WishId = id });
        return id;
    }

    public static async Task ClaimAsync(this Actor claimer, string wishId, ClaimerKind kind = ClaimerKind.Neighbour) =>
        await claimer.Wishes.ClaimWishAsync(new() { WishId = wishId, Kind = (Wire.ClaimerKind)kind });

    public static async Task DeliverAsync(this Actor claimer, string wishId) =>
        await claimer.Wishes.DeliverWishAsync(new() { WishId = wishId, Note = "灯泡换好了，试过两次。" });

    /// <param name="rating">0: none.</param>
    public static async Task ConfirmAsync(this Actor maker, string wishId, int rating = 0) =>
        await maker.Wishes.ConfirmWishAsync(new() { WishId = wishId, Rating = rating, Comment = "谢谢！" });
}
