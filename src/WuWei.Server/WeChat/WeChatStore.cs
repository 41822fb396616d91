using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.WeChat;

/// <summary>Every SQL statement on WeChat accounts, tickets and codes.</summary>
public static class WeChatStore
{
    private const string TicketOpenId = "wechat_ticket.openid";
    private const string TicketUnionId = "wechat_ticket.unionid";
    private const string BindingOpenId = "wechat_binding.openid";
    private const string UnionUnionId = "wechat_union.unionid";

    /// <returns>False when the code was shown before.</returns>
    public static async Task<bool> TakeCodeAsync(this DbSession db, byte[] codeHash, DateTime now, DateTime expiresAt)
    {
        await db.ExecuteAsync(
            "DELETE FROM wechat_code WHERE code_hash = @codeHash AND expires_at <= @now", new { codeHash, now });
        return await db.ExecuteAsync(
            "INSERT IGNORE INTO wechat_code (code_hash, expires_at) VALUES (@codeHash, @expiresAt)",
            new { codeHash, expiresAt }) == 1;
    }

    public static Task<int> GiveCodeBackAsync(this DbSession db, byte[] codeHash) =>
        db.ExecuteAsync("DELETE FROM wechat_code WHERE code_hash = @codeHash", new { codeHash });

    public static void AddTicket(this DbSession db, PersonalData data, WeChatTicket ticket, byte[] ticketHash) => db.Queue(
        """
        INSERT INTO wechat_ticket (id, ticket_hash, app_id, openid, unionid, device, expires_at)
        VALUES (@Id, @ticketHash, @AppId, @openid, @unionid, @Device, @ExpiresAt)
        """,
        new
        {
            ticket.Id,
            ticketHash,
            ticket.AppId,
            openid = data.Seal(TicketOpenId, ticket.Id, ticket.User.OpenId),
            unionid = ticket.User.UnionId is { } unionid ? data.Seal(TicketUnionId, ticket.Id, unionid) : null,
            ticket.Device,
            ticket.ExpiresAt,
        });

    public static async Task<WeChatTicket?> FindTicketAsync(
        this DbSession db, PersonalData data, byte[] ticketHash, DateTime now) => await db.FindAsync<TicketRow>(
            """
            SELECT id, app_id, openid, unionid, device, expires_at FROM wechat_ticket
            WHERE ticket_hash = @ticketHash AND expires_at > @now
            """, new { ticketHash, now }) is { } row
        ? new WeChatTicket(
            row.Id,
            row.AppId,
            new WeChatUser(
                data.Open(TicketOpenId, row.Id, row.Openid),
                row.Unionid is null ? null : data.Open(TicketUnionId, row.Id, row.Unionid)),
            row.Device,
            row.ExpiresAt)
        : null;

    /// <returns>False when it was used or has expired by now.</returns>
    public static async Task<bool> UseTicketAsync(this DbSession db, Guid id, DateTime now) => await db.ExecuteAsync(
        "DELETE FROM wechat_ticket WHERE id = @id AND expires_at > @now", new { id, now }) == 1;

    public static Task<WeChatBinding?> FindBindingAsync(
        this DbSession db, PersonalData data, string appId, string openId) => db.FindAsync<WeChatBinding>(
        """
        SELECT id, person_id, app_id, union_id, bound_at FROM wechat_binding
        WHERE app_id = @appId AND openid_index = @index
        """, new { appId, index = OpenIdIndex(data, appId, openId) });

    public static Task<WeChatBinding?> FindBindingAsync(this DbSession db, string appId, Guid personId) =>
        db.FindAsync<WeChatBinding>(
            """
            SELECT id, person_id, app_id, union_id, bound_at FROM wechat_binding
            WHERE person_id = @personId AND app_id = @appId
            """, new { appId, personId });

    public static Task<List<WeChatBinding>> ListBindingsAsync(this DbSession db, Guid personId) =>
        db.ListAsync<WeChatBinding>(
            """
            SELECT id, person_id, app_id, union_id, bound_at FROM wechat_binding
            WHERE person_id = @personId ORDER BY bound_at DESC, id DESC
            """, new { personId });

    public static Task<WeChatUnion?> FindUnionAsync(this DbSession db, PersonalData data, string unionId) =>
        db.FindAsync<WeChatUnion>(
            "SELECT id, person_id FROM wechat_union WHERE unionid_index = @index",
            new { index = UnionIdIndex(data, unionId) });

    public static Task AddUnionAsync(this DbSession db, PersonalData data, WeChatUnion union, string unionId) =>
        db.ExecuteAsync(
            """
            INSERT INTO wechat_union (id, person_id, unionid, unionid_index) VALUES (@Id, @PersonId, @unionid, @index)
            """,
            new
            {
                union.Id,
                union.PersonId,
                unionid = data.Seal(UnionUnionId, union.Id, unionId),
                index = UnionIdIndex(data, unionId),
            });

