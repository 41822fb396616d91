using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on the caller's own inbox.</summary>
public static class InboxScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Of("ListInbox", _ => new Wire.ListInboxRequest()),
        Of("CountUnread", _ => new Wire.CountUnreadRequest()),
        Of("MarkRead", _ => new Wire.MarkReadRequest { Ids = { $"{Guid.NewGuid()}" } }),
        Of("GetInboxPreferences", _ => new Wire.GetInboxPreferencesRequest()),
        Of("SetInboxPreferences", _ => new Wire.SetInboxPreferencesRequest { Preferences = new() { Digest = true } }),
        new("InboxService/AllowMessages", "the maker's", async cast =>
        {
            var weChat = cast.World.WeChat;
            await cast.Maker.WeChat.BindWeChatAsync(
                new() { AppId = weChat.Mini, Code = weChat.Code($"{cast.Maker.PersonId}") });
            return new Wire.AllowMessagesRequest { AppId = weChat.Mini, TemplateIds = { weChat.Template } };
        }),
    ];

    private static Scene Of(string rpc, Func<WishCast, IMessage> request) =>
        new($"InboxService/{rpc}", "", cast => Task.FromResult(request(cast)));
}
