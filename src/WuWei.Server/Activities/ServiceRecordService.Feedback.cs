using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>What people said of activities, and how many were held.</summary>
public sealed partial class ServiceRecordService
{
    private const int RatingMax = 5;
    private const int CountDaysMax = 366;

    public override async Task<Wire.GiveFeedbackResponse> GiveFeedback(
        Wire.GiveFeedbackRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var words = Faults.TextOf("words", request.Words, 0, 500);
        if (request.Rating is < 1 or > RatingMax)
        {
            throw Refuse.Invalid("RATING_RANGE", $"请打 1 到 {RatingMax} 分。", new FieldFault("rating", "超出范围。"));
        }

        return await writer.WriteAsync(context, request, async db =>
        {
            var activity = await db.FindActivityAsync(id, call.Caller.PersonId);
            if (activity?.PublishedAt is null)
            {
                throw UnknownActivity();
            }

            if (await db.HasFeedbackAsync(id, call.Caller.PersonId))
            {
                throw Refuse.Taken("FEEDBACK_GIVEN", "已经评价过这个活动了。");
            }

            var feedbackId = clock.NewId();
            if (activity.Status is not (ActivityStatus.Ended or ActivityStatus.Settled)
                || !await db.AddFeedbackAsync(
                    personalData, feedbackId, id, call.Caller.PersonId, request.Rating, words, call.Now))
            {
                throw Refuse.Premature("FEEDBACK_NOT_DUE", "活动结束、出勤确认以后可以评价。");
            }

            if (words.Length > 0)
            {
                db.QueueContentCheck(ContentPiece.By(
                    call, ContentKind.Feedback, feedbackId, activity.UnitId, partOf: id));
            }

            db.Record(JournalEntry.By(
                call, "participant", "ACTIVITY_FEEDBACK_GIVEN", "activity_feedback", feedbackId, activity.UnitId, new
                {
                    activityId = id,
                    request.Rating,
                    words = words.Length == 0 ? null : personalData.Hash(words),
                }));
            return new Wire.GiveFeedbackResponse();
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.GetFeedbackResponse> GetFeedback(
        Wire.GetFeedbackRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("activity_id", request.ActivityId);
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var activity = await db.FindActivityAsync(id, call.Caller.PersonId) ?? throw UnknownActivity();
            var sight = ActivitySight.Of(activity, tree, call);
            if (!sight.Visible)
            {
                throw UnknownActivity();
            }

            call.Demand(sight.Relation, sight.Unit.Path);
            var sum = await db.SumFeedbackAsync(id);
            var rows = sight.Concerned ? await db.ListFeedbackAsync(id, after.At, after.Id, size + 1) : [];
            return new Wire.GetFeedbackResponse
            {
                Answers = sum.Answers,
                Average = sum.Average,
                Feedback =
                {
                    rows.Take(size).Select(f => new Wire.Feedback
                    {
                        Rating = f.Rating,
                        Words = f.ContentState == ContentState.Passed || sight.Overseer
                            ? FeedbackStore.WordsOf(personalData, f)
                            : "",
                        WordsState = f.Words is null ? default : (Wire.ContentState)f.ContentState,
                        GivenAt = ActivitySight.Time(f.GivenAt),
                    }),
                },
                NextPageToken = rows.Count > size ? new PageToken(rows[size - 1].GivenAt, rows[size - 1].Id).ToString() : "",
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.CountActivitiesResponse> CountActivities(
        Wire.CountActivitiesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var (from, to) = (Faults.DayOf("from_day", request.FromDay), Faults.DayOf("to_day", request.ToDay));
        if (from > to || (to - from).TotalDays >= CountDaysMax || from.Year < 2000 || to.Year > 9000)
        {
            throw Refuse.Invalid(
                "REPORT_PERIOD", $"时间段要从早到晚，最多 {CountDaysMax} 天。", new FieldFault("to_day", "超出范围。"));
        }

        var days = await database.ReadAsync(
            db => db.CountHeldAsync(unit.Id, Clock.FromChina(from), Clock.FromChina(to.AddDays(1))),
            context.CancellationToken);
        return new Wire.CountActivitiesResponse
        {
            Held = days.Sum(d => d.Held),
            Days = { days.Select(d => new Wire.ActivitiesOnDay { Day = $"{d.Day:yyyy-MM-dd}", Held = d.Held }) },
        };
    }
}
