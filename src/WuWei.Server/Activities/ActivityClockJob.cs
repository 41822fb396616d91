using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>Does to activities what their clocks demand: start, end, hold for insurance, reminders, lapse.</summary>
public sealed partial class ActivityClockJob(
    Database database, PersonalData personalData, TimeProvider clock, ILogger<ActivityClockJob> log) : IJob
{
    private const int ActivitiesMax = 200;
    private static readonly TimeSpan LaterAfterFailure = TimeSpan.FromMinutes(10);

    public Task<int> RunAsync(CancellationToken cancel) => Due.EachAsync(
        ActivitiesMax,
        () => database.ReadAsync(db => db.ListDueActivitiesAsync(clock.Now(), ActivitiesMax), cancel),
        id => TryStrikeAsync(id, cancel),
        (id, e) =>
        {
            LogFailed(id, e.GetType().Name, e.StackTrace);
            return database.HousekeepAsync(
                db => db.PostponeActivityAsync(id, clock.Now() + LaterAfterFailure), cancel);
        });

    private async Task<bool> TryStrikeAsync(Guid id, CancellationToken cancel)
    {
        try
        {
            await StrikeAsync(id, cancel);
            return true;
        }
        catch (NotDueException)
        {
            // Somebody, or another copy, moved it since it was listed.
            return false;
        }
    }

    private Task<ActivityMove> StrikeAsync(Guid id, CancellationToken cancel)
    {
        var now = clock.Now();
        return database.WriteAsync(async db =>
        {
            await db.LockRolesAsync(id);
            var activity = await db.FindActivityAsync(id, callerId: Guid.Empty);
            if (activity is null || ActivityClock.Next(activity) is not var (move, at) || at > now)
            {
                throw new NotDueException();
            }

            var step = new ActivityStep(move, now, ActivityActor.Clock, ActorId: null)
            {
                // It never started, so none of its shifts took place.
                SignUps = move == ActivityMove.Lapse
                    ? await db.CancelSignUpsAsync(id, activity.StartsAt, by: null, now)
                    : 0,
            };
            var after = Struck(activity, move, now) with { Version = activity.Version + 1 };
            await db.MoveActivityAsync(personalData, activity, after, step, JournalEntry.BySystem(
                now, ActivityEntry.Name(step.Actor), ActivityEntry.Kind(move), "activity", id, activity.UnitId,
                ActivityEntry.Moved(after, step, personalData)));
            return move;
        }, cancel);
    }

    private static Activity Struck(Activity activity, ActivityMove move, DateTime now) => move switch
    {
        ActivityMove.Remind or ActivityMove.Hold => activity.Urged(move),
        ActivityMove.End => activity.Ended(now),
        _ => activity.Entered(move, now),
    };

    [LoggerMessage(LogLevel.Error, "The clock of activity {Id} failed with {Kind} at {Trace}")]
    private partial void LogFailed(Guid id, string kind, string? trace);

    private sealed class NotDueException : Exception;
}
