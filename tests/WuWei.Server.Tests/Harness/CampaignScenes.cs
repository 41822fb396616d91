using Google.Protobuf.WellKnownTypes;

namespace WuWei.Tests.Harness;

/// <summary>Calls on the board of a festival; the claimer of the cast, a volunteer, made it.</summary>
public static class CampaignScenes
{
    public static IEnumerable<Scene> All() => [.. On("published", published: true), .. On("a draft", published: false)];

    private static IEnumerable<Scene> On(string on, bool published) =>
    [
        new("CampaignService/GetCampaignBoard", on, async cast =>
            new Wire.GetCampaignBoardRequest { ActivityId = await FestivalAsync(cast, published) }),
        new("CampaignService/ListAroundMeInCampaign", on, async cast =>
            new Wire.ListAroundMeInCampaignRequest { ActivityId = await FestivalAsync(cast, published) }),
    ];

    /// <summary>A festival's or campaign's form: a period and no shifts.</summary>
    public static Wire.ActivityForm Festival(this World world, DateTime startsAt, DateTime endsAt)
    {
        var form = world.Activity();
        form.Kind = Wire.ActivityKind.Festival;
        form.Shifts.Clear();
        form.StartsAt = Timestamp.FromDateTime(startsAt);
        form.EndsAt = Timestamp.FromDateTime(endsAt);
        return form;
    }

    private static async Task<string> FestivalAsync(WishCast cast, bool published)
    {
        var draft = await cast.Claimer.DraftAsync(
            cast.World.Festival(cast.World.Now.AddDays(1), cast.World.Now.AddDays(10)));
        if (published)
        {
            await cast.Claimer.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
            await cast.SecondStaff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id });
        }

        return draft.Id;
    }
}
