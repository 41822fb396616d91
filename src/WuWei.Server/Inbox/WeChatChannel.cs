using System.Collections.Concurrent;
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
        WeChatError.Busy, WeChatError.TooOften, WeChatError.TokenInvalid, WeChatError.TokenExpired,
        WeChatError.TokenMalformed,
    ];

    /// <summary>Until when an app sends nothing more, as WeChat told this copy: it is not asked again before.</summary>
    private readonly ConcurrentDictionary<string, DateTime> _spentUntil = new();

    public MessageChannel Channel => MessageChannel.WeChat;

    public async Task<IReadyMessage?> PrepareAsync(DbSession db, Delivery delivery, DateTime now)
    {
        var reach = await db.GetReachAsync(delivery.PersonId);
        var spent = false;
        foreach (var allowance in reach.Allowed)
        {
            if (options.Find(allowance, delivery.Topic) is { } template
                && apps.Apps.FirstOrDefault(a => a.Id == template.AppId) is { } app
                && await db.FindOpenIdAsync(personalData, app.Id, delivery.PersonId) is { } openId)
            {
                if (now < _spentUntil.GetValueOrDefault(app.Id))
                {
                    spent = true;
                }
                else if (await db.TakeAllowanceAsync(allowance, now))
                {
                    return new Ready(
                        cancel => SendAsync(app, openId, Message(template, delivery), now, cancel), allowance);
                }
            }
        }

        return spent ? new NotToday() : null;
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

    private async Task<Sending> SendAsync(
        WeChatApp app, string openId, WeChatMessage message, DateTime now, CancellationToken cancel)
    {
        try
        {
            var answer = await weChat.SendMessageAsync(app, openId, message, cancel);
            if (answer == WeChatError.QuotaOfDay)
            {
                _spentUntil[app.Id] = Delivery.NextMorning(now);
            }

            return answer switch
            {
                null => new Sending(SendOutcome.Unknown),
                0 => new Sending(SendOutcome.Sent),
                WeChatError.MessageRefused => new Sending(SendOutcome.NotAllowed, WeChatError.MessageRefused),
                WeChatError.QuotaOfDay => new Sending(SendOutcome.NotToday, WeChatError.QuotaOfDay),
                { } passing when Passing.Contains(passing) => new Sending(SendOutcome.Later, passing),
                { } errcode => new Sending(SendOutcome.Wrong, errcode),
            };
        }
        catch (RefusedException)
        {
            return new Sending(SendOutcome.Later);
        }
    }

    private sealed class Ready(Func<CancellationToken, Task<Sending>> send, Allowance allowance) : IReadyMessage
    {
        public Task<Sending> SendAsync(CancellationToken cancel) => send(cancel);

        public Task SettleAsync(DbSession db, Sending sending, DateTime now) => sending.Outcome switch
        {
            SendOutcome.Later or SendOutcome.NotToday or SendOutcome.Wrong => db.GiveAllowanceBackAsync(allowance, now),
            SendOutcome.NotAllowed => db.DropAllowanceAsync(allowance, now),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>WeChat is not even asked.</summary>
    private sealed class NotToday : IReadyMessage
    {
        public Task<Sending> SendAsync(CancellationToken cancel) =>
            Task.FromResult(new Sending(SendOutcome.NotToday, WeChatError.QuotaOfDay));

        public Task SettleAsync(DbSession db, Sending sending, DateTime now) => Task.CompletedTask;
    }
}
