using WuWei.Calls;
using WuWei.Data;
using WuWei.Identity;

namespace WuWei.Access;

/// <summary>Every SQL statement on sessions, codes and staff logins.</summary>
public static class AccessStore
{
    /// <summary>How long somebody is known to hold a token that is none any more.</summary>
    private const int ReplacedTokenDays = 30;

    /// <summary>Longer than a token that was replaced is good, and remembered as such.</summary>
    private const int GoodMinutesMax = 2;

    /// <summary>
    /// The session of a token: it is kept under the hash of its first one, and those it got later say so. Until it got one,
    /// the first is nowhere else.
    /// </summary>
    private const string SessionOfToken =
        "COALESCE((SELECT session_hash FROM session_token WHERE token_hash = @tokenHash), @tokenHash)";

    /// <summary>
    /// The person behind a token, with every role that is not over yet; staff, auditor and operator (6, 8, 9) only if
    /// the session began with a password.
    /// </summary>
    public static async Task<(Caller Caller, DateTime RenewedAt, DateTime? ReplacedAt)?> FindCallerAsync(
        this DbSession db, byte[] tokenHash, DateTime now)
    {
        var rows = await db.ListAsync<CallerRow>(
            $"""
            SELECT s.person_id, s.expires_at, s.renewed_at, t.replaced_at, p.home_unit_id, p.phone_index, p.shown_name,
              p.show_party_badge, g.id AS grant_id, g.role, g.unit_id, g.starts_at, g.ends_at
            FROM session s
            JOIN person p ON p.id = s.person_id
            LEFT JOIN role_grant g ON g.person_id = p.id AND g.live = 1 AND (g.ends_at IS NULL OR g.ends_at > @now)
              AND (s.by_password = 1 OR g.role NOT IN (6, 8, 9))
            LEFT JOIN session_token t ON t.token_hash = @tokenHash
            WHERE s.token_hash = {SessionOfToken}
            """, new { tokenHash, now });
        if (rows.Count == 0)
        {
            return null;
        }

        var roles = rows.Where(r => r.GrantId is not null)
            .Select(r => new HeldRole(r.GrantId!.Value, (Role)r.Role!.Value, r.UnitId!.Value, r.StartsAt!.Value, r.EndsAt));
        var first = rows[0];
        var caller = new Caller(
            first.PersonId, first.HomeUnitId, first.PhoneIndex, first.ShownName, first.ShowPartyBadge, first.ExpiresAt,
            [.. roles]);
        return (caller, first.RenewedAt, first.ReplacedAt);
    }

    public static void AddSession(
        this DbSession db, byte[] tokenHash, Guid personId, bool byPassword, DateTime now, DateTime expiresAt,
        byte[]? device = null)
    {
        db.Queue(
            """
            INSERT INTO session (token_hash, person_id, by_password, device, made_at, renewed_at, expires_at)
            VALUES (@tokenHash, @personId, @byPassword, @device, @now, @now, @expiresAt)
            """, new { tokenHash, personId, byPassword, device, now, expiresAt });
        if (device is not null)
        {
            db.QueueDevice(personId, device, now);
        }
    }

    /// <summary>Used on another day: so is its device.</summary>
    public static Task<int> RenewSessionAsync(
        this DbSession db, byte[] tokenHash, DateTime renewedAt, DateTime now, DateTime expiresAt) => db.ExecuteAsync(
        $"""
        UPDATE session s LEFT JOIN person_device d ON d.person_id = s.person_id AND d.device = s.device
        SET s.renewed_at = @now, s.expires_at = @expiresAt, d.seen_at = @now
        WHERE s.token_hash = {SessionOfToken} AND s.renewed_at = @renewedAt
        """, new { tokenHash, renewedAt, now, expiresAt });

    /// <summary>Locks the session of a token until the end of the transaction, and lets it last longer.</summary>
    /// <returns>Null when there is none by now.</returns>
    public static async Task<SessionToken?> LockSessionAsync(
        this DbSession db, byte[] tokenHash, DateTime now, DateTime expiresAt) => await db.ExecuteAsync(
            $"""
            UPDATE session s LEFT JOIN person_device d ON d.person_id = s.person_id AND d.device = s.device
            SET s.renewed_at = @now, s.expires_at = @expiresAt, d.seen_at = @now
            WHERE s.token_hash = {SessionOfToken} AND s.expires_at > @now
            """, new { tokenHash, now, expiresAt }) == 0
        ? null
        : await db.FindSessionTokenAsync(tokenHash);

