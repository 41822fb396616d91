using Google.Protobuf;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of attendance.proto: the door of a shift here; appeals and decisions in the other parts.</summary>
public sealed partial class AttendanceService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, PointsRuleBooks books, Payer payer,
    Deductor deductor, CheckInCodes codes, SecurityEvents events, TimeProvider clock)
    : Wire.AttendanceService.AttendanceServiceBase
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;
    private static readonly string Staff = ActivityEntry.Name(ActivityActor.Staff);
    private const int DegreesMax = 180_000_000;
    private const int AccuracyMax = 65_535;

    public override async Task<Wire.GetCheckInCodeResponse> GetCheckInCode(
        Wire.GetCheckInCodeRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("shift_id", request.ShiftId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (shift, _) = await database.ReadAsync(db => SeeShiftAsync(db, call, id, tree), context.CancellationToken);
        if (shift.Cancelled)
        {
            throw Shift.NotHeld();
        }

        if (DoorCheck.WindowFault(shift.StartsAt, shift.EndsAt, call.Now) is { } fault)
        {
            throw DoorCheck.Refusal(fault);
        }

        var nextAt = CheckInCodes.NextAt(call.Now);
        return new Wire.GetCheckInCodeResponse
        {
            Code = codes.Of(shift.ActivityId, shift.Id, call.Now),
            NextAt = ActivitySight.Time(nextAt),
            EndsAt = ActivitySight.Time(nextAt + CheckInCodes.ShownFor),
        };
    }

    public override async Task<Wire.CheckInResponse> CheckIn(Wire.CheckInRequest request, ServerCallContext context) =>
        await PassAsync(
            context, request, CheckWay.In, request.ShiftId, request.Code, request.Position, request.Device,
            attendance => new Wire.CheckInResponse { Attendance = attendance });

    public override async Task<Wire.CheckOutResponse> CheckOut(
        Wire.CheckOutRequest request, ServerCallContext context) =>
        await PassAsync(
            context, request, CheckWay.Out, request.ShiftId, request.Code, request.Position, request.Device,
            attendance => new Wire.CheckOutResponse { Attendance = attendance });

    /// <summary>Somebody passes the door of a shift, or is refused, which is kept.</summary>
    private async Task<TReply> PassAsync<TReply>(
        ServerCallContext context, IMessage request, CheckWay way, string shiftId, string code, Wire.Position? where,
        string device, Func<Wire.Attendance, TReply> reply)
        where TReply : class, IMessage<TReply>, new()
    {
        var call = context.Call();
        var id = Faults.IdOf("shift_id", shiftId);
        var (position, hash) = (ReadPosition(where), ReadDevice(id, device));
        (DoorCheck Check, CheckInFault Fault)? refused = null;
        try
        {
            return await writer.WriteAsync(context, request, async db =>
            {
                var place = await db.FindPlaceAsync(id, call.Caller.PersonId, hash)
                    ?? throw Refuse.Premature("NOT_SIGNED_UP", "你没有这个班次的名额。");
                Attendance.Next(place.Status, way == CheckWay.In ? AttendanceMove.CheckIn : AttendanceMove.CheckOut);
                var check = new DoorCheck(place, way, position);
                if (check.FaultAt(call.Now, codes.FaultOf(code, place.ActivityId, id, call.Now)) is { } fault)
                {
                    refused = (check, fault);
                    throw DoorCheck.Refusal(fault);
                }

                var after = check.Done(call.Now);
                if (place.DeviceOf is null)
                {
                    await db.AddDeviceAsync(id, hash, call.Caller.PersonId);
                }

                await db.MoveAttendanceAsync(after);
                db.Record(Entry(
                    call, "participant", way == CheckWay.In ? "ATTENDANCE_CHECKED_IN" : "ATTENDANCE_CHECKED_OUT", after));
                return reply(ToWire(after, call));
            }, again: (_, first) => Task.FromResult(first));
        }
        catch (RefusedException e) when (e.Code is StatusCode.FailedPrecondition or StatusCode.AlreadyExists)
        {
            if (refused is var (check, fault))
            {
                await database.HousekeepAsync(db => db.AddRefusalAsync(check, fault, call.Now), CancellationToken.None);
            }

            await events.NoteAsync(e.Reason, call.Source, call.Caller.PersonId, call.Permission.Rpc);
            throw;
        }
    }

    /// <summary>The shift, for those who organise its activity or oversee it; and as whom they act.</summary>
    private static async Task<(ShiftAt Shift, string Actor)> SeeShiftAsync(
        DbSession db, Call call, Guid id, UnitTree tree)
    {
        var shift = await db.FindShiftAsync(id, call.Caller.PersonId) ?? throw UnknownShift();
        return (shift, Demand(call, tree.Get(shift.UnitId), shift.RelationOf(call.Caller), UnknownShift()));
    }

    /// <returns>As whom the caller acts; to others the thing is unknown.</returns>
    private static string Demand(Call call, Unit unit, Relation relation, RefusedException unknown)
    {
        if (relation == Relation.None && !call.Oversees(unit.Path))
        {
            throw unknown;
        }

        return call.Demand(relation, unit.Path) is null
            ? ActivityEntry.Name(ActivityActor.Organiser)
            : ActivityEntry.Name(ActivityActor.Staff);
    }

    private static Position? ReadPosition(Wire.Position? wire) => wire switch
    {
        null => null,
        {
            Latitude: >= -DegreesMax / 2 and <= DegreesMax / 2, Longitude: >= -DegreesMax and <= DegreesMax,
            AccuracyMetres: >= 0
        } =>
            new Position(wire.Latitude, wire.Longitude, Math.Min(wire.AccuracyMetres, AccuracyMax)),
        _ => throw DoorCheck.Invalid("position", "超出范围。"),
    };

    /// <summary>Hashed with the shift, so that no device can be followed from one to another.</summary>
    private byte[] ReadDevice(Guid shiftId, string device) =>
        device.Length is >= 8 and <= 64 && device.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? personalData.Index("check-in-device", $"{shiftId}/{device}")
            : throw DoorCheck.Invalid("device", "8 到 64 个字母、数字或短横线。");

    private static JournalEntry Entry(
        Call call, string actor, string kind, Attendance attendance, string? reasonHash = null) => JournalEntry.By(
        call, actor, kind, "attendance", attendance.SignUpId, attendance.UnitId,
        AttendanceStore.Detail(attendance, reasonHash));

    /// <param name="concerned">The caller organises or oversees the activity.</param>
    private Wire.Attendance ToWire(
        Attendance attendance, Call call, bool concerned = false, bool overseer = false) => new()
        {
            SignUpId = attendance.SignUpId.ToString(),
            ActivityId = attendance.ActivityId.ToString(),
            ShiftId = attendance.ShiftId.ToString(),
            Status = (Wire.AttendanceStatus)attendance.Status,
            InAt = ActivitySight.Time(attendance.InAt),
            InByHand = attendance.InByHand,
            OutAt = ActivitySight.Time(attendance.OutAt),
            OutByHand = attendance.OutByHand,
            MinutesThere = (int)attendance.There.TotalMinutes,
            Minutes = attendance.Minutes,
            PersonName = attendance.PersonName ?? "",
            PersonId = concerned || attendance.PersonId == call.Caller.PersonId ? attendance.PersonId.ToString() : "",
            Reason = ContentPiece.IsReadable(attendance.ReasonState, attendance.DecidedBy, call.Caller, overseer)
            ? AttendanceStore.ReasonOf(personalData, attendance)
            : "",
        };

    private static string Reason(string field, string text) =>
        Faults.TextOf(field, text, ReasonLengthMin, ReasonLengthMax);

    private static RefusedException UnknownShift() => Refuse.Missing("SHIFT_UNKNOWN", "没有找到这个班次。");

    private static RefusedException UnknownSignUp() => Refuse.Missing("SIGN_UP_UNKNOWN", "没有找到这个报名。");
}
