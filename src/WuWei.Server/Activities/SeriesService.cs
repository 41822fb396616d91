using System.Globalization;
using Google.Protobuf;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>The wire of series.proto.</summary>
public sealed class SeriesService(
    Database database, KeyedWriter writer, PersonalData personalData, Units units, TimeProvider clock)
    : Wire.SeriesService.SeriesServiceBase
{
    private const int PageSizeMax = 20;
    private const int ExceptedMax = 100;
    private const int SkipDaysMax = 366;

    public override async Task<Wire.MakeSeriesResponse> MakeSeries(
        Wire.MakeSeriesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var excepted = ReadExcepted(request);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var form = Series.Read(request.Form, call.Now);
            var unit = tree.GetOpen(form.UnitId);
            call.Demand(Relation.None, unit.Path);
            var firstDay = Clock.Day(form.StartsAt);
            SeriesRule.Read(request.Rule, firstDay);
            await db.DemandSkillsAsync(tree.DistrictOf(unit).Id, form.Shifts);
            var id = clock.NewId();
            var series = new Series
            {
                Id = id,
                UnitId = unit.Id,
                MakerId = call.Caller.PersonId,
                Version = 1,
                Rule = request.Rule,
                FirstDay = firstDay,
                Template = Series.Seal(personalData, id, request.Form),
                MadeUntil = firstDay.AddDays(-1),
                MadeAt = call.Now,
                Skipped = [.. excepted.Where(day => day >= firstDay)],
            }.Wound(call.Now).DemandLive();
            await db.AddSeriesAsync(series);
            db.Record(Entry(call, "SERIES_MADE", series, request.Form));
            return new Wire.MakeSeriesResponse { Series = ToWire(series) };
        }, again: async (db, first) =>
        {
            await SeeAsync(db, call, Guid.Parse(first.Series.Id), tree);
            return first;
        });
    }

    public override async Task<Wire.EditSeriesResponse> EditSeries(
        Wire.EditSeriesRequest request, ServerCallContext context) => new()
        {
            Series = await MoveAsync(context, request, request.SeriesId, async (db, series, tree) =>
            {
                var call = context.Call();
                var form = Series.Read(request.Form, call.Now);
                if (form.UnitId != series.UnitId)
                {
                    throw Refuse.Premature("ACTIVITY_FIXED", "系列所在的社区不能换。");
                }

                await db.DemandSkillsAsync(tree.DistrictOf(tree.Get(series.UnitId)).Id, form.Shifts);
                db.Record(Entry(call, "SERIES_EDITED", series, request.Form));
                // Whoever edits it answers for it.
                return series with
                {
                    MakerId = call.Caller.PersonId,
                    Template = Series.Seal(personalData, series.Id, request.Form),
                };
            }),
        };

    public override async Task<Wire.SkipOccurrenceResponse> SkipOccurrence(
        Wire.SkipOccurrenceRequest request, ServerCallContext context)
    {
        var day = Faults.DayOf("day", request.Day);
        return new Wire.SkipOccurrenceResponse
        {
            Series = await MoveAsync(context, request, request.SeriesId, async (db, series, _) =>
            {
                var call = context.Call();
                var decided = await db.FindSeriesDayAsync(series.Id, day);
                if (decided?.ActivityId is not null)
                {
                    throw Refuse.Premature("OCCURRENCE_MADE", "这一天的活动已经发布，可以单独取消它。");
                }

                if (decided is not null)
                {
                    throw Refuse.Taken("OCCURRENCE_SKIPPED", "这一天已经不办了。");
                }

                if (day > Clock.Day(call.Now).AddDays(SkipDaysMax) || !series.Has(day))
                {
                    throw Refuse.Missing("OCCURRENCE_UNKNOWN", "这一天没有这个系列的活动。");
                }

                db.QueueSeriesDay(series.Id, day, activityId: null);
                db.Record(Entry(call, "SERIES_DAY_SKIPPED", series, new { day }));
                return series.Skip(day).Wound(call.Now);
            }),
        };
    }

    public override async Task<Wire.EndSeriesResponse> EndSeries(
        Wire.EndSeriesRequest request, ServerCallContext context) => new()
        {
            Series = await MoveAsync(context, request, request.SeriesId, (db, series, _) =>
            {
                var call = context.Call();
                db.Record(Entry(call, "SERIES_ENDED", series, new { series.MadeUntil }));
                return Task.FromResult(series.Ended(call.Now));
            }),
        };

    public override async Task<Wire.ListSeriesResponse> ListSeries(
        Wire.ListSeriesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var size = PageToken.Size(request.PageSize, PageSizeMax, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var rows = await database.ReadAsync(
            db => db.ListSeriesAsync([.. tree.WithMerged(unit)], after.Id, size + 1), context.CancellationToken);
        return new Wire.ListSeriesResponse
        {
            Series = { rows.Take(size).Select(ToWire) },
            NextPageToken = rows.Count > size ? new PageToken(rows[size - 1].MadeAt, rows[size - 1].Id).ToString() : "",
        };
    }

    /// <summary>One change of a series that is not over: see it, check the right, decide, store, reply.</summary>
    private async Task<Wire.Series> MoveAsync(
        ServerCallContext context, IMessage request, string seriesId,
        Func<DbSession, Series, UnitTree, Task<Series>> decide)
    {
        var call = context.Call();
        var id = Faults.IdOf("series_id", seriesId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var series = (await SeeAsync(db, call, id, tree)).DemandLive();
            var after = await decide(db, series, tree) with { Version = series.Version + 1 };
            await db.MoveSeriesAsync(after);
            return ToWire(after);
        }, again: async (db, first) =>
        {
            await SeeAsync(db, call, id, tree);
            return first;
        });
    }

    /// <summary>The series, if it is in a unit that the caller oversees.</summary>
    private static async Task<Series> SeeAsync(DbSession db, Call call, Guid id, UnitTree tree)
    {
        var series = await db.FindSeriesAsync(id);
        if (series is null || !call.Oversees(tree.Get(series.UnitId).Path))
        {
            throw Refuse.Missing("SERIES_UNKNOWN", "没有找到这个系列。");
        }

        call.Demand(Relation.None, tree.Get(series.UnitId).Path);
        return series;
    }

    private static List<DateTime> ReadExcepted(Wire.MakeSeriesRequest request) =>
        request.ExceptedDays.Count <= ExceptedMax
            ? [.. request.ExceptedDays.Select(day => Faults.DayOf("excepted_days", day)).Distinct()]
            : throw Refuse.Invalid(
                "EXCEPTED_DAYS", $"最多排除 {ExceptedMax} 天。", new FieldFault("excepted_days", "太多了。"));

    private JournalEntry Entry(Call call, string kind, Series series, Wire.ActivityForm form) =>
        Entry(call, kind, series, new
        {
            series.Rule,
            series.FirstDay,
            series.Skipped,
            shifts = form.Shifts.Count,
            title = personalData.Hash(form.Title),
            text = personalData.Hash(form.Text),
            place = personalData.Hash(form.Place),
        });

    private static JournalEntry Entry(Call call, string kind, Series series, object detail) =>
        JournalEntry.By(call, "staff", kind, "series", series.Id, series.UnitId, detail);

    private Wire.Series ToWire(Series series) => new()
    {
        Id = series.Id.ToString(),
        UnitId = series.UnitId.ToString(),
        Rule = series.Rule,
        Form = series.Form(personalData),
        FirstDay = Day(series.FirstDay),
        MadeUntil = series.MadeUntil < series.FirstDay ? "" : Day(series.MadeUntil),
        SkippedDays = { series.Skipped.Select(Day) },
        MadeAt = ActivitySight.Time(series.MadeAt),
        EndedAt = ActivitySight.Time(series.EndedAt),
    };

    private static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
