namespace WuWei.Activities;

/// <summary>Numbered as in attendance.proto; 0 while nobody came and the shift is not over.</summary>
public enum AttendanceStatus : byte
{
    Unspecified = 0,
    CheckedIn,
    CheckedOut,
    NoShow,
    Confirmed,
    Refused,
}

public enum AttendanceMove : byte
{
    CheckIn = 1,
    CheckOut,
    AdmitIn,
    AdmitOut,
    Miss,
    Confirm,
    Refuse,
}

public enum CheckWay : byte
{
    In = 1,
    Out,
}

public enum CheckInFault : byte
{
    TooEarly = 1,
    TooLate,
    CodeForeign,
    CodeExpired,
    PositionVague,
    TooFar,
    DeviceUsed,
    Uninsured,
}
