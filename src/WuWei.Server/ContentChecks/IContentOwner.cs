using WuWei.Data;
using WuWei.Journal;

namespace WuWei.ContentChecks;

/// <summary>
/// The slice that has texts or pictures of one kind. It stores them, calls
/// <see cref="ContentCheckStore.QueueContentCheck"/> in the same transaction, and shows them to nobody but their author
/// and the staff of the unit until they passed.
/// </summary>
public interface IContentOwner
{
    ContentKind Kind { get; }

    /// <summary>
    /// What there is to look at, in one query for all. Those that are gone are left out, and their checks are dropped.
    /// </summary>
    Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids);

    /// <summary>
    /// Loads what applying a verdict needs, while no connection is held. What it gives is called in the transaction of
    /// each verdict, maybe more than once, and again when an appeal turns a refusal.
    /// </summary>
    ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel);
}

/// <summary>Stores a verdict where the slice shows it, or nothing where that is read from the check itself.</summary>
public delegate Task ApplyVerdict(DbSession db, ContentVerdict verdict);

/// <summary>What is looked at; personal data, in clear here.</summary>
/// <param name="Text">All its texts, a line each; empty for a picture.</param>
/// <param name="Picture">
/// The path and query of a link at the public door, good for an hour and for whoever has it; empty for a text.
/// </param>
/// <param name="Unreadable">It cannot be opened: it was changed, or its key is lost.</param>
public sealed record ContentToCheck(Guid Id, string Text, string Picture = "", bool Unreadable = false);

/// <summary>What somebody, or WeChat, thinks of a piece.</summary>
/// <param name="Cause">The entry of the verdict, for what else it causes.</param>
/// <param name="Final">
/// The check, when it was refused for good: what cannot go on without it ends. The state may be what was told before.
/// </param>
public sealed record ContentVerdict(
    ContentKind Kind, Guid Id, Guid UnitId, Guid AuthorId, ContentState State, JournalEntry Cause,
    ContentCheck? Final = null);
