using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.ContentChecks;

/// <summary>
/// Has everything looked at that waits for it: by our own list of words, then by the judge, and what neither passes is
/// given to staff. The judge is asked while no transaction is open, and what it says holds for the version that it was
/// asked about. Slow when the judge is slow, so it has a lane of its own. A wish that was refused, and not appealed for
/// in time, is refused for good, and an appeal that nobody answers goes up.
/// </summary>
public sealed partial class ContentCheckJob(
    Database database, ContentOwners owners, ContentVerdicts verdicts, IContentJudge judge, Units units,
    TimeProvider clock, ILogger<ContentCheckJob> log) : IJob
{
    private const int ChecksMax = 50;
    private const int TracesMax = 500;
    private static readonly TimeSpan LaterAfterFailure = TimeSpan.FromMinutes(10);

    /// <summary>Longer than WeChat tries to push a verdict.</summary>
    private static readonly TimeSpan TracesKeptFor = TimeSpan.FromDays(2);

    /// <summary>Longer than we take to store that we asked.</summary>
    private static readonly TimeSpan EarlyKeptFor = TimeSpan.FromHours(1);

    public string Lane => "content";

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var done = await Due.EachAsync(
            ChecksMax,
            () => database.ReadAsync(db => db.ListDueChecksAsync(clock.Now(), ChecksMax), cancel),
            id => CheckAsync(id, cancel),
            (id, e) =>
            {
                LogFailed(id, e.GetType().Name, e.StackTrace);
                return database.HousekeepAsync(db => db.PostponeCheckAsync(id, clock.Now() + LaterAfterFailure), cancel);
            });
        await database.RepeatAsync(
            TracesMax, (db, rows) => db.ForgetTracesAsync(clock.Now() - TracesKeptFor, rows), cancel);
        await database.RepeatAsync(
            TracesMax, (db, rows) => db.ForgetEarlyAsync(clock.Now() - EarlyKeptFor, rows), cancel);
        return done;
    }

    private async Task<bool> CheckAsync(Guid id, CancellationToken cancel)
    {
        var read = await database.ReadAsync(db => db.FindCheckAsync(id), cancel);
        if (read is not { DueAt: { } due } || due > clock.Now())
        {
            return false;
        }

        if (read.Stage == CheckStage.Settled)
        {
            return await StoreAsync(read, read.Unappealed(), cancel);
        }

        if (read.Stage == CheckStage.Appealed)
        {
            return await StoreAsync(read, read.Unanswered(await units.TreeAsync(cancel), clock.Now()), cancel);
        }

        if (read.Stage == CheckStage.Asked)
        {
            return await StoreAsync(read, read.Queued(ContentFinding.Overdue, clock.Now()), cancel);
        }

        if (read.IsTriedOut)
        {
            return await StoreAsync(read, read.Queued(ContentFinding.Away, clock.Now()), cancel);
        }

        var check = read.Taken(clock.Now());
        // Read after its row: the text is of its version, or of a later one, and then the verdict finds another version.
        if (!await database.HousekeepAsync(db => db.MoveCheckAsync(read, check), cancel))
        {
            return false;
        }

        var looked = await database.ReadAsync(db => owners.LookAsync(db, [check]), cancel);
        if (!looked.TryGetValue(check.Id, out var content))
        {
            return await StoreAsync(check, check.Dropped(), cancel);
        }

        if (content.Unreadable)
        {
            return await StoreAsync(check, check.Told(Opinion.Away, clock.Now()), cancel);
        }

        if (WordList.Find(content.Text) is not null)
        {
            return await StoreAsync(check, check.Queued(ContentFinding.Words, clock.Now()), cancel);
        }

        if (check.StaffOnly)
        {
            return await StoreAsync(check, check.Told(Opinion.NotApplicable, clock.Now()), cancel);
        }

        var judgement = content.Picture.Length > 0
            ? await judge.JudgePictureAsync(check, content.Picture, cancel)
            : await judge.JudgeTextAsync(check, content.Text, cancel);
        var now = clock.Now();
        return judgement.Opinion switch
        {
            Opinion.Later => await AskedAsync(check, judgement, cancel),
            Opinion.Away => await FailAsync(check, check.Failed(now), cancel),
            var opinion => await StoreAsync(check, check.Told(opinion, now), cancel),
        };
    }

    private async Task<bool> AskedAsync(ContentCheck check, Judgement judgement, CancellationToken cancel)
    {
        var now = clock.Now();
        var asked = check.Asked(now);
        if (!await StoreAsync(
            check, asked, cancel, db => db.QueueTrace(check, judgement.AppId, judgement.Trace, now)))
        {
            return false;
        }

        // WeChat may have been faster than we were.
        return await database.ReadAsync(db => db.FindEarlyAsync(judgement.AppId, judgement.Trace), cancel)
            is not { } early || await StoreAsync(asked, asked.Told(early, now), cancel);
    }

    private Task<bool> FailAsync(ContentCheck check, ContentCheck failed, CancellationToken cancel) =>
        failed.Stage == CheckStage.New
            ? database.HousekeepAsync(db => db.MoveCheckAsync(check, failed), cancel)
            : StoreAsync(check, failed, cancel);

    private Task<bool> StoreAsync(
        ContentCheck before, ContentCheck after, CancellationToken cancel, Action<DbSession>? also = null) =>
        verdicts.StoreAsync(
            before, after, after.State == ContentState.Passed ? "wechat" : "clock", clock.Now(), cancel, also);

    [LoggerMessage(LogLevel.Error, "The check {Id} failed with {Kind} at {Trace}")]
    private partial void LogFailed(Guid id, string kind, string? trace);
}
