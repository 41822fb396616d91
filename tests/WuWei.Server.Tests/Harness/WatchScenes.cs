using Google.Protobuf;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>Following wishes, and those that are alike.</summary>
public static class WatchScenes
{
    private static readonly (string Name, Wire.WishVisibility Visibility, string Category)[] Kinds =
    [
        ("public", Wire.WishVisibility.Public, "misc"), ("private", Wire.WishVisibility.Private, "misc"),
        ("sensitive", Wire.WishVisibility.Public, "rights"),
    ];

    public static IEnumerable<Scene> All() =>
    [
        .. Kinds.Select(kind => new Scene("WatchService/WatchWish", $"a {kind.Name} wish", async cast =>
            new Wire.WatchWishRequest { WishId = await OpenAsync(Of(cast, kind)) })),
        new("WatchService/UnwatchWish", "what the maker follows", async cast =>
            new Wire.UnwatchWishRequest { WishId = await FollowedAsync(cast) }),
        new("WatchService/ListWatched", "", async cast =>
        {
            await FollowedAsync(cast with { Visibility = Wire.WishVisibility.Private });
            return new Wire.ListWatchedRequest();
        }),
        .. Kinds.Select(kind => new Scene("WatchService/SuggestDuplicates", $"like a {kind.Name} wish", async cast =>
        {
            var ours = Of(cast, kind);
            await OpenAsync(ours);
            return new Wire.SuggestDuplicatesRequest { UnitId = $"{cast.World.Community}", Title = ours.Request().Title };
        })),
        .. Kinds.Select(kind => new Scene("WatchService/MergeWish", $"a {kind.Name} wish into a public one", async cast =>
            new Wire.MergeWishRequest
            {
                WishId = await OpenAsync(Of(cast, kind)),
                IntoWishId = await OpenAsync(cast),
                Reason = "同一件事",
            })
        { Entries = 2 }),
    ];

    private static WishCast Of(WishCast cast, (string Name, Wire.WishVisibility Visibility, string Category) kind) =>
        cast with { Visibility = kind.Visibility, Category = kind.Category };

    private static async Task<string> FollowedAsync(WishCast cast)
    {
        var id = await OpenAsync(cast);
        await cast.Maker.Watches.WatchWishAsync(new() { WishId = id });
        return id;
    }

    private static Task<string> OpenAsync(WishCast cast) => cast.WishAsync(WishStatus.Open);
}
