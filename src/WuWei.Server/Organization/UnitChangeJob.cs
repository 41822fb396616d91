using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Organization;

/// <summary>Carries approved changes of the tree out on their day.</summary>
public sealed partial class UnitChangeJob(
    Database database, PersonalData personalData, Units units, TimeProvider clock, ILogger<UnitChangeJob> log) : IJob
{
    private const int ChangesMax = 200;

    public TimeSpan Every => TimeSpan.FromSeconds(30);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var done = 0;
        var due = await database.ReadAsync(db => db.ListDueChangesAsync(Clock.Day(clock.Now()), ChangesMax), cancel);
        foreach (var id in due)
        {
            done += await TryAsync(id, cancel) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> TryAsync(Guid id, CancellationToken cancel)
    {
        try
        {
            await database.WriteAsync(async db =>
            {
                var tree = await db.LockTreeAsync();
                var change = (await db.GetChangeAsync(id)).ToChange();
                var now = clock.Now();
                await db.TakeEffectAsync(personalData, tree, change, now, (kind, subject, subjectId, unitId, detail) =>
                    JournalEntry.BySystem(now, "clock", kind, subject, subjectId, unitId, detail));
                return true;
            }, cancel);
            units.Forget();
            return true;
        }
        catch (RefusedException refused) when (refused.Code is StatusCode.FailedPrecondition or StatusCode.AlreadyExists)
        {
            // Cancelled or done since it was listed; or the tree does not allow it, and staff have to cancel it.
            LogRefused(id, refused.Reason);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The change {Id} of the tree did not take effect: {Reason}")]
    private partial void LogRefused(Guid id, string reason);
}
