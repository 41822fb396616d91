using MySqlConnector;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>
/// Which WeChat account is whose: one person for an account over all our apps, one account per app for a person.
/// </summary>
public sealed class WeChatBindings(PersonalData personalData, TimeProvider clock)
{
    /// <summary>Whoever the account is bound to, here or in another app of ours.</summary>
    public async Task<Guid?> FindOwnerAsync(DbSession db, string appId, WeChatUser user) =>
        (await db.FindBindingAsync(personalData, appId, user.OpenId))?.PersonId
        ?? (user.UnionId is null ? null : (await db.FindUnionAsync(personalData, user.UnionId))?.PersonId);

    /// <summary>Binds the account, unless it is bound to this person already.</summary>
    public async Task<(WeChatBinding Binding, bool IsNew)> BindAsync(
        DbSession db, Call call, Guid personId, string appId, WeChatUser user)
    {
        var union = user.UnionId is null ? null : await db.FindUnionAsync(personalData, user.UnionId);
        if (await db.FindBindingAsync(personalData, appId, user.OpenId) is { } bound)
        {
            if (bound.PersonId != personId)
            {
                throw Bound();
            }

            if (bound.UnionId is null && user.UnionId is not null && (union is null || union.PersonId == personId))
            {
                await db.JoinUnionAsync(bound.Id, await UnionAsync(db, personId, user.UnionId, union));
            }

            db.QueueActive(bound.Id, call.Now);
            return (bound, false);
        }

        if ((union is not null && union.PersonId != personId) || await db.FindBindingAsync(appId, personId) is not null)
        {
            throw Bound();
        }

        var binding = new WeChatBinding
        {
            Id = clock.NewId(),
            PersonId = personId,
            AppId = appId,
            BoundAt = call.Now,
            UnionId = user.UnionId is null ? null : await UnionAsync(db, personId, user.UnionId, union),
        };
        await AddAsync(() => db.AddBindingAsync(personalData, binding, user.OpenId));
        db.Record(SignIn.Entry(call, personId, "WECHAT_BOUND", new { appId }));
        return (binding, true);
    }

    private async Task<Guid> UnionAsync(DbSession db, Guid personId, string unionId, WeChatUnion? known)
    {
        if (known is not null)
        {
            return known.Id;
        }

        var union = new WeChatUnion { Id = clock.NewId(), PersonId = personId };
        await AddAsync(() => db.AddUnionAsync(personalData, union, unionId));
        return union.Id;
    }

    /// <summary>Somebody was quicker to bind it, or to forget the last of its union: looked at anew.</summary>
    private static async Task AddAsync(Func<Task> add)
    {
        try
        {
            await add();
        }
        catch (MySqlException e) when (
            e.ErrorCode is MySqlErrorCode.DuplicateKeyEntry or MySqlErrorCode.NoReferencedRow2)
        {
            throw new ConflictException();
        }
    }

    private static RefusedException Bound() => Refuse.Taken(
        "WECHAT_BOUND", "这个微信已绑定别的账号，或这个账号已绑定别的微信。请用手机号登录后，先解除原来的绑定。");
}