    public static Task<SessionToken?> FindSessionTokenAsync(this DbSession db, byte[] tokenHash) =>
        db.FindAsync<SessionToken>(
            $"""
            SELECT s.token_hash AS session_hash, s.person_id, t.token_hash, t.replaced_at
            FROM session s LEFT JOIN session_token t ON t.token_hash = @tokenHash
            WHERE s.token_hash = {SessionOfToken}
            """, new { tokenHash });

    public static void AddSessionToken(
        this DbSession db, byte[] tokenHash, byte[] sessionHash, DateTime now, DateTime? replacedAt) => db.Queue(
        """
        INSERT INTO session_token (token_hash, session_hash, made_at, replaced_at)
        VALUES (@tokenHash, @sessionHash, @now, @replacedAt)
        """, new { tokenHash, sessionHash, now, replacedAt });

    /// <summary>All that a session has are good for a short while from now on.</summary>
    public static Task<int> ReplaceSessionTokensAsync(this DbSession db, byte[] sessionHash, DateTime now) =>
        db.ExecuteAsync(
            """
            UPDATE session_token
            SET replaced_at = @now, forget_at = IF(token_hash = session_hash, NULL, @forgetAt)
            WHERE session_hash = @sessionHash AND replaced_at IS NULL
            """, new { sessionHash, now, forgetAt = now.AddDays(ReplacedTokenDays) });

    /// <summary>The hashes of the tokens of a person's sessions that may be remembered somewhere as good.</summary>
    public static async Task<List<byte[]>> ListTokensAsync(this DbSession db, Guid personId, DateTime now) =>
        [.. (await db.ListAsync<SessionRow>(
            """
            SELECT token_hash FROM session WHERE person_id = @personId
            UNION SELECT t.token_hash FROM session s JOIN session_token t ON t.session_hash = s.token_hash
            WHERE s.person_id = @personId AND (t.replaced_at IS NULL OR t.replaced_at > @since)
            """, new { personId, since = now.AddMinutes(-GoodMinutesMax) })).Select(s => s.TokenHash)];

    /// <summary>The same of the session that one token belongs to.</summary>
    public static async Task<List<byte[]>> ListTokensAsync(this DbSession db, byte[] tokenHash, DateTime now) =>
        [tokenHash, .. (await db.ListAsync<SessionRow>(
            $"""
            SELECT token_hash FROM session_token
            WHERE session_hash = {SessionOfToken} AND (replaced_at IS NULL OR replaced_at > @since)
            """, new { tokenHash, since = now.AddMinutes(-GoodMinutesMax) })).Select(s => s.TokenHash)];

    public static Task<int> EndSessionAsync(this DbSession db, byte[] tokenHash) => db.ExecuteAsync(
        $"DELETE FROM session WHERE token_hash = {SessionOfToken}", new { tokenHash });

    public static Task<int> EndSessionsAsync(this DbSession db, Guid personId) => db.ExecuteAsync(
        "DELETE FROM session WHERE person_id = @personId", new { personId });

    public static void AddCode(this DbSession db, SignInCode code) => db.Queue(
        """
        INSERT INTO sign_in_code (challenge_id, phone, phone_index, code_hash, tries, expires_at)
        VALUES (@ChallengeId, @Phone, @PhoneIndex, @CodeHash, 0, @ExpiresAt)
        """, new { code.ChallengeId, code.Phone, code.PhoneIndex, code.CodeHash, code.ExpiresAt });

    public static Task<SignInCode?> FindCodeAsync(this DbSession db, Guid challengeId) => db.FindAsync<SignInCode>(
        """
        SELECT challenge_id, phone, phone_index, code_hash, expires_at FROM sign_in_code WHERE challenge_id = @challengeId
        """, new { challengeId });

    /// <summary>Counts one try, unless the code is used, expired or has had its tries.</summary>
    public static async Task<bool> TryCodeAsync(this DbSession db, Guid challengeId, int triesMax, DateTime now) =>
        await db.ExecuteAsync(
            """
            UPDATE sign_in_code SET tries = tries + 1
            WHERE challenge_id = @challengeId AND used_at IS NULL AND tries < @triesMax AND expires_at > @now
            """, new { challengeId, triesMax, now }) == 1;

