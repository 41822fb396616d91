using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>
/// Who has a place in a shift, and whether they came: values in, values out. Numbers are those of attendance.proto.
/// </summary>
public record Attendance
{
    /// <summary>So much of a shift must somebody be there for its minutes to count.</summary>
    private const int PercentMin = 60;

    public Guid SignUpId { get; init; }
    public Guid ActivityId { get; init; }
    public Guid ShiftId { get; init; }
    public Guid PersonId { get; init; }
    public AttendanceStatus Status { get; init; }

    /// <summary>0 before anything is stored of it.</summary>
    public int Version { get; init; }
    public DateTime StartsAt { get; init; }
    public DateTime EndsAt { get; init; }
    public DateTime? InAt { get; init; }
    public int? InDistance { get; init; }
    public int? InAccuracy { get; init; }
    public bool InByHand { get; init; }
    public DateTime? OutAt { get; init; }
    public int? OutDistance { get; init; }
    public int? OutAccuracy { get; init; }
    public bool OutByHand { get; init; }
    public DateTime? DecidedAt { get; init; }
    public Guid? DecidedBy { get; init; }

    /// <summary>What counts, once it is confirmed.</summary>
    public int Minutes { get; init; }
    public byte[]? Reason { get; init; }

    /// <summary>Whether others may read the reason; null when staff gave it.</summary>
    public ContentState? ReasonState { get; init; }

    /// <summary>Known only where they were joined in.</summary>
    public SignUpStatus SignUpStatus { get; init; }
    public ActivityStatus ActivityStatus { get; init; }
    public Guid UnitId { get; init; }
    public Guid MakerId { get; init; }
    public bool Organised { get; init; }
    public string? PersonName { get; init; }
    public string? GrantsCourse { get; init; }
    public bool Schooled { get; init; }
    public int HoursBefore { get; init; }

    public bool IsDecided => Status is AttendanceStatus.Confirmed or AttendanceStatus.Refused;

    /// <summary>Between coming and going, inside the shift.</summary>
    public TimeSpan There => InAt is { } from && OutAt is { } to && Earlier(to, EndsAt) > Later(from, StartsAt)
        ? Earlier(to, EndsAt) - Later(from, StartsAt)
        : TimeSpan.Zero;

    /// <summary>The whole of it, on one screen.</summary>
    public static AttendanceStatus Next(AttendanceStatus status, AttendanceMove move) => (status, move) switch
    {
        (AttendanceStatus.Unspecified, AttendanceMove.CheckIn) => AttendanceStatus.CheckedIn,
        (AttendanceStatus.CheckedIn, AttendanceMove.CheckOut) => AttendanceStatus.CheckedOut,

        (AttendanceStatus.Unspecified or AttendanceStatus.NoShow or AttendanceStatus.CheckedIn, AttendanceMove.AdmitIn) =>
            AttendanceStatus.CheckedIn,
        (AttendanceStatus.CheckedOut, AttendanceMove.AdmitIn) => status,
        (AttendanceStatus.CheckedIn or AttendanceStatus.CheckedOut, AttendanceMove.AdmitOut) =>
            AttendanceStatus.CheckedOut,

        (AttendanceStatus.Unspecified, AttendanceMove.Miss) => AttendanceStatus.NoShow,
        (AttendanceStatus.CheckedIn or AttendanceStatus.CheckedOut, AttendanceMove.Confirm) =>
            AttendanceStatus.Confirmed,
        (AttendanceStatus.CheckedIn or AttendanceStatus.CheckedOut, AttendanceMove.Refuse) => AttendanceStatus.Refused,

        (_, AttendanceMove.CheckIn) => throw Refuse.Taken("ALREADY_CHECKED_IN", "这个班次已经签到过了。"),
        (AttendanceStatus.Unspecified or AttendanceStatus.NoShow, _) =>
            throw Refuse.Premature("NOT_CHECKED_IN", "这个班次没有签到记录。"),
        _ => throw Over(),
    };

    public Attendance CheckedIn(DateTime now, int? distance, int? accuracy) => After(AttendanceMove.CheckIn) with
    {
        InAt = now,
        InDistance = distance,
        InAccuracy = accuracy,
    };

    public Attendance CheckedOut(DateTime now, int? distance, int? accuracy) => After(AttendanceMove.CheckOut) with
    {
        OutAt = now,
        OutDistance = distance,
        OutAccuracy = accuracy,
    };

    /// <summary>They came, or went, when the place refused it; what they did later does not take that from them.</summary>
    public Attendance Admitted(CheckWay way, DateTime at) => way == CheckWay.In
        ? After(AttendanceMove.AdmitIn) with { InAt = Earlier(at, InAt ?? at), InByHand = true }
        : After(AttendanceMove.AdmitOut) with { OutAt = Later(at, InAt ?? at), OutByHand = true };

    /// <summary>Its minutes count, if they are enough.</summary>
    /// <param name="outAt">When they went, if they did not check out.</param>
    public Attendance Confirmed(Guid by, DateTime? outAt, DateTime now)
    {
        var confirmed = After(AttendanceMove.Confirm) with { DecidedAt = now, DecidedBy = by };
        if (OutAt is null)
        {
            if (outAt is not { } left || left < InAt || left > EndsAt)
            {
                throw Refuse.Invalid(
                    "OUT_AT_WRONG", "没有签退的，请填写离开时间：在签到之后，不晚于班次结束。",
                    new FieldFault("people.out_at", "时间不对。"));
            }

            confirmed = confirmed with { OutAt = left, OutByHand = true };
        }

        return confirmed with { Minutes = Counted(confirmed.There, EndsAt - StartsAt) };
    }

    public Attendance Refused(Guid by, DateTime now) =>
        After(AttendanceMove.Refuse) with { DecidedAt = now, DecidedBy = by };

    public Attendance Missed() => After(AttendanceMove.Miss);

    /// <summary>Whole minutes, or none when it was too little of the shift.</summary>
    public static int Counted(TimeSpan there, TimeSpan shift) =>
        there * 100 >= shift * PercentMin ? (int)there.TotalMinutes : 0;

    public Relation RelationOf(Caller caller) =>
        (MakerId == caller.PersonId ? Relation.Maker : Relation.None)
        | (Organised ? Relation.Organiser : Relation.None);

    public static RefusedException Over() => Refuse.Premature("ATTENDANCE_OVER", "这次出勤已经结束或确认过了。");

    private Attendance After(AttendanceMove move) => this with { Status = Next(Status, move), Version = Version + 1 };

    private static DateTime Earlier(DateTime one, DateTime other) => one <= other ? one : other;

    private static DateTime Later(DateTime one, DateTime other) => one >= other ? one : other;
}
