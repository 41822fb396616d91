using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>Somebody's place in a role of a shift, or in its queue, and the only ways it may change.</summary>
public sealed record SignUp
{
    public Guid Id { get; init; }
    public Guid ActivityId { get; init; }
    public Guid ShiftId { get; init; }
    public Guid RoleId { get; init; }
    public Guid PersonId { get; init; }
    public SignUpStatus Status { get; init; }

    /// <summary>The order of arrival in its role.</summary>
    public int Number { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
    public DateTime SignedAt { get; init; }
    public Guid? SignedBy { get; init; }
    public SignUpConsent Consent { get; init; }
    public int SeenChanges { get; init; }
    public DateTime? LeftAt { get; init; }
    public Guid? LeftBy { get; init; }
    public byte[]? Reason { get; init; }

    /// <summary>Whether others may read the reason; null when staff gave it.</summary>
    public ContentState? ReasonState { get; init; }

    /// <summary>Known only where they were joined in for showing, and for rights.</summary>
    public string ActivityTitle { get; init; } = "";
    public string RoleName { get; init; } = "";
    public string? PersonName { get; init; }
    public Guid UnitId { get; init; }
    public Guid MakerId { get; init; }
    public bool Organised { get; init; }
    public int CancelHours { get; init; }

    /// <summary>How often time or place of its shift changed.</summary>
    public int Changes { get; init; }
    public DateTime? ShiftCancelledAt { get; init; }

    /// <summary>The person came to the shift.</summary>
    public bool CheckedIn { get; init; }

    /// <summary>Its shift was moved onto another that the person is in.</summary>
    public bool Conflicting { get; init; }

    public bool IsLive => Status is SignUpStatus.SignedUp or SignUpStatus.Waiting;

    /// <summary>It ended with its shift, which does not take place.</summary>
    public bool ShiftCancelled => Status == SignUpStatus.Cancelled && LeftAt is not null && LeftAt == ShiftCancelledAt;

    public bool Changed => (IsLive || ShiftCancelled) && Changes > SeenChanges;

    /// <summary>
    /// Without the place. Who gives one back too late dropped out, unless what they agreed to has changed since, or
    /// somebody else takes it from them.
    /// </summary>
    public SignUp Left(Guid by, DateTime now)
    {
        DemandGivable(now);
        var late = by == PersonId && Status == SignUpStatus.SignedUp && !Changed && now > StartsAt.AddHours(-CancelHours);
        return this with
        {
            Status = late ? SignUpStatus.DroppedLate : SignUpStatus.Cancelled,
            LeftAt = now,
            LeftBy = by,
        };
    }

    /// <summary>The place is somebody else's now.</summary>
    public SignUp Replaced(Guid by, DateTime now) =>
        this with { Status = SignUpStatus.Replaced, LeftAt = now, LeftBy = by };

    public SignUp Acknowledged(DateTime now)
    {
        if (!ShiftCancelled)
        {
            DemandLive(now);
        }

        return Changed
            ? this with { SeenChanges = Changes }
            : throw Refuse.Premature("CHANGE_NONE", "没有需要确认的变化。");
    }

    /// <summary>
    /// Refuses unless the place can still be given back or to somebody. Who came to the shift stays in it: else they
    /// would have been there, and nobody could confirm it.
    /// </summary>
    public void DemandGivable(DateTime now)
    {
        DemandLive(now);
        if (CheckedIn)
        {
            throw Refuse.Premature("CAME_ALREADY", "已经签到了，名额不能再退或转让；是否计入由组织者确认。");
        }
    }

    private void DemandLive(DateTime now)
    {
        if (!IsLive)
        {
            throw Refuse.Premature("SIGN_UP_OVER", "这个报名已经结束了。");
        }

        if (StartsAt <= now)
        {
            throw Seat.Started();
        }
    }

    public Relation RelationOf(Caller caller) =>
        (PersonId == caller.PersonId ? Relation.Self : Relation.None)
        | (MakerId == caller.PersonId ? Relation.Maker : Relation.None)
        | (Organised ? Relation.Organiser : Relation.None);
}

/// <summary>A role of a shift as it is for one person: whether they may have a place in it.</summary>
public sealed record Seat
{
    /// <summary>So many shifts to come may one person be in or wait for.</summary>
    private const int ToComeMax = 50;

    public Guid ActivityId { get; init; }
    public Guid ShiftId { get; init; }
    public Guid RoleId { get; init; }
    public string ActivityTitle { get; init; } = "";
    public string RoleName { get; init; } = "";
    public Guid UnitId { get; init; }
    public Guid MakerId { get; init; }
    public bool Organised { get; init; }
    public bool Public { get; init; }
    public ActivityStatus Status { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
    public int Changes { get; init; }
    public bool ShiftCancelled { get; init; }

    /// <summary>What the person has already: this shift, so many to come, and something else at that time.</summary>
    public bool AlreadyIn { get; init; }
    public int ToCome { get; init; }
    public Guid? ClashId { get; init; }

    /// <summary>Whether they hold what is asked for, if anything is.</summary>
    public bool Skilled { get; init; }
    public bool Schooled { get; init; }

    /// <summary>Refuses unless the person may have a place, or wait for one.</summary>
    public void Demand(DateTime now)
    {
        var refusal = this switch
        {
            { Status: not (ActivityStatus.Enrolling or ActivityStatus.Running) } =>
                Refuse.Premature("ACTIVITY_NOT_ENROLLING", "这个活动现在不能报名。"),
            { ShiftCancelled: true } => Shift.NotHeld(),
            _ when StartsAt <= now => Started(),
            { AlreadyIn: true } => Refuse.Taken("ALREADY_SIGNED_UP", "这个班次已经报过名了。"),
            { ClashId: { } clash } => new RefusedException(
                StatusCode.FailedPrecondition, "SHIFT_CONFLICT", "这个时间已经报了别的班次。",
                [new FieldFault("sign_up", clash.ToString())]),
            { ToCome: >= ToComeMax } =>
                Refuse.Exhausted("SIGN_UPS_TOO_MANY", $"还没开始的报名最多 {ToComeMax} 个，先完成一些再来吧。"),
            { Skilled: false } => Refuse.Premature("SKILL_REQUIRED", "这个岗位需要经过认证的技能，请联系社区工作人员。"),
            { Schooled: false } => Refuse.Premature("COURSE_REQUIRED", "参加这个活动要先完成规定的培训。"),
            _ => null,
        };
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    /// <summary>A place, or one in the queue, for somebody who may have one; and the role after it.</summary>
    public (SignUpStatus Status, ShiftRole After) Demand(DateTime now, ShiftRole role)
    {
        Demand(now);
        return role.Joined();
    }

    /// <summary>Somebody's new place in it.</summary>
    public SignUp Taken(Guid id, Guid personId, SignUpStatus status, int number, DateTime now) => new()
    {
        Id = id,
        ActivityId = ActivityId,
        ShiftId = ShiftId,
        RoleId = RoleId,
        PersonId = personId,
        Status = status,
        Number = number,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
        SignedAt = now,
        SeenChanges = Changes,
        Changes = Changes,
        ActivityTitle = ActivityTitle,
        RoleName = RoleName,
        UnitId = UnitId,
    };

    public Relation RelationOf(Caller caller) =>
        (MakerId == caller.PersonId ? Relation.Maker : Relation.None)
        | (Organised ? Relation.Organiser : Relation.None);

    public static RefusedException Started() => Refuse.Premature("SHIFT_STARTED", "这个班次已经开始了。");
}
