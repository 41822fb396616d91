using WuWei.Calls;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;

namespace WuWei.ContentChecks;

/// <summary>Stores where a check went, its entry, and what its slice makes of a verdict, in one transaction.</summary>
public sealed class ContentVerdicts(Database database, ContentOwners owners)
{
    /// <summary>What a machine found out about a piece; nothing, when that changed or was decided meanwhile.</summary>
    /// <param name="by">Such as wechat.</param>
    /// <param name="also">What else belongs to it.</param>
    /// <returns>Whether it was stored.</returns>
    public async Task<bool> StoreAsync(
        ContentCheck before, ContentCheck after, string by, DateTime now, CancellationToken cancel,
        Action<DbSession>? also = null)
    {
        var apply = await owners.ReadyAsync([before.Kind], cancel);
        try
        {
            return await database.WriteAsync(async db =>
            {
                if (!await db.MoveCheckAsync(before, after))
                {
                    throw new TooLateException();
                }

                also?.Invoke(db);
                await RecordAsync(db, apply, before, after, JournalEntry.BySystem(
                    now, by, KindOf(before, after), Subject, after.Id, UnitOf(after), Detail(before, after)));
                return true;
            }, cancel);
        }
        catch (TooLateException)
        {
            return false;
        }
    }

    /// <summary>What somebody decided, within their call; read anew when somebody else was faster.</summary>
    public static async Task StoreAsync(
        DbSession db, Call call, string role, ApplyVerdict apply, ContentCheck before, ContentCheck after)
    {
        if (!await db.MoveCheckAsync(before, after))
        {
            throw new ConflictException();
        }

        await RecordAsync(db, apply, before, after, JournalEntry.By(
            call, role, KindOf(before, after), Subject, after.Id, UnitOf(after), Detail(before, after)));
    }

    /// <summary>
    /// What belongs to these wholes is another unit's from now on, whose staff look at it; appeals that wait go along,
    /// and who is to decide on them is told.
    /// </summary>
    /// <param name="wholes">What is part of each, or only what is of a kind.</param>
    public static async Task RehomeAsync(
        DbSession db, Call call, string role, IReadOnlyList<(Guid Id, ContentKind? Only)> wholes, Unit to,
        UnitTree tree)
    {
        foreach (var appeal in (await db.ListAppealsOfAsync([.. wholes.Select(w => w.Id)]))
            .Where(c => wholes.Any(w => w.Id == c.PartOf && (w.Only is null || w.Only == c.Kind))))
        {
            var after = appeal.Rehomed(to, tree);
            if (after.AppealUnitId != appeal.AppealUnitId)
            {
                await StoreAsync(db, call, role, (_, _) => Task.CompletedTask, appeal, after);
            }
        }

        foreach (var (id, only) in wholes)
        {
            db.QueueContentUnit(id, to.Id, only);
        }
    }

    private const string Subject = "content";

    private static async Task RecordAsync(
        DbSession db, ApplyVerdict apply, ContentCheck before, ContentCheck after, JournalEntry entry)
    {
        db.Record(entry);
        if (before.State != after.State || after.IsFinal)
        {
            await apply(db, new ContentVerdict(
                after.Kind, after.ContentId, after.UnitId, after.AuthorId, after.State, entry,
                after.IsFinal ? after : null));
        }
    }

    private static string KindOf(ContentCheck before, ContentCheck after) => after.Stage switch
    {
        CheckStage.Settled when before.Stage == CheckStage.Settled => "CONTENT_FINAL",
        CheckStage.Settled => after.State == ContentState.Passed ? "CONTENT_PASSED" : "CONTENT_REFUSED",
        CheckStage.Queued => "CONTENT_QUEUED",
        CheckStage.Appealed => "CONTENT_APPEALED",
        CheckStage.Asked => "CONTENT_ASKED",
        _ => "CONTENT_DROPPED",
    };

    private static Guid? UnitOf(ContentCheck check) => check.UnitId == Guid.Empty ? null : check.UnitId;

    private static object Detail(ContentCheck before, ContentCheck check) => new
    {
        kind = check.Kind.ToString(),
        check.ContentId,
        check.PartOf,
        check.AuthorId,
        check.Version,
        state = check.State.ToString(),
        finding = check.Finding.ToString(),
        reason = check.Reason.ToString(),
        check.AppealUnitId,
        appealDecided = check.AppealDecidedAt is not null,
        unanswered = before.Stage == CheckStage.Appealed && check.Stage == CheckStage.Appealed
            && before.DueAt != check.DueAt,
    };

    /// <summary>Rolls back.</summary>
    private sealed class TooLateException : Exception;
}
