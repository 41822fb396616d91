using Microsoft.Extensions.DependencyInjection;
using WuWei.Jobs;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Inbox;

/// <summary>Looking into inboxes.</summary>
public static class InboxSteps
{
    public static async Task<IReadOnlyList<Wire.InboxItem>> InboxAsync(this Actor actor, bool unreadOnly = false) =>
        (await actor.Inbox.ListInboxAsync(new() { PageSize = 100, UnreadOnly = unreadOnly })).Items;

    /// <summary>What happened, the newest first.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(this Actor actor) =>
        [.. (await actor.InboxAsync()).Select(i => i.Event)];

    public static async Task<int> UnreadAsync(this Actor actor) =>
        (await actor.Inbox.CountUnreadAsync(new())).Unread;

    /// <summary>Binds a WeChat account in the mini program.</summary>
    public static async Task BindAsync(this Actor actor, TestWeChat weChat) => await actor.WeChat.BindWeChatAsync(
        new() { AppId = weChat.Mini, Code = weChat.Code($"{actor.PersonId}") });

    /// <summary>Taps "allow" so often: WeChat knows, and the mini program tells.</summary>
    public static async Task AllowAsync(this Actor actor, TestWeChat weChat, int times = 1, bool known = true)
    {
        for (var i = 0; i < times; i++)
        {
            await actor.Inbox.AllowMessagesAsync(new() { AppId = weChat.Mini, TemplateIds = { weChat.Template } });
        }

        if (known)
        {
            weChat.Stub.WeChat.Allow(weChat.Mini, $"{actor.PersonId}", weChat.Template, times);
        }
    }

    public static async Task<int> RemainingAsync(this Actor actor) =>
        (await actor.Inbox.GetInboxPreferencesAsync(new())).Templates.Single().Remaining;

    /// <summary>One job, once.</summary>
    public static Task<int> RunAsync<T>(this IServiceProvider services)
        where T : IJob => services.GetServices<IJob>().OfType<T>().Single().RunAsync(CancellationToken.None);

    /// <summary>What has happened is told, and the messages that tell of it go out.</summary>
    public static async Task DeliverAsync(this TestServer server)
    {
        await server.RunJobsAsync();
        server.Clock.Advance(TimeSpan.FromSeconds(31));
        await server.RunJobsAsync();
    }
}
