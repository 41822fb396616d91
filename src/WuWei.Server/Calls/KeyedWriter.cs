using System.Security.Cryptography;
using Google.Protobuf;
using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Calls;

/// <summary>
/// Writes of one keyed call happen once, however often it is sent. The key, a keyed hash of the request and the sealed
/// reply are stored in the transaction of the effect. Only successes are: a refusal may be tried again. Keys are the
/// caller's own; what partners do on somebody's behalf has keys of each partner's own for that person.
/// </summary>
public sealed class KeyedWriter(Database database, PersonalData personalData)
{
    private const string ReplyColumn = "request_key.reply";

    /// <param name="again">
    /// Checks the caller's rights to the first reply anew, in a new transaction, and gives what may be answered again.
    /// </param>
    public async Task<TReply> WriteAsync<TReply>(
        ServerCallContext context,
        IMessage request,
        Func<DbSession, Task<TReply>> block,
        Func<DbSession, TReply, Task<TReply>> again)
        where TReply : class, IMessage<TReply>, new()
    {
        var call = context.Call();
        return await OnceAsync(context, request, block, Keep, (db, kept) => again(db, Open<TReply>(call, kept)));

        byte[] Keep(TReply reply) => personalData.Seal(ReplyColumn, Row(call), reply.ToByteArray());
    }

    /// <summary>What an earlier try was answered, for calls that spend something elsewhere before they write; null at the first.</summary>
    public Task<TReply?> FindReplyAsync<TReply>(ServerCallContext context, IMessage request)
        where TReply : class, IMessage<TReply>, new()
    {
        var call = context.Call();
        return FindFirstAsync(context, Hash(request), (_, kept) => Task.FromResult(Open<TReply>(call, kept)));
    }

    /// <summary>The same for a reply too private to keep: sent again, it is <paramref name="read"/> anew.</summary>
    public Task<TReply> WriteUnkeptAsync<TReply>(
        ServerCallContext context,
        IMessage request,
        Func<DbSession, Task<TReply>> block,
        Func<DbSession, Task<TReply>> read)
        where TReply : class =>
        OnceAsync(context, request, block, keep: _ => null, (db, _) => read(db));

    private async Task<TReply> OnceAsync<TReply>(
        ServerCallContext context,
        IMessage request,
        Func<DbSession, Task<TReply>> block,
        Func<TReply, byte[]?> keep,
        Func<DbSession, byte[]?, Task<TReply>> replay)
        where TReply : class
    {
        var call = context.Call();
        var hash = Hash(request);
        try
        {
            return await database.WriteAsync(async db =>
            {
                db.Through = call.IsPartners ? null : call.Partner?.Id;
                var reply = await block(db);
                db.Queue(
                    """
                    INSERT INTO request_key (caller_id, request_key, rpc, request_hash, reply, made_at)
                    VALUES (@owner, @Key, @Rpc, @hash, @reply, @Now)
                    """,
                    new
                    {
                        owner = Owner(call),
                        call.Key,
                        call.Permission.Rpc,
                        hash,
                        reply = keep(reply),
                        call.Now,
                    });
                return reply;
            }, context.CancellationToken);
        }
        catch (Exception e) when (e is RefusedException { Code: not StatusCode.Unavailable } || IsDuplicate(e))
        {
            // Either a real refusal, or the echo of an earlier try that succeeded: only a new transaction can tell.
            if (await FindFirstAsync(context, hash, replay) is { } first)
            {
                return first;
            }

            throw;
        }
    }

    private async Task<TReply?> FindFirstAsync<TReply>(
        ServerCallContext context, byte[] hash, Func<DbSession, byte[]?, Task<TReply>> replay)
        where TReply : class
    {
        var call = context.Call();
        var first = await database.ReadAsync(db => db.FindAsync<First>(
            """
            SELECT rpc, request_hash, reply FROM request_key WHERE caller_id = @owner AND request_key = @Key
            """, new { owner = Owner(call), call.Key }), context.CancellationToken);
        if (first is null)
        {
            return null;
        }

        if (first.Rpc != call.Permission.Rpc || !CryptographicOperations.FixedTimeEquals(first.RequestHash, hash))
        {
            throw Refuse.Invalid("IDEMPOTENCY_KEY_REUSED", "这次操作的编号已经用过，请重新操作。");
        }

        return await database.ReadAsync(db => replay(db, first.Reply), context.CancellationToken);
    }

    private TReply Open<TReply>(Call call, byte[]? kept)
        where TReply : IMessage<TReply>, new()
    {
        var reply = new TReply();
        reply.MergeFrom(personalData.Open(ReplyColumn, Row(call), kept!));
        return reply;
    }

    /// <summary>Keyed, because a plain hash of a short request, such as one phone, can be guessed.</summary>
    private byte[] Hash(IMessage request)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true) { Deterministic = true })
        {
            request.WriteTo(output);
        }

        return personalData.Mac("request", bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static string Row(Call call) => $"{Owner(call)}/{call.Key}";

    /// <summary>Whose the key is: nobody is answered with what another asked for by the same key.</summary>
    private static Guid Owner(Call call) => call is { Partner: { } partner, IsPartners: false }
        ? new Guid(SHA256.HashData([.. partner.Id.ToByteArray(), .. call.Caller.PersonId.ToByteArray()]).AsSpan(0, 16))
        : call.Caller.PersonId;

    private static bool IsDuplicate(Exception e) => e is MySqlException { ErrorCode: MySqlErrorCode.DuplicateKeyEntry };

    private sealed record First(string Rpc, byte[] RequestHash, byte[]? Reply);
}
