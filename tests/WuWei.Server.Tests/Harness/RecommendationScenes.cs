using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>Calls on recommendations.</summary>
public static class RecommendationScenes
{
    public static IEnumerable<Scene> All() =>
    [
        new("RecommendationService/RecommendForMe", "", async cast =>
        {
            await cast.WishAsync(WishStatus.Open);
            return new Wire.RecommendForMeRequest { MinutesFree = 30, Here = AttendanceSteps.Here() };
        }),
        .. new[] { Wire.WishVisibility.Public, Wire.WishVisibility.Private }.Select(visibility => new Scene(
            "RecommendationService/RecommendHelpers", $"{visibility}", async cast => new Wire.RecommendHelpersRequest
            {
                WishId = await (cast with { Visibility = visibility }).WishAsync(WishStatus.Open),
            })),
    ];
}
