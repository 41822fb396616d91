using WuWei.Errors;
using WuWei.Places;

namespace WuWei.Activities;

/// <summary>Where a device says it is, in millionths of a degree, and how well it knows.</summary>
public sealed record Position(int Latitude, int Longitude, int AccuracyMetres)
{
    public int MetresFrom(int latitude, int longitude) =>
        new Point(Latitude, Longitude).MetresTo(new Point(latitude, longitude));
}

/// <summary>Somebody at the place of a shift: what is wrong with their coming or going, if anything. Pure.</summary>
public sealed record DoorCheck(PlaceAt Place, CheckWay Way, Position? Position)
{
    private const int AccuracyMax = 200;
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan After = TimeSpan.FromHours(2);

    /// <summary>How far from the place; null where that does not matter.</summary>
    public int? Distance => Place is { Latitude: { } latitude, Longitude: { } longitude }
        ? Position?.MetresFrom(latitude, longitude)
        : null;

    public int? Accuracy => Distance is null ? null : Position!.AccuracyMetres;

    /// <summary>Whether a code is shown now.</summary>
    public static CheckInFault? WindowFault(DateTime startsAt, DateTime endsAt, DateTime now) =>
        now < startsAt - Before ? CheckInFault.TooEarly
        : now > endsAt + After ? CheckInFault.TooLate
        : null;

    /// <param name="code">What is wrong with the code they sent.</param>
    public CheckInFault? FaultAt(DateTime now, CheckInFault? code)
    {
        if (Place.Latitude is not null && Position is null)
        {
            throw Invalid("position", "请允许获取位置。");
        }

        return WindowFault(Place.StartsAt, Place.EndsAt, now) switch
        {
            { } window => window,
            _ when Way == CheckWay.In && now >= Place.EndsAt => CheckInFault.TooLate,
            _ when code is not null => code,
            _ when Accuracy > AccuracyMax => CheckInFault.PositionVague,
            _ when Distance > Place.RadiusMetres => CheckInFault.TooFar,
            _ when Place.DeviceOf is { } other && other != Place.PersonId => CheckInFault.DeviceUsed,
            _ when Way == CheckWay.In && Place.Uninsured => CheckInFault.Uninsured,
            _ => null,
        };
    }

    public Attendance Done(DateTime now) => Way == CheckWay.In
        ? Place.CheckedIn(now, Distance, Accuracy)
        : Place.CheckedOut(now, Distance, Accuracy);

    public static RefusedException Refusal(CheckInFault fault) => fault switch
    {
        CheckInFault.TooEarly => Refuse.Premature("CHECK_IN_TOO_EARLY", "还没到时间，班次开始前 30 分钟起可以签到。"),
        CheckInFault.TooLate => Refuse.Premature("CHECK_IN_TOO_LATE", "已经过了签到或签退的时间。"),
        CheckInFault.CodeForeign => Refuse.Premature("CHECK_IN_CODE_WRONG", "这不是这个班次的签到码，请扫现场的码。"),
        CheckInFault.CodeExpired => Refuse.Premature("CHECK_IN_CODE_EXPIRED", "签到码已经更新，请重新扫现场的码。"),
        CheckInFault.PositionVague => Refuse.Premature(
            "CHECK_IN_POSITION_VAGUE", "定位不够准确，请到开阔处再试一次。"),
        CheckInFault.TooFar => Refuse.Premature("CHECK_IN_TOO_FAR", "你不在活动地点附近。"),
        CheckInFault.Uninsured => Refuse.Premature(
            "ACTIVITY_UNINSURED", "这个活动还没有保险，不能开始，请联系组织者。"),
        _ => Refuse.Taken("CHECK_IN_DEVICE_USED", "这台手机已经替别人签过到，请用自己的手机。"),
    };

    public static RefusedException Invalid(string field, string description) =>
        Refuse.Invalid("CHECK_IN_INVALID", "签到的内容不对，请更新小程序后再试。", new FieldFault(field, description));
}
