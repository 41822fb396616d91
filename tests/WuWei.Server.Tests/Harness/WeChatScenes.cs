using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on WeChat accounts.</summary>
public static class WeChatScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Of("SignInWeChat", cast => SignIn(cast.World.WeChat)),
        new("WeChatService/SignInWeChatPhone", "", async cast =>
        {
            var shown = await cast.World.Nobody.WeChat.SignInWeChatAsync(SignIn(cast.World.WeChat));
            var sms = await cast.World.CodeSignInAsync(World.NewPhone());
            return new Wire.SignInWeChatPhoneRequest
            {
                Ticket = shown.PhoneNeeded.Ticket,
                Sms = new() { ChallengeId = sms.ChallengeId, Code = sms.Code },
            };
        }),
        Of("BindWeChat", cast => new Wire.BindWeChatRequest
        {
            AppId = cast.World.WeChat.Mini,
            Code = cast.World.WeChat.Code($"{Guid.NewGuid():n}"),
        }),
        new("WeChatService/UnbindWeChat", "the maker's", async cast =>
        {
            var weChat = cast.World.WeChat;
            await cast.Maker.WeChat.BindWeChatAsync(
                new() { AppId = weChat.Site, Code = weChat.SiteCode($"{cast.Maker.PersonId}") });
            return new Wire.UnbindWeChatRequest { AppId = weChat.Site };
        }),
        Of("ListMyWeChat", _ => new Wire.ListMyWeChatRequest()),
    ];

    /// <summary>Somebody whom nobody knows.</summary>
    private static Wire.SignInWeChatRequest SignIn(TestWeChat weChat) =>
        new() { AppId = weChat.Mini, Code = weChat.Code($"{Guid.NewGuid():n}") };

    private static Scene Of(string rpc, Func<WishCast, IMessage> request) =>
        new($"WeChatService/{rpc}", "", cast => Task.FromResult(request(cast)));
}
