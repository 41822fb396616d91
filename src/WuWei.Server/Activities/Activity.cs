using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Places;

namespace WuWei.Activities;

/// <summary>An activity and the only ways it may change: values in, values out.</summary>
public record Activity
{
    public Guid Id { get; init; }
    public Guid UnitId { get; init; }
    public Guid? OrganisationId { get; init; }
    public Guid? ParentId { get; init; }
    public Guid? SeriesId { get; init; }
    public Guid MakerId { get; init; }
    public ActivityKind Kind { get; init; }
    public ActivityStatus Status { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public string Text { get; init; } = "";
    public string Place { get; init; } = "";

    /// <summary>Millionths of a degree.</summary>
    public int? Latitude { get; init; }
    public int? Longitude { get; init; }
    public int RadiusMetres { get; init; }
    public bool Remote { get; init; }

    /// <summary><see cref="Bits"/> of <see cref="AgeBand"/> and <see cref="TimeOfWeek"/>.</summary>
    public int Ages { get; init; }
    public int Times { get; init; }
    public byte[]? Contact { get; init; }

    /// <summary>Whether others than its organisers and staff may read its texts. Staff read what they publish.</summary>
    public ContentState ContentState { get; init; } = ContentState.Passed;
    public bool InsuranceNeeded { get; init; }
    public DateTime? InsuredUntil { get; init; }
    public string? NeedsCourse { get; init; }
    public string? GrantsCourse { get; init; }
    public int CancelHours { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime? PublishedAt { get; init; }
    public DateTime? EndedAt { get; init; }
    public int Reminders { get; init; }
    public bool Overdue { get; init; }
    public DateTime ClockFrom { get; init; }
    public DateTime? ClockAt { get; init; }

    /// <summary>Known only where they were joined in for showing.</summary>
    public string? MakerName { get; init; }
    public string? OrganisationName { get; init; }
    public bool Organised { get; init; }
    public bool SignedUp { get; init; }
    public int Children { get; init; }

    /// <summary>The cell that its spot is in; a remote one is near to nobody.</summary>
    public GridCell? Cell => !Remote && Latitude is { } latitude && Longitude is { } longitude
        && new Point(latitude, longitude) is { IsInChina: true } spot
            ? GridCell.Of(spot)
            : null;

    public bool IsInsured => !InsuranceNeeded || InsuredUntil >= EndsAt;

    /// <summary>The whole life of an activity, on one screen.</summary>
    public static ActivityStatus Next(ActivityStatus status, ActivityMove move) => (status, move) switch
    {
        (ActivityStatus.Draft, ActivityMove.Submit) => ActivityStatus.InReview,
        (ActivityStatus.Draft, ActivityMove.Publish) => ActivityStatus.Enrolling,

        (ActivityStatus.InReview, ActivityMove.Approve) => ActivityStatus.Enrolling,
        (ActivityStatus.InReview, ActivityMove.Return) => ActivityStatus.Draft,

        (ActivityStatus.Enrolling, ActivityMove.Start) => ActivityStatus.Running,
        (ActivityStatus.Enrolling, ActivityMove.Hold) => status,
        (ActivityStatus.Draft or ActivityStatus.InReview or ActivityStatus.Enrolling, ActivityMove.Lapse) =>
            ActivityStatus.Cancelled,

        (ActivityStatus.Running, ActivityMove.End) => ActivityStatus.Ended,
        (ActivityStatus.Ended, ActivityMove.Settle) => ActivityStatus.Settled,
        (ActivityStatus.InReview or ActivityStatus.Ended, ActivityMove.Remind) => status,

        (ActivityStatus.Draft or ActivityStatus.InReview or ActivityStatus.Enrolling or ActivityStatus.Running,
            ActivityMove.Cancel) => ActivityStatus.Cancelled,
        (ActivityStatus.Draft or ActivityStatus.Enrolling or ActivityStatus.Running,
            ActivityMove.Edit or ActivityMove.Insure) => status,
        (ActivityStatus.Enrolling or ActivityStatus.Running,
            ActivityMove.ChangeShift or ActivityMove.AddShift or ActivityMove.CancelShift) => status,
        (ActivityStatus.Draft or ActivityStatus.InReview or ActivityStatus.Enrolling or ActivityStatus.Running
            or ActivityStatus.Ended, ActivityMove.AddOrganiser or ActivityMove.RemoveOrganiser) => status,

        _ => throw Refuse.Premature("ACTIVITY_WRONG_STATUS", "这个活动现在不能这样操作，请刷新看看。"),
    };

    /// <summary>After a move that leaves the state, and what the clock counts from.</summary>
    public Activity After(ActivityMove move) => (this with { Status = Next(Status, move) }).Wound();

    /// <summary>In a new state: its clock starts.</summary>
    public Activity Entered(ActivityMove move, DateTime now) => (this with
    {
        Status = Next(Status, move),
        ClockFrom = now,
        Reminders = 0,
        Overdue = false,
    }).Wound();

    /// <summary>Open for sign-ups: only while its first shift is still to come.</summary>
    public Activity Published(ActivityMove move, DateTime now)
    {
        var published = Entered(move, now) with { PublishedAt = now, ContentState = ContentState.Passed };
        return StartsAt > now
            ? published
            : throw Refuse.Premature("SHIFT_STARTED", "开始时间已经过了，请先改时间。");
    }

    public Activity Ended(DateTime now) => Entered(ActivityMove.End, now) with { EndedAt = now };

    /// <summary>Insured until after the last shift; one that was held for it starts when the clock looks next.</summary>
    public Activity Insured(DateTime until)
    {
        var insured = this with { InsuredUntil = until, InsuranceNeeded = true, Overdue = false };
        return insured.IsInsured ? insured.After(ActivityMove.Insure) : throw InsuranceTooShort("insured_until");
    }

    /// <summary>Once it runs nobody would look whether insurance that it needs only now is there.</summary>
    public Activity Edited() => Status == ActivityStatus.Running && !IsInsured
        ? throw InsuranceTooShort("insurance_needed")
        : After(ActivityMove.Edit);

    /// <summary>With other shifts: from the first start to the last end of those that take place.</summary>
    public Activity Shifted(ActivityMove move, IEnumerable<Shift> shifts)
    {
        List<Shift> held = [.. shifts.Where(s => !s.Cancelled)];
        var shifted = this with
        {
            StartsAt = held.Min(s => s.StartsAt),
            EndsAt = held.Max(s => s.EndsAt),
            Times = Bits.Of(held.Select(s => s.Time)),
        };
        // Before its start it would be held until it is insured; now nobody would look.
        return Status == ActivityStatus.Running && shifted.EndsAt > EndsAt && !shifted.IsInsured
            ? throw InsuranceTooShort("ends_at")
            : shifted.After(move);
    }

    /// <summary>Somebody was urged, or it is held: a thing for staff to look at.</summary>
    public Activity Urged(ActivityMove move) => (this with
    {
        Status = Next(Status, move),
        Reminders = Reminders + 1,
        Overdue = true,
    }).Wound();

    /// <summary>With the next time the worker must look at it.</summary>
    public Activity Wound() => this with { ClockAt = ActivityClock.Next(this)?.At };

    public Relation RelationOf(Caller caller) =>
        (MakerId == caller.PersonId ? Relation.Maker : Relation.None)
        | (Organised ? Relation.Organiser : Relation.None);

    /// <summary>Whether somebody may know that it exists.</summary>
    public bool VisibleTo(Relation relation, bool overseer) =>
        PublishedAt is not null || relation != Relation.None || overseer;

    private static RefusedException InsuranceTooShort(string field) => Refuse.Invalid(
        "INSURANCE_TOO_SHORT", "保险要到最后一班结束之后。", new FieldFault(field, "超出了保险期。"));
}
