using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Privacy;

namespace WuWei.Inbox;

/// <summary>
/// Sends a few words to a phone; a district plugs its provider in here. Refuses when the provider did not take it for
/// sure: as unavailable when it may later, as exhausted when it takes nothing more today. Any other failure means that it may
/// have taken it.
/// </summary>
public interface INoticeSms
{
    Task SendAsync(string phone, string text, CancellationToken cancel);
}

/// <summary>For a demo and development: shows the message on the server's own console, never in its log.</summary>
public sealed class ConsoleNoticeSms : INoticeSms
{
    public Task SendAsync(string phone, string text, CancellationToken cancel) =>
        Console.Error.WriteLineAsync($"短信 {phone}：{text}");
}

/// <summary>By SMS, where there is a provider.</summary>
public sealed class SmsChannel(PersonalData personalData, IEnumerable<INoticeSms> providers) : IMessageChannel
{
    private const string Sign = "【五微】";

    private readonly INoticeSms? _provider = providers.FirstOrDefault();

    public MessageChannel Channel => MessageChannel.Sms;

    public async Task<IReadyMessage?> PrepareAsync(DbSession db, Delivery delivery, DateTime now) =>
        _provider is not null && (await db.GetReachAsync(delivery.PersonId)).HasPhone
            && (await db.GetPersonAsync(personalData, delivery.PersonId)).Phone is { } phone
            ? new Ready(_provider, phone, $"{Sign}{delivery.Text}")
            : null;

    private sealed class Ready(INoticeSms provider, string phone, string text) : IReadyMessage
    {
        public async Task<Sending> SendAsync(CancellationToken cancel)
        {
            try
            {
                await provider.SendAsync(phone, text, cancel);
                return new Sending(SendOutcome.Sent);
            }
            catch (RefusedException e)
            {
                return new Sending(e.Code switch
                {
                    StatusCode.Unavailable => SendOutcome.Later,
                    StatusCode.ResourceExhausted => SendOutcome.NotToday,
                    _ => SendOutcome.Wrong,
                });
            }
        }

        public Task SettleAsync(DbSession db, Sending sending, DateTime now) => Task.CompletedTask;
    }
}
