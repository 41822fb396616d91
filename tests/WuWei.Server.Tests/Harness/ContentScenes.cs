using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on what was written and is checked: a note with which the claimer of the cast delivers.</summary>
public static class ContentScenes
{
    private const string Reason = "有理由";
    private const int LooksMax = 200;
    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(50);

    public static IEnumerable<Scene> All() =>
    [
        new("ContentCheckService/ListContentReviews", "", async cast =>
        {
            await QueuedAsync(cast);
            return new Wire.ListContentReviewsRequest { UnitId = $"{cast.World.Community}", PageSize = 50 };
        })
        {
            // Other scenes decide on what it lists.
            AnswersAnew = true,
        },
        new("ContentCheckService/ReviewContent", "", async cast =>
        {
            var queued = await QueuedAsync(cast);
            return new Wire.ReviewContentRequest
            {
                Choices = { new Wire.ContentChoice { Id = queued.Id, Version = queued.Version } },
            };
        }),
        new("ContentCheckService/ListMyContent", "", cast => Task.FromResult<IMessage>(new Wire.ListMyContentRequest())),
        new("ContentCheckService/AppealContent", "the claimer's", async cast =>
            new Wire.AppealContentRequest { Id = await RefusedAsync(cast), Reason = Reason }),
        new("ContentCheckService/ListContentAppeals", "", async cast =>
        {
            await AppealedAsync(cast);
            return new Wire.ListContentAppealsRequest { UnitId = $"{cast.World.Community}" };
        }),
        new("ContentCheckService/DecideContentAppeal", "", async cast =>
            new Wire.DecideContentAppealRequest { Id = await AppealedAsync(cast), Admit = true, Answer = Reason }),
    ];

    /// <summary>The claimer's note waits for staff. Scenes are played at once: another one may be having it checked.</summary>
    public static async Task<Wire.ContentReview> QueuedAsync(this WishCast cast)
    {
        var wish = await cast.WishForAsync("ConfirmWish");
        for (var looks = 0; looks < LooksMax; looks++)
        {
            await cast.World.CheckContentAsync();
            if (await FindQueuedAsync(cast, wish) is { } queued)
            {
                return queued;
            }

            await Task.Delay(LookedAtEvery);
        }

        throw new InvalidOperationException("The note never came to staff.");
    }

    private static async Task<Wire.ContentReview?> FindQueuedAsync(WishCast cast, string wish)
    {
        var page = "";
        do
        {
            var reviews = await cast.Staff.ContentChecks.ListContentReviewsAsync(
                new() { UnitId = $"{cast.World.Community}", PageSize = 50, PageToken = page });
            if (reviews.Reviews.FirstOrDefault(r => r.PartOf == wish) is { } queued)
            {
                return queued;
            }

            page = reviews.NextPageToken;
        }
        while (page.Length > 0);

        return null;
    }

    private static async Task<string> RefusedAsync(WishCast cast)
    {
        var queued = await QueuedAsync(cast);
        await cast.Staff.ContentChecks.ReviewContentAsync(new()
        {
            Choices =
            {
                new Wire.ContentChoice
                {
                    Id = queued.Id,
                    Version = queued.Version,
                    Reason = Wire.RefusalReason.Other,
                    ReasonText = Reason,
                },
            },
        });
        return queued.Id;
    }

    private static async Task<string> AppealedAsync(WishCast cast)
    {
        var id = await RefusedAsync(cast);
        await cast.Claimer.ContentChecks.AppealContentAsync(new() { Id = id, Reason = Reason });
        return id;
    }
}
