using System.Globalization;
using System.Text;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.WeChat;

namespace WuWei.Inbox;

/// <summary>By WeChat's subscribe messages: each needs a tap of its receiver beforehand, and uses it up.</summary>
public sealed class WeChatChannel(
    IWeChat weChat, WeChatOptions apps, InboxOptions options, PersonalData personalData) : IMessageChannel
{
    /// <summary>As many characters as WeChat takes in such a field.</summary>
    private const int WordsMax = 20;

    private static readonly int[] Passing =
    [
        WeChatError.Busy, WeChatError.TooOften, WeChatError.QuotaOfDay, WeChatError.TokenInvalid, WeChatError.TokenExpired,
        WeChatError.TokenMalformed,
    ];

    public MessageChannel Channel => MessageChannel.WeChat;

    public async Task<IReadyMessage?> PrepareAsync(DbSession db, Delivery delivery, DateTime now)
    {
        var reach = await db.GetReachAsync(delivery.PersonId);
        foreach (var allowance in reach.Allowed)
        {
            if (options.Find(allowance, delivery.Topic) is { } template
                && apps.Apps.FirstOrDefault(a => a.Id == template.AppId) is { } app
                && await db.FindOpenIdAsync(personalData, app.Id, delivery.PersonId) is { } openId
                && await db.TakeAllowanceAsync(allowance, now))
            {
                return new Ready(weChat, app, openId, Message(template, delivery), allowance);
            }
        }

        return null;
    }

    /// <summary>The words, as many as there is room for.</summary>
    public static string Brief(string text)
    {
        var runes = text.TrimEnd('。').EnumerateRunes().ToList();
        return runes.Count <= WordsMax
            ? text.TrimEnd('。')
            : string.Concat(runes.Take(WordsMax - 1).Select(r => r.ToString())) + "…";
    }

    private static WeChatMessage Message(TemplateOptions template, Delivery delivery)
    {
        var fields = new Dictionary<string, string> { [template.TextField] = Brief(delivery.Text) };
        if (template.TimeField.Length > 0)
        {
            fields[template.TimeField] =
                Clock.InChina(delivery.At).ToString("yyyy年M月d日 HH:mm", CultureInfo.InvariantCulture);
        }

        return new WeChatMessage(template.Id, template.Page, fields);
    }

    private sealed class Ready(
        IWeChat weChat, WeChatApp app, string openId, WeChatMessage message, Allowance allowance) : IReadyMessage
    {
        public async Task<Sending> SendAsync(CancellationToken cancel)
        {
            try
            {
                return await weChat.SendMessageAsync(app, openId, message, cancel) switch
                {
                    null => new Sending(SendOutcome.Unknown),
                    0 => new Sending(SendOutcome.Sent),
                    WeChatError.MessageRefused => new Sending(SendOutcome.NotAllowed, WeChatError.MessageRefused),
                    { } passing when Passing.Contains(passing) => new Sending(SendOutcome.Later, passing),
                    { } errcode => new Sending(SendOutcome.Wrong, errcode),
                };
            }
            catch (RefusedException)
            {
                return new Sending(SendOutcome.Later);
            }
        }

        public Task SettleAsync(DbSession db, Sending sending, DateTime now) => sending.Outcome switch
        {
            SendOutcome.Later or SendOutcome.Wrong => db.GiveAllowanceBackAsync(allowance, now),
            SendOutcome.NotAllowed => db.DropAllowanceAsync(allowance, now),
            _ => Task.CompletedTask,
        };
    }
}
