using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>
/// Makes the activities of series, weeks ahead. A day, its activity and how far the series is are one transaction, so
/// that it is made once, whichever copy of the server does it and whenever it stops.
/// </summary>
public sealed partial class SeriesJob(
    Database database, PersonalData personalData, Units units, TimeProvider clock, ILogger<SeriesJob> log) : IJob
{
    private const int SeriesMax = 100;
    private static readonly TimeSpan LaterAfterFailure = TimeSpan.FromMinutes(10);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        return await Due.EachAsync(
            SeriesMax,
            () => database.ReadAsync(db => db.ListDueSeriesAsync(clock.Now(), SeriesMax), cancel),
            id => MakeAllAsync(id, tree, cancel),
            (id, e) =>
            {
                LogFailed(id, e.GetType().Name, e.StackTrace);
                return database.HousekeepAsync(
                    db => db.PostponeSeriesAsync(id, clock.Now() + LaterAfterFailure), cancel);
            });
    }

    /// <summary>One after another, until the next is not due yet.</summary>
    private async Task<bool> MakeAllAsync(Guid id, UnitTree tree, CancellationToken cancel)
    {
        for (var made = false; ; made = true)
        {
            try
            {
                await database.WriteAsync(db => MakeAsync(db, id, tree, clock.Now()), cancel);
            }
            catch (NotDueException)
            {
                return made;
            }
        }
    }

    private async Task<DateTime> MakeAsync(DbSession db, Guid id, UnitTree tree, DateTime now)
    {
        await db.LockSeriesAsync(id);
        var series = await db.FindSeriesAsync(id);
        if (series?.NextAt is not { } due || due > now || series.NextDay is not { } day)
        {
            throw new NotDueException();
        }

        // A unit that was merged goes on in its successor.
        var unit = tree.OpenOf(series.UnitId);
        if (!await db.IsStaffAsync(series.MakerId, unit.Id, now))
        {
            // Its activities open without review because staff answer for them.
            var ended = series with { Version = series.Version + 1 };
            await db.MoveSeriesAsync(ended.Ended(now));
            db.Record(JournalEntry.BySystem(
                now, ActivityEntry.Name(ActivityActor.Clock), "SERIES_ENDED", "series", id, unit.Id,
                new { series.MadeUntil }));
            return day;
        }

        var form = Series.On(day, series.Form(personalData));
        var entry = JournalEntry.BySystem(
            now, ActivityEntry.Name(ActivityActor.Clock), "SERIES_DAY_MISSED", "series", id, unit.Id, new { day });
        Guid? activityId = null;
        if (form.Shifts[0].StartsAt.ToDateTime() > now)
        {
            activityId = await AddAsync(db, series, unit, form, now);
            entry = entry with { Kind = "SERIES_DAY_MADE" };
        }

        await db.MoveSeriesAsync((series with { MadeUntil = day, Version = series.Version + 1 }).Wound(now));
        db.QueueSeriesDay(id, day, activityId);
        db.Record(entry);
        return day;
    }

    private async Task<Guid> AddAsync(DbSession db, Series series, Unit unit, Wire.ActivityForm wire, DateTime now)
    {
        var form = ActivityForm.Read(wire, published: null, now);
        var draft = new Activity
        {
            Id = clock.NewId(),
            UnitId = unit.Id,
            SeriesId = series.Id,
            MakerId = series.MakerId,
            Status = ActivityStatus.Draft,
            Version = 1,
            MadeAt = now,
            ClockFrom = now,
        };
        var activity = form.Over(draft, personalData).Published(ActivityMove.Publish, now);
        var step = new ActivityStep(ActivityMove.Make, now, ActivityActor.Clock, ActorId: null);
        await db.AddActivityAsync(
            personalData, activity, form.ShiftsOf(activity.Id, clock.NewId), step, JournalEntry.BySystem(
                now, ActivityEntry.Name(step.Actor), ActivityEntry.Kind(step.Move), "activity", activity.Id, unit.Id,
                ActivityEntry.Moved(activity, step, personalData)));
        return activity.Id;
    }

    [LoggerMessage(LogLevel.Error, "Series {Id} failed with {Kind} at {Trace}")]
    private partial void LogFailed(Guid id, string kind, string? trace);

    private sealed class NotDueException : Exception;
}
