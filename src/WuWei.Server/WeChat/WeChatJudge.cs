using Microsoft.Extensions.Options;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>
/// WeChat as a judge of what residents write and photograph. It looks only at what somebody made who is bound to a mini
/// program of ours and was in it within two hours: signed in there then, or says to have written it there.
/// </summary>
public sealed class WeChatJudge(
    WeChatOptions options, IWeChat weChat, Database database, PersonalData personalData,
    IOptions<ContentCheckOptions> checkOptions, TimeProvider clock) : IContentJudge
{
    private const int TextLengthMax = 2_500;

    /// <summary>A little less than WeChat's two hours: it looks some moments later.</summary>
    private static readonly TimeSpan ActiveWithin = TimeSpan.FromMinutes(118);

    private static readonly Judgement NotApplicable = new(Opinion.NotApplicable);
    private static readonly Judgement Away = new(Opinion.Away);

    public async Task<Judgement> JudgeTextAsync(ContentCheck check, string text, CancellationToken cancel)
    {
        if (Faults.Length(text) > TextLengthMax || await FindAuthorAsync(check, cancel) is not { } author)
        {
            return NotApplicable;
        }

        try
        {
            return new(OpinionOf(
                await weChat.CheckTextAsync(author.App, author.OpenId, SceneOf(check.Kind), text, cancel)));
        }
        catch (RefusedException)
        {
            return Away;
        }
    }

    public async Task<Judgement> JudgePictureAsync(ContentCheck check, string link, CancellationToken cancel)
    {
        // Nobody would hear a verdict on it.
        if (checkOptions.Value.PublicAddress is not { } address
            || await FindAuthorAsync(check, cancel) is not { App.PushToken.Length: > 0 } author)
        {
            return NotApplicable;
        }

        try
        {
            return await weChat.CheckPictureAsync(
                author.App, author.OpenId, SceneOf(check.Kind), new Uri(address, link), cancel) is { } trace
                    ? new Judgement(Opinion.Later, author.App.Id, trace)
                    : NotApplicable;
        }
        catch (RefusedException)
        {
            return Away;
        }
    }

    public static Opinion OpinionOf(WeChatSuggestion suggestion) => suggestion switch
    {
        WeChatSuggestion.Pass => Opinion.Pass,
        WeChatSuggestion.Review => Opinion.Review,
        WeChatSuggestion.Risky => Opinion.Risky,
        _ => Opinion.NotApplicable,
    };

    private static WeChatScene SceneOf(ContentKind kind) => kind switch
    {
        ContentKind.Name => WeChatScene.Profile,
        ContentKind.Wish or ContentKind.Activity => WeChatScene.Forum,
        ContentKind.Picture or ContentKind.Message => WeChatScene.Social,
        _ => WeChatScene.Comment,
    };

    private async Task<(WeChatApp App, string OpenId)?> FindAuthorAsync(ContentCheck check, CancellationToken cancel)
    {
        var since = clock.Now() - ActiveWithin;
        var there = await database.ReadAsync(
            db => db.ListPresencesAsync(personalData, check.AuthorId), cancel);
        foreach (var presence in there)
        {
            // What a client says of its channel is never trusted for rights; here WeChat itself knows better.
            if ((presence.ActiveAt > since || (check.Channel == Channel.Weapp && check.MadeAt > since))
                && options.Apps.FirstOrDefault(a => a.Id == presence.AppId) is { Kind: WeChatAppKind.MiniProgram } app)
            {
                return (app, presence.OpenId);
            }
        }

        return null;
    }
}
