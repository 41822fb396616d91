using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Points;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>What the place refused and somebody finds wrong: the organisers decide.</summary>
public sealed partial class AttendanceService
{
    public override async Task<Wire.AppealCheckInResponse> AppealCheckIn(
        Wire.AppealCheckInRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("sign_up_id", request.SignUpId);
        var way = Faults.EnumOf<CheckWay>((int)request.Way) ?? CheckWay.In;
        var reason = Reason("reason", request.Reason);
        return await writer.WriteAsync(context, request, async db =>
        {
            var attendance = await db.FindAttendanceAsync(id, call.Caller.PersonId);
            if (attendance?.PersonId != call.Caller.PersonId)
            {
                throw UnknownSignUp();
            }

            if (attendance.IsDecided)
            {
                throw Attendance.Over();
            }

            if (CheckInAppeal.IsLate(attendance, call.Now))
            {
                throw Refuse.Premature("APPEAL_LATE", "班次结束 7 天以内可以申诉，现在已经过了。");
            }

            var refusal = await db.FindRefusalAsync(id, way)
                ?? throw Refuse.Premature("APPEAL_NOTHING", "没有被拒绝的签到或签退。");
            var appeal = new CheckInAppeal
            {
                Id = clock.NewId(),
                SignUpId = id,
                ActivityId = attendance.ActivityId,
                Way = way,
                Fault = refusal.Fault,
                RefusedAt = refusal.At,
                MadeAt = call.Now,
                PersonId = call.Caller.PersonId,
                ReasonState = ContentState.Waiting,
                PersonName = call.Caller.ShownName,
                Distance = refusal.Distance,
                Accuracy = refusal.Accuracy,
            };
            if (!await db.AddAppealAsync(personalData, appeal, reason))
            {
                throw Refuse.Taken("APPEAL_MADE", "已经申诉过了，请等组织者处理。");
            }

            db.QueueContentCheck(ContentPiece.By(
                call, ContentKind.CheckInAppeal, appeal.Id, attendance.UnitId, partOf: appeal.ActivityId));
            db.Record(Entry(call, "participant", "CHECK_IN_APPEALED", appeal, attendance.UnitId, reason));
            return new Wire.AppealCheckInResponse { Appeal = ToWire(appeal, reason, call) };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ListAppealsResponse> ListAppeals(
        Wire.ListAppealsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var activity = await db.FindActivityAsync(id, call.Caller.PersonId) ?? throw UnknownActivity();
            var overseer = Demand(
                call, tree.Get(activity.UnitId), activity.RelationOf(call.Caller), UnknownActivity()) == Staff;
            var rows = await db.ListAppealsAsync(id, after.At, after.Id, size + 1);
            return new Wire.ListAppealsResponse
            {
                Appeals = { rows.Take(size).Select(a => ToWire(a, AppealStore.ReasonOf(personalData, a), call, overseer)) },
                NextPageToken = rows.Count > size ? new PageToken(rows[size - 1].MadeAt, rows[size - 1].Id).ToString() : "",
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.DecideAppealResponse> DecideAppeal(
        Wire.DecideAppealRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("appeal_id", request.AppealId);
        var answer = Reason("answer", request.Answer);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var (appeal, attendance, actor) = await DemandedAsync(db);
            if (attendance.PersonId == call.Caller.PersonId)
            {
                throw OwnAttendance();
            }

            if (appeal.DecidedAt is not null)
            {
                throw Refuse.Premature("APPEAL_DECIDED", "这个申诉已经处理过了。");
            }

            var byStaff = ContentPiece.IsByStaff(call, tree.Get(attendance.UnitId).Path);
            var decided = appeal with
            {
                Admitted = request.Admit,
                DecidedAt = call.Now,
                DecidedBy = call.Caller.PersonId,
                Answer = AppealStore.SealAnswer(personalData, id, answer),
                AnswerState = byStaff ? null : ContentState.Waiting,
            };
            if (!await db.DecideAppealAsync(decided))
            {
                throw new ConflictException();
            }

            if (request.Admit)
            {
                var admitted = attendance.Admitted(appeal.Way, appeal.RefusedAt);
                await db.MoveAttendanceAsync(admitted);
                var entry = Entry(call, actor, "ATTENDANCE_ADMITTED", admitted);
                db.Record(entry);
                if (attendance.Status == AttendanceStatus.NoShow)
                {
                    await deductor.ReturnAsync(db, DeductionReason.NoShow, attendance.PersonId, attendance.SignUpId, entry);
                }
            }

            if (!byStaff)
            {
                db.QueueContentCheck(ContentPiece.By(
                    call, ContentKind.CheckInAnswer, id, attendance.UnitId, partOf: appeal.ActivityId));
            }

            db.Record(Entry(
                call, actor, request.Admit ? "CHECK_IN_APPEAL_ADMITTED" : "CHECK_IN_APPEAL_DECLINED", decided,
                attendance.UnitId, answer));
            return new Wire.DecideAppealResponse
            {
                Appeal = ToWire(decided, AppealStore.ReasonOf(personalData, decided), call, actor == Staff),
            };
        }, again: async (db, first) =>
        {
            await DemandedAsync(db);
            return first;
        });

        async Task<(CheckInAppeal, Attendance, string)> DemandedAsync(DbSession db)
        {
            var appeal = await db.FindAppealAsync(id) ?? throw UnknownAppeal();
            var attendance = await db.FindAttendanceAsync(appeal.SignUpId, call.Caller.PersonId) ?? throw UnknownAppeal();
            var actor = Demand(
                call, tree.Get(attendance.UnitId), attendance.RelationOf(call.Caller), UnknownAppeal());
            return (appeal, attendance, actor);
        }
    }

    private JournalEntry Entry(
        Call call, string actor, string kind, CheckInAppeal appeal, Guid unitId, string words) => JournalEntry.By(
        call, actor, kind, "check_in_appeal", appeal.Id, unitId, new
        {
            appeal.SignUpId,
            appeal.ActivityId,
            way = appeal.Way.ToString(),
            fault = appeal.Fault.ToString(),
            appeal.RefusedAt,
            words = personalData.Hash(words),
        });

    private Wire.CheckInAppeal ToWire(CheckInAppeal appeal, string reason, Call call, bool overseer = false) => new()
    {
        Id = appeal.Id.ToString(),
        SignUpId = appeal.SignUpId.ToString(),
        ActivityId = appeal.ActivityId.ToString(),
        Way = (Wire.CheckWay)appeal.Way,
        Fault = (Wire.CheckInFault)appeal.Fault,
        RefusedAt = ActivitySight.Time(appeal.RefusedAt),
        Reason = ContentPiece.IsReadable(appeal.ReasonState, appeal.PersonId, call.Caller, overseer) ? reason : "",
        MadeAt = ActivitySight.Time(appeal.MadeAt),
        Decided = appeal.DecidedAt is not null,
        Admitted = appeal.Admitted == true,
        DecidedAt = ActivitySight.Time(appeal.DecidedAt),
        Answer = ContentPiece.IsReadable(appeal.AnswerState, appeal.DecidedBy, call.Caller, overseer)
            ? AppealStore.AnswerOf(personalData, appeal)
            : "",
        PersonName = appeal.PersonName ?? "",
        DistanceMetres = appeal.Distance ?? 0,
        AccuracyMetres = appeal.Accuracy ?? 0,
    };

    private static RefusedException UnknownActivity() => Refuse.Missing("ACTIVITY_UNKNOWN", "没有找到这个活动。");

    private static RefusedException UnknownAppeal() => Refuse.Missing("APPEAL_UNKNOWN", "没有找到这个申诉。");
}
