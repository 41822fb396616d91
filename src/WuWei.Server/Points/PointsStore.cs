using WuWei.Calls;
using WuWei.Data;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>Every SQL statement on accounts, awards and transfers.</summary>
public static class PointsStore
{
    private static readonly string ClosesCircle =
        $"""
        WITH
          third AS (
            SELECT DISTINCT w.other_id AS id FROM points_award w
            WHERE w.account_id = @otherId AND w.at > @since AND w.other_id NOT IN (@accountId, @otherId) LIMIT 50),
          fourth AS ({ServedBy("third")}),
          fifth AS ({ServedBy("fourth")}),
          sixth AS ({ServedBy("fifth")}),
          both_met AS (
            SELECT a.id FROM ({MetBy("@accountId")}) a JOIN ({MetBy("@otherId")}) b ON b.id = a.id
            WHERE a.id NOT IN (@accountId, @otherId))
        SELECT
          EXISTS (
            SELECT 1
            FROM (SELECT id FROM third UNION SELECT id FROM fourth UNION SELECT id FROM fifth UNION SELECT id FROM sixth) p
            JOIN points_award w ON w.account_id = p.id AND w.other_id = @accountId AND w.at > @since)
          OR EXISTS (
            SELECT 1 FROM both_met m JOIN points_account p ON p.id = m.id AND p.kind = 1
            JOIN points_award w ON w.account_id = m.id AND w.at > @since AND w.other_id IS NOT NULL)
        """;

    /// <summary>What paying an account needs to know of it, in one trip; null when it was never opened.</summary>
    public static Task<AccountRow?> FindAccountAsync(
        this DbSession db, Earning earning, int pairDays, DateTime now) => db.FindAsync<AccountRow>(
        """
        SELECT a.version,
          (SELECT CAST(COALESCE(SUM(w.amount), 0) AS SIGNED) FROM points_award w
            WHERE w.account_id = a.id AND w.day = @day) AS today,
          (SELECT CAST(COALESCE(SUM(w.amount), 0) AS SIGNED) FROM points_award w
            WHERE w.account_id = a.id AND w.day BETWEEN @monday AND @day) AS this_week,
          (SELECT COUNT(DISTINCT w.source_id) FROM points_award w
            WHERE w.account_id = a.id AND w.other_id = @OtherId AND w.at > @since AND w.source_id <> @SourceId) AS served,
          (SELECT COUNT(DISTINCT w.source_id) FROM points_award w
            WHERE w.account_id = @OtherId AND w.other_id = a.id AND w.at > @since) AS returned,
          (SELECT COUNT(DISTINCT w.other_id) FROM points_award w
            WHERE w.account_id = a.id AND w.maker_id = @askedBy AND w.at > @since
              AND w.other_id NOT IN (@OtherId, @askedBy)) AS others,
          EXISTS (SELECT 1 FROM points_award w
            WHERE w.account_id = @OtherId AND w.at > @since AND w.other_id IS NOT NULL) AS other_serves
        FROM points_account a WHERE a.id = @AccountId
        """,
        new
        {
            earning.AccountId,
            earning.OtherId,
            earning.SourceId,
            askedBy = earning.MadeForOther ? earning.MakerId : null,
            day = Clock.Day(now),
            monday = Clock.Monday(now),
            since = now.AddDays(-pairDays),
        });

    /// <summary>
    /// Whether serving somebody closes a circle of helpers: whom an account serves served somebody, who served somebody … who
    /// served the account (three to six people), or both have met a third helper, whoever of them served whom. Looks at no
    /// more than fifty people at each step, so that a crowd costs no more than a few.
    /// </summary>
    public static async Task<bool> ClosesCircleAsync(
        this DbSession db, Guid accountId, Guid otherId, DateTime since) => await db.FindAsync<int>(
        ClosesCircle, new { accountId, otherId, since }) == 1;

    /// <summary>Opens it unless somebody did meanwhile.</summary>
    public static Task<int> OpenAccountAsync(this DbSession db, Guid id, AccountKind kind, DateTime now) => db.ExecuteAsync(
        """
        INSERT IGNORE INTO points_account (id, kind, balance, version, opened_at) VALUES (@id, @kind, 0, 0, @now)
        """, new { id, kind, now });