    public static Task AddBindingAsync(this DbSession db, PersonalData data, WeChatBinding binding, string openId) =>
        db.ExecuteAsync(
            """
            INSERT INTO wechat_binding (id, person_id, app_id, openid, openid_index, union_id, bound_at, active_at)
            VALUES (@Id, @PersonId, @AppId, @openid, @index, @UnionId, @BoundAt, @BoundAt)
            """,
            new
            {
                binding.Id,
                binding.PersonId,
                binding.AppId,
                openid = data.Seal(BindingOpenId, binding.Id, openId),
                index = OpenIdIndex(data, binding.AppId, openId),
                binding.UnionId,
                binding.BoundAt,
            });

    /// <summary>Somebody has just shown a code of this account: they are in the app.</summary>
    public static void QueueActive(this DbSession db, Guid bindingId, DateTime now) => db.Queue(
        "UPDATE wechat_binding SET active_at = @now WHERE id = @bindingId", new { bindingId, now });

    /// <summary>The accounts of a person in clear, and when each was last seen in its app.</summary>
    public static async Task<List<WeChatPresence>> ListPresencesAsync(
        this DbSession db, PersonalData data, Guid personId) =>
    [
        .. (await db.ListAsync<PresenceRow>(
                "SELECT id, app_id, openid, active_at FROM wechat_binding WHERE person_id = @personId", new { personId }))
            .Select(b => new WeChatPresence(b.AppId, data.Open(BindingOpenId, b.Id, b.Openid), b.ActiveAt)),
    ];

    /// <summary>WeChat has told to which union a bound account belongs.</summary>
    public static Task<int> JoinUnionAsync(this DbSession db, Guid bindingId, Guid unionId) => db.ExecuteAsync(
        "UPDATE wechat_binding SET union_id = @unionId WHERE id = @bindingId AND union_id IS NULL",
        new { bindingId, unionId });

    /// <summary>Removes a binding, and what is known of its union when that was the last.</summary>
    /// <returns>False when it is gone already.</returns>
    public static async Task<bool> RemoveBindingAsync(this DbSession db, WeChatBinding binding)
    {
        var removed = await db.ExecuteAsync("DELETE FROM wechat_binding WHERE id = @Id", new { binding.Id });
        await db.ExecuteAsync(
            """
            DELETE FROM wechat_union
            WHERE id = @UnionId AND NOT EXISTS (SELECT 1 FROM wechat_binding WHERE union_id = @UnionId)
            """, new { binding.UnionId });
        return removed == 1;
    }

    /// <summary>What has served its time; at most <paramref name="countMax"/> rows of each.</summary>
    public static async Task<int> ForgetWeChatAsync(this DbSession db, DateTime now, int countMax) =>
        await db.ExecuteAsync("DELETE FROM wechat_code WHERE expires_at < @now LIMIT @countMax", new { now, countMax })
        + await db.ExecuteAsync(
            "DELETE FROM wechat_ticket WHERE expires_at < @now LIMIT @countMax", new { now, countMax });

    private static byte[] OpenIdIndex(PersonalData data, string appId, string openId) =>
        data.Index("wechat-openid", $"{appId} {openId}");

    private static byte[] UnionIdIndex(PersonalData data, string unionId) => data.Index("wechat-unionid", unionId);

    private sealed record PresenceRow
    {
        public Guid Id { get; init; }
        public string AppId { get; init; } = "";
        public byte[] Openid { get; init; } = [];
        public DateTime? ActiveAt { get; init; }
    }

    private sealed record TicketRow
    {
        public Guid Id { get; init; }
        public string AppId { get; init; } = "";
        public byte[] Openid { get; init; } = [];
        public byte[]? Unionid { get; init; }
        public byte[]? Device { get; init; }
        public DateTime ExpiresAt { get; init; }
    }
}

/// <summary>A WeChat account of which a code was shown, and whose owner is to prove a phone.</summary>
/// <param name="Device">The keyed hash of the name of the device that showed it, if it told one.</param>
public sealed record WeChatTicket(Guid Id, string AppId, WeChatUser User, byte[]? Device, DateTime ExpiresAt);

/// <summary>Whose WeChat account it is, whatever the app.</summary>
public sealed record WeChatUnion
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
}

/// <summary>Whose WeChat account it is in one app.</summary>
public sealed record WeChatBinding
{
    public Guid Id { get; init; }
    public Guid PersonId { get; init; }
    public string AppId { get; init; } = "";
    public Guid? UnionId { get; init; }
    public DateTime BoundAt { get; init; }
}

/// <summary>Somebody in one app; personal data, in clear here.</summary>
public sealed record WeChatPresence(string AppId, string OpenId, DateTime? ActiveAt);