    public static async Task<bool> UseCodeAsync(this DbSession db, Guid challengeId, DateTime now) =>
        await db.ExecuteAsync(
            "UPDATE sign_in_code SET used_at = @now WHERE challenge_id = @challengeId AND used_at IS NULL",
            new { challengeId, now }) == 1;

    public static Task<StaffLogin?> FindStaffLoginAsync(this DbSession db, string name) => db.FindAsync<StaffLogin>(
        "SELECT name, person_id, password_hash, totp_secret, totp_step FROM staff_login WHERE name = @name", new { name });

    public static Task AddStaffLoginAsync(this DbSession db, StaffLogin login) => db.ExecuteAsync(
        """
        INSERT INTO staff_login (name, person_id, password_hash, totp_secret, totp_step)
        VALUES (@Name, @PersonId, @PasswordHash, @TotpSecret, @TotpStep)
        """, new { login.Name, login.PersonId, login.PasswordHash, login.TotpSecret, login.TotpStep });

    /// <summary>Spends an authenticator code: each step counts once, and never an older one.</summary>
    public static async Task<bool> UseTotpAsync(this DbSession db, string name, long step) => await db.ExecuteAsync(
        "UPDATE staff_login SET totp_step = @step WHERE name = @name AND totp_step < @step", new { name, step }) == 1;

    /// <summary>What has served its time; at most <paramref name="countMax"/> rows of each.</summary>
    public static async Task<int> ForgetExpiredAsync(this DbSession db, DateTime now, int countMax) =>
        await db.ExecuteAsync("DELETE FROM session WHERE expires_at < @now LIMIT @countMax", new { now, countMax })
        + await db.ExecuteAsync(
            "DELETE FROM session_token WHERE forget_at < @now LIMIT @countMax", new { now, countMax })
        + await db.ExecuteAsync("DELETE FROM sign_in_code WHERE expires_at < @day LIMIT @countMax",
            new { day = now.AddDays(-1), countMax })
        + await db.ExecuteAsync("DELETE FROM limit_count WHERE period_start < @days LIMIT @countMax",
            new { days = now.AddDays(-3), countMax })
        + await db.ExecuteAsync("DELETE FROM security_event WHERE minute < @half LIMIT @countMax",
            new { half = now.AddDays(-180), countMax })
        + await db.ExecuteAsync("DELETE FROM request_key WHERE made_at < @week LIMIT @countMax",
            new { week = now.AddDays(-7), countMax })
        + await db.ForgetTiesAsync(now, countMax);

    private sealed record SessionRow
    {
        public byte[] TokenHash { get; init; } = [];
    }

    private sealed record CallerRow
    {
        public Guid PersonId { get; init; }
        public DateTime ExpiresAt { get; init; }
        public DateTime RenewedAt { get; init; }
        public DateTime? ReplacedAt { get; init; }
        public Guid? HomeUnitId { get; init; }
        public byte[]? PhoneIndex { get; init; }
        public string ShownName { get; init; } = "";
        public bool ShowPartyBadge { get; init; }
        public Guid? GrantId { get; init; }
        public int? Role { get; init; }
        public Guid? UnitId { get; init; }
        public DateTime? StartsAt { get; init; }
        public DateTime? EndsAt { get; init; }
    }
}

/// <summary>A token as one of its session.</summary>
public sealed record SessionToken
{
    /// <summary>The hash of the first token, which names the session.</summary>
    public byte[] SessionHash { get; init; } = [];
    public Guid PersonId { get; init; }

    /// <summary>Null for the first token of a session that has no other.</summary>
    public byte[]? TokenHash { get; init; }
    public DateTime? ReplacedAt { get; init; }
}

public sealed record SignInCode
{
    public Guid ChallengeId { get; init; }
    public byte[] Phone { get; init; } = [];
    public byte[] PhoneIndex { get; init; } = [];
    public byte[] CodeHash { get; init; } = [];
    public DateTime ExpiresAt { get; init; }
}

public sealed record StaffLogin
{
    public string Name { get; init; } = "";
    public Guid PersonId { get; init; }
    public string PasswordHash { get; init; } = "";
    public byte[] TotpSecret { get; init; } = [];
    public long TotpStep { get; init; }
}