    /// <summary>
    /// Credits what was decided on, unless another award came between: then the transaction starts over, so that caps and
    /// decay are decided once at a time.
    /// </summary>
    public static async Task CreditAsync(this DbSession db, Guid accountId, int versionRead, int amount)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE points_account SET balance = balance + @amount, version = version + 1
            WHERE id = @accountId AND version = @versionRead
            """, new { accountId, versionRead, amount }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>
    /// Adds to a balance, or takes from it; at most down to <paramref name="floor"/>. Who decided by the balance before, such
    /// as the expiry, decides anew.
    /// </summary>
    /// <returns>False when it would fall below.</returns>
    public static async Task<bool> ChangeBalanceAsync(this DbSession db, Guid accountId, int by, long floor = long.MinValue) =>
        await db.ExecuteAsync(
            """
            UPDATE points_account SET balance = balance + @by, version = version + 1
            WHERE id = @accountId AND (@by > 0 OR balance + @by >= @floor)
            """, new { accountId, by, floor }) == 1;

    public static void QueueAward(this DbSession db, Award award) => db.Queue(
        """
        INSERT INTO points_award
          (id, at, day, account_id, act, source_id, subject_id, other_id, maker_id, unit_id, rules_id, amount, held,
          detail)
        VALUES
          (@Id, @At, @day, @AccountId, @Act, @SourceId, @SubjectId, @OtherId, @MakerId, @UnitId, @RulesId, @Amount,
          @Held, @Detail)
        """,
        new
        {
            award.Id,
            award.At,
            day = Clock.Day(award.At),
            award.AccountId,
            award.Act,
            award.SourceId,
            award.SubjectId,
            award.OtherId,
            award.MakerId,
            award.UnitId,
            award.RulesId,
            award.Amount,
            award.Held,
            award.Detail,
        });

    public static void QueueTransfer(this DbSession db, Transfer transfer) => db.Queue(
        """
        INSERT INTO points_transfer
          (id, at, day, kind, from_id, to_id, amount, unit_id, award_id, correction_id)
        VALUES
          (@Id, @At, @day, @Kind, @FromId, @ToId, @Amount, @UnitId, @AwardId, @CorrectionId)
        """,
        new
        {
            transfer.Id,
            transfer.At,
            day = Clock.Day(transfer.At),
            transfer.Kind,
            transfer.FromId,
            transfer.ToId,
            transfer.Amount,
            transfer.UnitId,
            transfer.AwardId,
            transfer.CorrectionId,
        });

    /// <summary>Takes a transfer back, once.</summary>
    /// <returns>False when it was taken back before.</returns>
    public static async Task<bool> AddReversalAsync(this DbSession db, Transfer reversal) => await db.ExecuteAsync(
        """
        INSERT IGNORE INTO points_transfer
          (id, at, day, kind, from_id, to_id, amount, unit_id, reverses_id, correction_id)
        VALUES (@Id, @At, @day, @Kind, @FromId, @ToId, @Amount, @UnitId, @ReversesId, @CorrectionId)
        """,
        new
        {
            reversal.Id,
            reversal.At,
            day = Clock.Day(reversal.At),
            reversal.Kind,
            reversal.FromId,
            reversal.ToId,
            reversal.Amount,
            reversal.UnitId,
            reversal.ReversesId,
            reversal.CorrectionId,
        }) == 1;

    /// <summary>
    /// What is paid and belongs to what an act shows: in a circle all that the same two earned with each other; of a maker who
    /// keeps asking for others, all that the helper earned so. Not what somebody decided on, nor what was called back before.
    /// </summary>
    public static Task<List<Award>> ListToCallBackAsync(
        this DbSession db, Earning earning, Suspicion shown, DateTime since, int countMax) => db.ListAsync<Award>(
        """
        SELECT w.id, w.account_id, w.unit_id, w.amount, t.id AS transfer_id
        FROM (
          SELECT p.id FROM points_award p
          WHERE @circle = 1 AND p.account_id = @AccountId AND p.other_id = @OtherId AND p.at > @since
          UNION
          SELECT p.id FROM points_award p
          WHERE @circle = 1 AND p.account_id = @OtherId AND p.other_id = @AccountId AND p.at > @since
          UNION
          SELECT p.id FROM points_award p
          WHERE @maker = 1 AND p.account_id = @AccountId AND p.maker_id = @MakerId AND p.at > @since
            AND p.other_id <> @MakerId
        ) i
        JOIN points_award w ON w.id = i.id AND w.held = 0
        JOIN points_transfer t ON t.award_id = w.id
        LEFT JOIN points_transfer b ON b.reverses_id = t.id
        WHERE b.id IS NULL ORDER BY w.account_id, w.id DESC LIMIT @countMax
        """,
        new
        {
            earning.AccountId,
            earning.OtherId,
            earning.MakerId,
            circle = shown.HasFlag(Suspicion.Circle) ? 1 : 0,
            maker = shown.HasFlag(Suspicion.MakerKeepsMeeting) ? 1 : 0,
            since,
            countMax,
        });

    public static void QueueRecall(
        this DbSession db, Guid awardId, Transfer reversal, Suspicion suspicion, Guid shownBy) => db.Queue(
        """
        INSERT INTO points_recall (award_id, transfer_id, suspicion, shown_by, at)
        VALUES (@awardId, @Id, @suspicion, @shownBy, @At)
        """, new { awardId, reversal.Id, suspicion, shownBy, reversal.At });

    public static void QueueHold(this DbSession db, Award award) => db.Queue(
        "INSERT INTO points_hold (award_id, account_id, unit_id, held_at) VALUES (@Id, @AccountId, @UnitId, @At)",
        new { award.Id, award.AccountId, award.UnitId, award.At });

    /// <summary>Decides on a held award.</summary>
    /// <returns>False when somebody did before.</returns>
    public static async Task<bool> DecideAsync(
        this DbSession db, Guid awardId, bool posted, Guid? decidedBy, DateTime now, byte[]? reason)
    {
        if (await db.ExecuteAsync("DELETE FROM points_hold WHERE award_id = @awardId", new { awardId }) == 0)
        {
            return false;
        }

        db.Queue(
            """
            INSERT INTO points_ruling (award_id, posted, decided_by, decided_at, reason)
            VALUES (@awardId, @posted, @decidedBy, @now, @reason)
            """, new { awardId, posted, decidedBy, now, reason });
        return true;
    }

    private static string ServedBy(string who) =>
        $"""
        SELECT DISTINCT w.other_id AS id FROM {who} p JOIN points_award w ON w.account_id = p.id
        WHERE w.at > @since AND w.other_id NOT IN (@accountId, @otherId) LIMIT 50
        """;

    /// <summary>Whom somebody served, and who served them.</summary>
    private static string MetBy(string id) =>
        $"""
        (SELECT DISTINCT w.other_id AS id FROM points_award w
          WHERE w.account_id = {id} AND w.at > @since AND w.other_id IS NOT NULL LIMIT 50)
        UNION
        (SELECT DISTINCT w.account_id FROM points_award w WHERE w.other_id = {id} AND w.at > @since LIMIT 50)
        """;
}

/// <summary>An account as paying it needs to know it.</summary>
public sealed record AccountRow
{
    public int Version { get; init; }
    public long Today { get; init; }
    public long ThisWeek { get; init; }

    /// <summary>How often it served the same person within the pair's days, and they it.</summary>
    public int Served { get; init; }
    public int Returned { get; init; }
    public int Others { get; init; }
    public bool OtherServes { get; init; }
}

/// <summary>What an act earned, and what became of it.</summary>
public record Award
{
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    public Guid AccountId { get; init; }
    public PointsAct Act { get; init; }
    public Guid SourceId { get; init; }
    public Guid SubjectId { get; init; }
    public Guid? OtherId { get; init; }
    public Guid? MakerId { get; init; }
    public Guid UnitId { get; init; }
    public Guid RulesId { get; init; }
    public int Amount { get; init; }
    public string Detail { get; init; } = "";
    public int RulesVersion { get; init; }

    /// <summary>Why it was held when it was made, or called back later.</summary>
    public Suspicion Held { get; init; }

    /// <summary>What was decided on a held one; null until then, and for others.</summary>
    public bool? Posted { get; init; }

    /// <summary>For somebody's decision.</summary>
    public bool Waits { get; init; }
    public Guid? TransferId { get; init; }
    public Guid? ReversedBy { get; init; }

    /// <summary>The reversal by which it was called back.</summary>
    public Guid? CalledBackBy { get; init; }

    /// <summary>
    /// Whether somebody has a part in it: it is theirs, they asked for it, or they are who was served, by their account or by
    /// the phone that stands for them.
    /// </summary>
    public bool Concerns(Caller caller) => AccountId == caller.PersonId || MakerId == caller.PersonId
        || OtherId == caller.PersonId || (caller.PhoneIndex is { } phone && OtherId == OtherOf(phone));

    /// <summary>Who has a phone, with or without an account.</summary>
    public static Guid OtherOf(byte[] phoneIndex) => new(phoneIndex.AsSpan(0, 16));

    public AwardState State => this switch
    {
        { Waits: true } => AwardState.Held,
        { Posted: false } => AwardState.Voided,
        { ReversedBy: not null } => AwardState.Reversed,
        { TransferId: not null } => AwardState.Posted,
        _ => AwardState.Nothing,
    };
}

/// <summary>Points that moved from one account to another.</summary>
public sealed record Transfer
{
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    public TransferKind Kind { get; init; }
    public Guid FromId { get; init; }
    public Guid ToId { get; init; }
    public int Amount { get; init; }
    public Guid UnitId { get; init; }
    public Guid? AwardId { get; init; }
    public Guid? ReversesId { get; init; }
    public Guid? CorrectionId { get; init; }
}
