using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.ContentChecks;

/// <summary>The check of one piece and the only ways it may go: values in, values out.</summary>
public sealed record ContentCheck
{
    public static readonly TimeSpan AppealWithin = TimeSpan.FromDays(7);

    /// <summary>For how long an appeal is left to staff before it goes up, or those at the top are reminded.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromDays(7);

    /// <summary>How long the worker may take over one before another copy does it.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>WeChat promises its verdict on a picture within this time.</summary>
    private static readonly TimeSpan VerdictWithin = TimeSpan.FromMinutes(30);

    /// <summary>How long to leave WeChat alone after each time that it did not answer; then staff look at it.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    public Guid Id { get; init; }
    public ContentKind Kind { get; init; }
    public Guid ContentId { get; init; }

    /// <summary>The wish, activity or thread that it belongs to, or itself.</summary>
    public Guid PartOf { get; init; }

    /// <summary>Which edit it is: a verdict on an older one is none.</summary>
    public int Version { get; init; }
    public Guid UnitId { get; init; }
    public Guid AuthorId { get; init; }
    public Channel Channel { get; init; }

    /// <summary>It belongs to what is confided to us: no company looks at it.</summary>
    public bool StaffOnly { get; init; }
    public ContentState State { get; init; }
    public CheckStage Stage { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime? DueAt { get; init; }
    public int Tries { get; init; }
    public ContentFinding Finding { get; init; }
    public DateTime? QueuedAt { get; init; }
    public DateTime? DecidedAt { get; init; }
    public Guid? DecidedBy { get; init; }
    public RefusalReason Reason { get; init; }
    public byte[]? ReasonText { get; init; }
    public Guid? AppealUnitId { get; init; }
    public DateTime? AppealedAt { get; init; }
    public byte[]? AppealText { get; init; }
    public DateTime? AppealDecidedAt { get; init; }
    public Guid? AppealDecidedBy { get; init; }
    public byte[]? AppealAnswer { get; init; }

    /// <summary>Until when its author may appeal; null when not, or not any more.</summary>
    public DateTime? AppealUntil => IsRefused && !IsFinal && AppealedAt is null ? DecidedAt + AppealWithin : null;

    /// <summary>
    /// A wish waits for its text, and that was refused for good: an appeal was, too, or none came in time, or the wish
    /// ended before. For what else is refused nothing waits.
    /// </summary>
    public bool IsFinal => Kind == ContentKind.Wish && IsRefused && DueAt is null;

    private bool IsRefused => Stage == CheckStage.Settled && State == ContentState.Refused;

    /// <summary>It was tried as often as may be, and came to nothing: whoever took it last failed or stopped.</summary>
    public bool IsTriedOut => Stage == CheckStage.New && Tries > Pauses.Length;

    /// <summary>Taken by one copy of the worker, for a while.</summary>
    public ContentCheck Taken(DateTime now) => this with { DueAt = now + Lease, Tries = Tries + 1 };

    /// <summary>WeChat has it and says later what it thinks.</summary>
    public ContentCheck Asked(DateTime now) => this with { Stage = CheckStage.Asked, DueAt = now + VerdictWithin };

    /// <summary>To be tried again, a bounded number of times; then it is for staff.</summary>
    public ContentCheck Failed(DateTime now) => Tries <= Pauses.Length
        ? this with { DueAt = now + Pauses[Tries - 1] }
        : Queued(ContentFinding.Away, now);

    /// <summary>What a machine thinks of it in the end.</summary>
    public ContentCheck Told(Opinion opinion, DateTime now) => opinion switch
    {
        Opinion.Pass => Passed(by: null, now),
        Opinion.Review => Queued(ContentFinding.Review, now),
        Opinion.Risky => Queued(ContentFinding.Risky, now),
        Opinion.NotApplicable => Queued(ContentFinding.NotApplicable, now),
        _ => Queued(ContentFinding.Away, now),
    };

    public ContentCheck Queued(ContentFinding finding, DateTime now) =>
        this with { Stage = CheckStage.Queued, Finding = finding, QueuedAt = now, DueAt = null };

    public ContentCheck Dropped() => this with { Stage = CheckStage.Dropped, DueAt = null };

    /// <param name="by">Null for a machine, which passes and never refuses.</param>
    public ContentCheck Passed(Guid? by, DateTime now) => this with
    {
        State = ContentState.Passed,
        Stage = CheckStage.Settled,
        DueAt = null,
        DecidedAt = now,
        DecidedBy = by,
    };

    /// <summary>Due again when the time to appeal is over, if anything waits for that.</summary>
    public ContentCheck Refused(Guid by, RefusalReason reason, byte[] text, DateTime now) => this with
    {
        State = ContentState.Refused,
        Stage = CheckStage.Settled,
        DueAt = Kind == ContentKind.Wish ? now + AppealWithin : null,
        DecidedAt = now,
        DecidedBy = by,
        Reason = reason,
        ReasonText = text,
    };

    /// <summary>Nobody appealed in time.</summary>
    public ContentCheck Unappealed() => this with { DueAt = null };

    /// <summary>Whose staff decide on an appeal: the next unit up, or the same at the top.</summary>
    public static Guid AppealUnitOf(Unit unit, UnitTree tree)
    {
        var own = tree.AudienceOf(unit);
        return (tree.AudienceAbove(own) ?? own).Id;
    }

    /// <summary>Its author wants staff of this unit to look.</summary>
    public ContentCheck Appealed(Guid unitId, byte[] text, DateTime now)
    {
        if (AppealedAt is not null)
        {
            throw Refuse.Taken("CONTENT_APPEALED", "已经申诉过了，每次只能申诉一回。");
        }

        if (!IsRefused)
        {
            throw Refuse.Premature("CONTENT_NOT_REFUSED", "只有审核没有通过的内容可以申诉。");
        }

        return AppealUntil is not { } until || until < now
            ? throw Refuse.Premature("CONTENT_APPEAL_LATE", "申诉要在 7 天之内、心愿结束之前提出。")
            : this with
            {
                Stage = CheckStage.Appealed,
                DueAt = now + AnswerWithin,
                AppealUnitId = unitId,
                AppealedAt = now,
                AppealText = text,
                QueuedAt = now,
            };
    }

    /// <summary>Nobody answered its author in time: one unit further up, or at the top once more.</summary>
    public ContentCheck Unanswered(UnitTree tree, DateTime now)
    {
        var (unit, asked) = (tree.Get(UnitId), tree.Get(AppealUnitId!.Value));
        return this with
        {
            AppealUnitId = unit.IsWithin(asked.Id) ? (tree.AudienceAbove(asked) ?? asked).Id : AppealUnitOf(unit, tree),
            DueAt = now + AnswerWithin,
        };
    }

    /// <summary>What it belongs to is this unit's now; who is asked about an appeal stays, if they are above.</summary>
    public ContentCheck Rehomed(Unit to, UnitTree tree) => this with
    {
        UnitId = to.Id,
        AppealUnitId = AppealUnitId is { } asked && !to.IsWithin(asked) ? AppealUnitOf(to, tree) : AppealUnitId,
    };

    public ContentCheck AppealDecided(Guid by, bool admit, byte[] answer, DateTime now)
    {
        var decided = this with
        {
            State = admit ? ContentState.Passed : ContentState.Refused,
            Stage = CheckStage.Settled,
            DueAt = null,
            AppealDecidedAt = now,
            AppealDecidedBy = by,
            AppealAnswer = answer,
        };
        return Stage != CheckStage.Appealed
            ? throw Refuse.Premature("CONTENT_NOT_APPEALED", "没有待处理的申诉。")
            : AuthorId == by ? throw Own()
            : DecidedBy == by ? throw Refuse.Denied("SECOND_PERSON_NEEDED", "申诉要由另一位工作人员处理。")
            : decided;
    }

    public static RefusedException Own() => Refuse.Denied("CONTENT_OWN", "自己写的内容要请同事审核。");

    public static RefusedException Unknown() => Refuse.Missing("CONTENT_UNKNOWN", "没有找到这条内容。");
}
