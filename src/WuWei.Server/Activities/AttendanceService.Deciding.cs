using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>Who was there, as the organisers say; what it earns is paid in the same transaction.</summary>
public sealed partial class AttendanceService
{
    private const int PeopleMax = 20;
    private const int RosterSizeDefault = 50;
    private const int RosterSizeMax = 200;

    public override async Task<Wire.ListAttendanceResponse> ListAttendance(
        Wire.ListAttendanceRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("shift_id", request.ShiftId);
        var size = PageToken.Size(request.PageSize, RosterSizeDefault, RosterSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Oldest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var (shift, actor) = await SeeShiftAsync(db, call, id, tree);
            var rows = await db.ListAttendanceAsync(id, after.Id, size + 1);
            return new Wire.ListAttendanceResponse
            {
                People = { rows.Take(size).Select(a => ToWire(a, call, concerned: true, actor == Staff)) },
                NextPageToken = rows.Count > size ? new PageToken(shift.StartsAt, rows[size - 1].SignUpId).ToString() : "",
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.ConfirmAttendanceResponse> ConfirmAttendance(
        Wire.ConfirmAttendanceRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("shift_id", request.ShiftId);
        var words = ReadWords(request);
        var tree = await units.TreeAsync(context.CancellationToken);
        var book = await books.BookAsync(context.CancellationToken);
        var known = await database.ReadAsync(
            db => db.FindShiftAsync(id, call.Caller.PersonId), context.CancellationToken) ?? throw UnknownShift();
        var district = tree.DistrictOf(tree.Get(known.UnitId));
        return await writer.WriteAsync(context, request, async db =>
        {
            var people = (await db.LockAttendanceAsync(id, [.. words.Select(w => w.SignUpId)], district.Id))
                .ToDictionary(a => a.SignUpId);
            var (shift, actor) = await SeeShiftAsync(db, call, id, tree);
            DemandOver(shift, call.Now);
            var reply = new Wire.ConfirmAttendanceResponse();
            var confirmed = new List<Attendance>();
            RefusedException? first = null;
            foreach (var word in words)
            {
                try
                {
                    var before = people.GetValueOrDefault(word.SignUpId) ?? throw UnknownSignUp();
                    var after = Decide(before, word, call);
                    reply.Outcomes.Add(new Wire.AttendanceOutcome { Attendance = ToWire(after, call, concerned: true) });
                    if (after == before)
                    {
                        continue;
                    }

                    db.QueueAttendance(after);
                    if (after.Status == AttendanceStatus.Confirmed)
                    {
                        confirmed.Add(after);
                        continue;
                    }

                    db.Record(Entry(call, actor, "ATTENDANCE_REFUSED", after, personalData.Hash(word.Reason)));
                    QueueReason(db, call, after, tree.Get(after.UnitId));
                }
                catch (RefusedException refusal)
                {
                    // Decided before anything was written for them.
                    first ??= refusal;
                    reply.Outcomes.Add(new Wire.AttendanceOutcome { Reason = refusal.Reason, Message = refusal.Message });
                }
            }

            // In one order in every confirmation, so that none waits for another in a circle. Who is paid beside them may
            // come out of it; then one of the two starts over.
            var tally = new Tally();
            foreach (var attendance in confirmed.OrderBy(a => a.PersonId))
            {
                var entry = Entry(call, actor, "ATTENDANCE_CONFIRMED", attendance);
                db.Record(entry);
                QueueCourse(db, attendance, district.Id, entry);
                await payer.PayAsync(
                    db, book.At(district.Id, call.Now), [Earned(attendance, book.At(district.Id, call.Now))], entry,
                    tally);
            }

            return db.Entries > 0 ? reply : throw first ?? Attendance.Over();
        }, again: async (db, reply) =>
        {
            await SeeShiftAsync(db, call, id, tree);
            return reply;
        });
    }

    /// <summary>An organiser's reason is checked before anybody reads it; staff's takes the place of one.</summary>
    private static void QueueReason(DbSession db, Call call, Attendance refused, Unit unit)
    {
        if (ContentPiece.IsByStaff(call, unit.Path))
        {
            db.QueueNoContentCheck(ContentKind.AttendanceReason, refused.SignUpId, ContentState.Passed);
        }
        else
        {
            db.QueueContentCheck(ContentPiece.By(
                call, ContentKind.AttendanceReason, refused.SignUpId, refused.UnitId, partOf: refused.ActivityId));
        }
    }

    /// <summary>What the organiser's word makes of it; the same again when it was said before.</summary>
    private Attendance Decide(Attendance before, Word word, Call call)
    {
        if (before.PersonId == call.Caller.PersonId)
        {
            throw OwnAttendance();
        }

        var said = word.Attended ? AttendanceStatus.Confirmed : AttendanceStatus.Refused;
        return before.Status == said ? before
            : word.Attended ? before.Confirmed(call.Caller.PersonId, word.OutAt, call.Now)
            : before.Refused(call.Caller.PersonId, call.Now) with
            {
                Reason = AttendanceStore.SealReason(personalData, before.SignUpId, word.Reason),
            };
    }

    private static void DemandOver(ShiftAt shift, DateTime now)
    {
        if (shift.Status == ActivityStatus.Cancelled)
        {
            throw Refuse.Premature("ACTIVITY_WRONG_STATUS", "这个活动已经取消了。");
        }

        if (now < shift.EndsAt)
        {
            throw Refuse.Premature("SHIFT_RUNNING", "这个班次还没有结束。");
        }
    }

    /// <summary>Who was at a training has completed its course.</summary>
    private void QueueCourse(DbSession db, Attendance attendance, Guid districtId, JournalEntry entry)
    {
        if (attendance is not { GrantsCourse: { } code, Schooled: false, Minutes: > 0 })
        {
            return;
        }

        var course = new Course
        {
            Id = clock.NewId(),
            PersonId = attendance.PersonId,
            DistrictId = districtId,
            Code = code,
            CompletedAt = attendance.EndsAt,
            UnitId = attendance.UnitId,
        };
        db.QueueCourse(course, attendance.ActivityId);
        db.Record(entry.Beside("COURSE_COMPLETED", "course", course.Id, new { course.PersonId, course.Code }));
    }

    /// <summary>Full hours, up to what one activity may earn a person.</summary>
    private static Earning Earned(Attendance a, PointsRules rules)
    {
        var hours = Math.Clamp(rules.Body.ActivityHoursMax - a.HoursBefore, 0, a.Minutes / 60);
        return new Earning(
            PointsAct.HoursServed, a.PersonId, AccountKind.Person, a.SignUpId, a.ActivityId, OtherId: null, a.UnitId,
            Taken: null, Suspicion.None, Times: hours);
    }

    private static List<Word> ReadWords(Wire.ConfirmAttendanceRequest request)
    {
        if (request.People.Count is 0 or > PeopleMax
            || request.People.DistinctBy(p => p.SignUpId).Count() < request.People.Count)
        {
            throw Refuse.Invalid(
                "PEOPLE_COUNT", $"一次 1 到 {PeopleMax} 个人，每人一次。", new FieldFault("people", "人数不对，或者有重复。"));
        }

        return
        [
            .. request.People.Select(p =>
            {
                if (!p.Attended && string.IsNullOrWhiteSpace(p.Reason))
                {
                    throw Refuse.Invalid("REASON_REQUIRED", "请说明为什么不算。", new FieldFault("people.reason", "必填。"));
                }

                return new Word(
                    Faults.IdOf("people.sign_up_id", p.SignUpId), p.Attended, Faults.TimeOf("people.out_at", p.OutAt),
                    p.Attended ? "" : Reason("people.reason", p.Reason));
            }),
        ];
    }

    private static RefusedException OwnAttendance() => Refuse.Denied("ATTENDANCE_OWN", "自己的出勤要请别人确认。");

    /// <summary>What the organiser says of one person.</summary>
    private sealed record Word(Guid SignUpId, bool Attended, DateTime? OutAt, string Reason);
}
