using System.Globalization;
using System.Text;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>What came to the address that WeChat pushes to, unproven.</summary>
/// <param name="Body">Empty when WeChat only tries the address.</param>
public sealed record UnprovenPush(
    string Signature, string MessageSignature, string Timestamp, string Nonce, byte[] Body, string Source);

/// <summary>
/// Takes what WeChat pushes. It must be signed with an app's token, be some minutes old at most and, where the app has a
/// key, be encrypted with it; the same push may come again and changes nothing. Everything else is refused and kept as a
/// security event.
/// </summary>
public sealed class WeChatPushes(
    WeChatOptions options, Database database, ContentVerdicts verdicts, PersonalData personalData, SecurityEvents events,
    TimeProvider clock)
{
    public const string Rpc = "wechat/callback";

    private const string Verdict = "wxa_media_check";
    private const int WordLengthMax = 128;
    private static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(5);

    /// <summary>Whether WeChat tries the address: an app's token signed it, just now.</summary>
    public async Task<bool> IsTrialAsync(UnprovenPush push)
    {
        if (IsFresh(push) && SignersOf(push).Any())
        {
            return true;
        }

        await ForgedAsync(push);
        return false;
    }

    /// <returns>False when it was refused.</returns>
    public async Task<bool> TakeAsync(UnprovenPush push, CancellationToken cancel)
    {
        if (Prove(push) is not { } proven || !await TakeOnceAsync(push, cancel))
        {
            await ForgedAsync(push);
            return false;
        }

        var (app, content) = proven;
        // Another event, or of another app than the one whose token signed it: not for us.
        if (content.Event == Verdict && (content.AppId.Length == 0 || content.AppId == app.Id))
        {
            await ApplyAsync(app, content, cancel);
        }

        return true;
    }

    /// <summary>
    /// The verdict on a picture that we asked about and that is still the same. One that is faster than our own note that we
    /// asked is kept for it; others are ignored.
    /// </summary>
    private async Task ApplyAsync(WeChatApp app, WeChatPush push, CancellationToken cancel)
    {
        if (push.TraceId.Length is 0 or > WordLengthMax)
        {
            return;
        }

        var now = clock.Now();
        // What WeChat could not fetch or judge has an errcode, and whatever else it says is not counted.
        var opinion = push.Errcode == 0 && WeChatApi.SuggestionOf(push.Suggest) is { } suggestion
            ? WeChatJudge.OpinionOf(suggestion)
            : Opinion.Away;
        var check = await FindAsync();
        if (check is null)
        {
            await database.HousekeepAsync(db => db.KeepEarlyAsync(app.Id, push.TraceId, opinion, now), cancel);
            check = await FindAsync();
        }

        if (check is { Stage: CheckStage.Asked })
        {
            await verdicts.StoreAsync(check, check.Told(opinion, now), "wechat", now, cancel);
        }

        Task<ContentCheck?> FindAsync() =>
            database.ReadAsync(db => db.FindTracedAsync(app.Id, push.TraceId), cancel);
    }

    private (WeChatApp App, WeChatPush Content)? Prove(UnprovenPush push)
    {
        if (!IsFresh(push))
        {
            return null;
        }

        var outer = WeChatPush.Read(push.Body);
        // Two apps may have one token: then it is the one that the push names.
        foreach (var app in options.Apps.Where(a => a.PushToken.Length > 0).OrderByDescending(a => a.Id == outer.AppId))
        {
            if (app.PushKey.Length == 0)
            {
                if (outer.Encrypt.Length == 0 && IsSignedBy(app, push))
                {
                    return (app, outer);
                }
            }
            else if (outer.Encrypt.Length > 0
                && WeChatCipher.IsSigned(push.MessageSignature, app.PushToken, push.Timestamp, push.Nonce, outer.Encrypt)
                && WeChatCipher.Decrypt(WeChatCipher.KeyOf(app.PushKey)!, app.Id, outer.Encrypt) is { } body)
            {
                return (app, WeChatPush.Read(body));
            }
        }

        return null;
    }

    /// <summary>
    /// A plain signature says nothing of the body: the same one with another body is somebody else's. With the same body it
    /// is WeChat again, who was not answered in time.
    /// </summary>
    private async Task<bool> TakeOnceAsync(UnprovenPush push, CancellationToken cancel)
    {
        var words = $"{push.Timestamp} {push.Nonce}";
        var (nonce, whole) = (
            personalData.Index("wechat-push", words),
            personalData.Mac("wechat-push-body", [.. Encoding.UTF8.GetBytes($"{words}\n"), .. push.Body]));
        var now = clock.Now();
        return await database.HousekeepAsync(async db =>
        {
            var isNew = await db.TakeCodeAsync(nonce, now, now + (2 * AgeMax));
            var isOther = await db.TakeCodeAsync(whole, now, now + (2 * AgeMax));
            if (!isNew && isOther)
            {
                await db.GiveCodeBackAsync(whole);
            }

            return isNew || !isOther;
        }, cancel);
    }

    private IEnumerable<WeChatApp> SignersOf(UnprovenPush push) =>
        options.Apps.Where(a => a.PushToken.Length > 0 && IsSignedBy(a, push));

    private static bool IsSignedBy(WeChatApp app, UnprovenPush push) =>
        WeChatCipher.IsSigned(push.Signature, app.PushToken, push.Timestamp, push.Nonce);

    private bool IsFresh(UnprovenPush push) =>
        push.Nonce.Length is > 0 and <= WordLengthMax && push.Signature.Length <= WordLengthMax
        && push.MessageSignature.Length <= WordLengthMax
        && long.TryParse(push.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() <= AgeMax;

    private Task ForgedAsync(UnprovenPush push) => events.NoteAsync(SecurityEvents.PushForged, push.Source, null, Rpc);
}
