namespace WuWei.Activities;

public enum ActivityStatus : byte
{
    Draft = 1,
    InReview,
    Enrolling,
    Running,
    Ended,
    Settled,
    Cancelled,
}

public enum ActivityKind : byte
{
    Service = 1,
    Training,
    Festival,
    Campaign,
    DutyRota,
    Emergency,
}

public enum ActivityMove : byte
{
    Make = 1,
    Edit,
    Submit,
    Publish,
    Approve,
    Return,
    Cancel,
    ChangeShift,
    Insure,
    AddOrganiser,
    RemoveOrganiser,
    Start,
    End,
    Settle,
    Remind,
    Hold,
    Lapse,
    AddShift,
    CancelShift,
}

public enum ActivityActor : byte
{
    Organiser = 1,
    Staff,
    Clock,
}

public enum AgeBand : byte
{
    Children = 1,
    Youth,
    Adults,
    Seniors,
}

public enum TimeOfWeek : byte
{
    Weekday = 1,
    WeekdayEvening,
    Weekend,
}

public enum ActivityField : byte
{
    Title = 1,
    Text,
    Place,
    Time,
    Capacity,
    Ages,
    Contact,
    Insurance,
    Course,
    CancelHours,
    Frame,
}

public enum SignUpStatus : byte
{
    SignedUp = 1,
    Waiting,
    Cancelled,
    DroppedLate,
    Replaced,
}

public enum SignUpConsent : byte
{
    Unspecified = 0,
    InPerson,
    ByPhone,
    Written,
}

public enum OfferStatus : byte
{
    Open = 1,
    Accepted,
    Declined,
    Lapsed,
    Withdrawn,
}

/// <summary>Several values of a small enum in one number: the bit of each is its number.</summary>
public static class Bits
{
    public static int Of<T>(IEnumerable<T> values)
        where T : struct, Enum => values.Aggregate(0, (bits, value) => bits | Bit(value));

    public static int Bit<T>(T value)
        where T : struct, Enum => 1 << ((IConvertible)value).ToInt32(null);

    public static IEnumerable<T> In<T>(int bits)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => (bits & Bit(value)) != 0);
}
