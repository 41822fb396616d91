using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Threads;

/// <summary>Reports: the only way by which staff read a thread.</summary>
public sealed partial class ThreadService
{
    private const int ReasonLengthMin = 2;
    private const int ReasonLengthMax = 500;

    public override async Task<Wire.ReportMessageResponse> ReportMessage(
        Wire.ReportMessageRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("thread_id", request.ThreadId);
        Guid? messageId = request.MessageId.Length == 0 ? null : Faults.IdOf("message_id", request.MessageId);
        var reason = Faults.TextOf("reason", request.Reason, ReasonLengthMin, ReasonLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var (thread, relation, side) = await SeeAsync(db, call, id, tree);
            if (messageId is { } reported && (await db.FindMessageAsync(reported) is not { } message
                || message.ThreadId != id || message.State != ContentState.Passed
                || message.AuthorId == call.Caller.PersonId))
            {
                throw MessageUnknown();
            }

            if (!await db.TakeAsync(
                new Limit("thread-report", options.Value.ReportsMax, TimeSpan.FromDays(1)), Person(call), call.Now))
            {
                throw Refuse.Exhausted("REPORTS_TOO_MANY", "今天举报得太多了，请明天再来，或者联系社区工作人员。");
            }

            // When the wish gets another unit, the reports that there are go along: this is one, or made after it.
            thread = thread with { UnitId = await db.HoldUnitOfAsync(thread.WishId) };
            var report = new ThreadReport
            {
                Id = clock.NewId(),
                ThreadId = id,
                WishId = thread.WishId,
                UnitId = thread.UnitId,
                MessageId = messageId,
                ReporterId = call.Caller.PersonId,
                ReporterName = call.Caller.ShownName,
                Side = side,
                MadeAt = call.Now,
            }.With(personalData, reason);
            if (!await db.AddReportAsync(report))
            {
                throw Refuse.Taken("THREAD_REPORTED", "你已经举报过，工作人员正在处理。");
            }

            db.Record(Entry(call, "THREAD_REPORTED", thread, relation, new
            {
                thread.WishId,
                reportId = report.Id,
                messageId,
                side = $"{side}",
                reason = personalData.Hash(reason),
            }));
            return new Wire.ReportMessageResponse { Report = report.ToWire(personalData) };
        }, again: async (db, first) =>
        {
            await SeeAsync(db, call, id, tree);
            return first;
        });
    }

    public override async Task<Wire.ListThreadReportsResponse> ListThreadReports(
        Wire.ListThreadReportsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var size = PageToken.Size(request.PageSize, ThreadsDefault, ThreadsMax);
        var from = request.PageToken.Length == 0 ? PageToken.Oldest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var reports = await database.ReadAsync(
            db => db.ListReportsAsync(unit.Id, call.Caller.PersonId, request.Decided, from, size + 1),
            context.CancellationToken);
        return new Wire.ListThreadReportsResponse
        {
            Reports = { reports.Take(size).Select(r => r.ToWire(personalData)) },
            NextPageToken = reports.Count > size ? $"{new PageToken(reports[size - 1].MadeAt, reports[size - 1].Id)}" : "",
        };
    }

    public override async Task<Wire.RevealReportedThreadResponse> RevealReportedThread(
        Wire.RevealReportedThreadRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("report_id", request.ReportId);
        var size = PageToken.Size(request.PageSize, MessagesDefault, MessagesMax);
        var from = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        var spent = false;
        try
        {
            return await writer.WriteUnkeptAsync(context, request, async db =>
            {
                var (report, thread) = await DemandedAsync(db, call, id, tree);
                var quota = new Limit("thread-reveal", options.Value.RevealsMax, TimeSpan.FromDays(1));
                if (!await db.TakeAsync(quota, Person(call), call.Now))
                {
                    spent = true;
                    throw Refuse.Exhausted("THREADS_TOO_MANY", "今天查看对话的次数用完了。");
                }

                db.Record(Entry(call, "THREAD_REVEALED", report, new { report.ThreadId, report.WishId }));
                return await PageAsync(db, report, thread);
            }, read: async db =>
            {
                var (report, thread) = await DemandedAsync(db, call, id, tree);
                return await PageAsync(db, report, thread);
            });
        }
        catch (RefusedException) when (spent)
        {
            await events.NoteAsync(
                SecurityEvents.ThreadQuotaSpent, call.Source, call.Caller.PersonId, call.Permission.Rpc);
            throw;
        }

        async Task<Wire.RevealReportedThreadResponse> PageAsync(DbSession db, ThreadReport report, Thread thread)
        {
            // Of nobody's own: what did not pass is none of what was reported.
            var messages = await db.ListMessagesAsync(thread.Id, personId: Guid.Empty, from, size + 1);
            return new Wire.RevealReportedThreadResponse
            {
                Report = report.ToWire(personalData),
                Messages =
                {
                    messages.Take(size).Select(m =>
                    {
                        var wire = (m with { HiddenAt = null }).ToWire(personalData, thread, Guid.Empty, side: null);
                        wire.Hidden = m.HiddenAt is not null;
                        return wire;
                    }),
                },
                NextPageToken = Next(messages, size),
            };
        }
    }

    public override async Task<Wire.DecideThreadReportResponse> DecideThreadReport(
        Wire.DecideThreadReportRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("report_id", request.ReportId);
        var outcome = Faults.EnumOf<ReportOutcome>((int)request.Outcome)
            ?? throw Refuse.Invalid("REPORT_OUTCOME", "请选择处理结果。", new FieldFault("outcome", "必选。"));
        Guid? named = request.MessageId.Length == 0 ? null : Faults.IdOf("message_id", request.MessageId);
        var answer = Faults.TextOf("answer", request.Answer, ReasonLengthMin, ReasonLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var (report, thread) = await DemandedAsync(db, call, id, tree);
            var messageId = outcome == ReportOutcome.MessageHidden ? named ?? report.MessageId : null;
            switch (outcome)
            {
                case ReportOutcome.MessageHidden when messageId is null:
                    throw Refuse.Invalid(
                        "MESSAGE_REQUIRED", "请指定要隐藏的留言。", new FieldFault("message_id", "必填。"));
                case ReportOutcome.MessageHidden when !await db.HideMessageAsync(thread.Id, messageId!.Value, call.Now):
                    throw MessageUnknown();
                case ReportOutcome.ClaimRevoked when thread.EndedAt is null:
                    throw Refuse.Premature("CLAIM_NOT_REVOKED", "请先收回认领，再这样处理。");
                case ReportOutcome.ClaimRevoked:
                    await db.CloseThreadAsync(thread, call.Now);
                    break;
                default:
                    break;
            }

            var decided = report.Decided(personalData, outcome, answer, call.Caller.PersonId, call.Now);
            await db.DecideReportAsync(decided);
            db.Record(Entry(call, "THREAD_REPORT_DECIDED", report, new
            {
                report.ThreadId,
                report.WishId,
                report.ReporterId,
                messageId,
                outcome = $"{outcome}",
                answer = personalData.Hash(answer),
            }));
            return new Wire.DecideThreadReportResponse { Report = decided.ToWire(personalData) };
        }, again: async (db, first) =>
        {
            await ReportAsync(db, call, id, tree);
            return first;
        });
    }

    /// <summary>An open report of the caller's units, and its thread, which is none of their own.</summary>
    private static async Task<(ThreadReport Report, Thread Thread)> DemandedAsync(
        DbSession db, Call call, Guid id, UnitTree tree)
    {
        var report = await ReportAsync(db, call, id, tree);
        if (report.DecidedAt is not null)
        {
            throw Refuse.Premature("REPORT_DECIDED", "这个举报已经处理过了。");
        }

        var thread = await db.FindThreadAsync(report.ThreadId, call.Caller.PersonId) ?? throw ReportUnknown();
        return thread.Parties().Append(thread.MakerId ?? Guid.Empty).Contains(call.Caller.PersonId)
            ? throw Refuse.Denied("THREAD_OWN", "和自己有关的对话要请同事处理。")
            : (report, thread);
    }

    private static async Task<ThreadReport> ReportAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var report = await db.FindReportAsync(id) ?? throw ReportUnknown();
        var path = tree.Get(report.UnitId).Path;
        if (!call.Caller.Covers(Role.Staff, path, call.Now))
        {
            throw ReportUnknown();
        }

        call.Demand(Relation.None, path);
        return report;
    }

    private static JournalEntry Entry(Call call, string kind, ThreadReport report, object detail) =>
        JournalEntry.By(call, "staff", kind, "thread_report", report.Id, report.UnitId, detail);

    private static RefusedException ReportUnknown() => Refuse.Missing("REPORT_UNKNOWN", "没有找到这个举报。");

    private static RefusedException MessageUnknown() => Refuse.Missing("MESSAGE_UNKNOWN", "没有找到这条留言。");
}
