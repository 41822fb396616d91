using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.WeChat;

/// <summary>
/// Codes that clients bring from WeChat. Each is taken once here, whatever WeChat would let pass, and whoever brings wrong
/// ones is slowed down: counted before WeChat is asked, and given back unless the code was wrong.
/// </summary>
public sealed class WeChatCodes(Database database, PersonalData personalData, SecurityEvents events)
{
    private const int CodeLengthMax = 512;
    private static readonly TimeSpan CodeTerm = TimeSpan.FromMinutes(5);
    private static readonly Limit WrongPerSource = new("wechat-source", 100, TimeSpan.FromMinutes(15));

    /// <returns>What <paramref name="ask"/> found; null when the code is wrong or was shown before.</returns>
    public async Task<T?> TakeAsync<T>(
        WeChatApp app, string code, Call call, Func<Task<T?>> ask, CancellationToken cancel)
        where T : class
    {
        var hash = personalData.Index("wechat-code", $"{app.Id} {code}");
        await TakeTryAsync(call, cancel);
        if (code.Length is 0 or > CodeLengthMax || !code.All(c => c is > ' ' and <= '~')
            || !await database.HousekeepAsync(db => db.TakeCodeAsync(hash, call.Now, call.Now + CodeTerm), cancel))
        {
            await NoteWrongAsync(call);
            return null;
        }

        T? found;
        try
        {
            found = await ask();
        }
        catch
        {
            // Nobody got anything for it: it may be shown again, and was not wrong.
            await database.HousekeepAsync(async db =>
            {
                await db.GiveCodeBackAsync(hash);
                return await db.GiveBackAsync(WrongPerSource, Source(call), call.Now);
            }, CancellationToken.None);
            throw;
        }

        if (found is null)
        {
            await NoteWrongAsync(call);
            return null;
        }

        await GiveTryBackAsync(call);
        return found;
    }

    /// <summary>Counts one try of this source, before it is known whether it was wrong.</summary>
    public async Task TakeTryAsync(Call call, CancellationToken cancel)
    {
        if (!await database.HousekeepAsync(db => db.TakeAsync(WrongPerSource, Source(call), call.Now), cancel))
        {
            throw WeChatHttp.TooOften();
        }
    }

    public Task GiveTryBackAsync(Call call) => database.HousekeepAsync(
        db => db.GiveBackAsync(WrongPerSource, Source(call), call.Now), CancellationToken.None);

    public Task NoteWrongAsync(Call call) => events.NoteAsync(
        SecurityEvents.SignInRefused, call.Source, call.CallerOrNull?.PersonId, call.Permission.Rpc);

    private byte[] Source(Call call) => personalData.Index("source", call.Source);
}
