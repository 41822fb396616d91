namespace WuWei.Tests.Harness;

public static class ContentSteps
{
    /// <summary>Staff of the community refuse what waits there of this kind, of which there is one.</summary>
    /// <returns>The id of its check.</returns>
    public static async Task<string> RefuseWaitingAsync(this World world, Wire.ContentKind kind)
    {
        await world.CheckContentAsync();
        var review = (await world.WaitingAsync()).Single(r => r.Kind == kind);
        await (await world.StaffAsync(world.Community)).ContentChecks.ReviewContentAsync(new()
        {
            Choices =
            {
                new Wire.ContentChoice
                {
                    Id = review.Id,
                    Version = review.Version,
                    Reason = Wire.RefusalReason.Advertising,
                    ReasonText = "请不要做广告",
                },
            },
        });
        return review.Id;
    }
}
