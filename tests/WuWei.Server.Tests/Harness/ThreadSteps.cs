using WuWei.ContentChecks;

namespace WuWei.Tests.Harness;

/// <summary>Walks a thread to where a test begins.</summary>
public static class ThreadSteps
{
    /// <summary>A wish that somebody claimed.</summary>
    public static async Task<string> ClaimedAsync(this Actor maker, World world, Actor claimer, Actor staff)
    {
        var id = await maker.OpenAsync(world.Request(), staff);
        await claimer.ClaimAsync(id);
        return id;
    }

    /// <summary>The thread of a wish's claim, as somebody sees it; a thread has the id of its claim.</summary>
    public static async Task<Wire.Thread> ThreadAsync(this string wishId, Actor reader)
    {
        var wish = (await reader.Wishes.GetWishAsync(new() { WishId = wishId })).Wish;
        return (await reader.Threads.GetThreadAsync(new() { ThreadId = wish.Claim.Id })).Thread;
    }

    /// <summary>A message in the thread of a wish's claim, not checked yet; its id.</summary>
    public static async Task<string> SayToAsync(this Actor author, string wishId, string text) =>
        (await author.Threads.SendMessageAsync(new() { ThreadId = (await wishId.ThreadAsync(author)).Id, Text = text }))
        .Message.Id;

    /// <summary>A message that was checked; its id.</summary>
    public static async Task<string> SayAsync(
        this Actor author, World world, string threadId, string text, ContentState state = ContentState.Passed)
    {
        var sent = await author.Threads.SendMessageAsync(new() { ThreadId = threadId, Text = text });
        await world.JudgeAsync(sent.Message.Id, state);
        return sent.Message.Id;
    }

    /// <summary>The same a second later, so that messages have an order.</summary>
    public static Task<string> SayAsync(this Actor author, TestServer server, World world, string threadId, string text)
    {
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        return author.SayAsync(world, threadId, text);
    }

    public static async Task<IReadOnlyList<Wire.Message>> MessagesAsync(this Actor reader, string threadId) =>
        (await reader.Threads.ListMessagesAsync(new() { ThreadId = threadId })).Messages;

    public static async Task<Wire.ThreadReport> ReportAsync(this Actor reporter, string threadId, string messageId = "") =>
        (await reporter.Threads.ReportMessageAsync(
            new() { ThreadId = threadId, MessageId = messageId, Reason = "说话不文明" })).Report;
}
