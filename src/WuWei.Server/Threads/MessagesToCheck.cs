using System.Text.Json;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Threads;

/// <summary>
/// Gives messages to whoever checks them, without what is hidden from the other side, and shows to all what passed.
/// </summary>
public sealed class MessagesToCheck(PersonalData personalData) : IContentOwner
{
    public ContentKind Kind => ContentKind.Message;

    public async Task<List<ContentToCheck>> ListContentAsync(DbSession db, IReadOnlyList<Guid> ids) =>
    [
        .. (await db.ListMessagesAsync(JsonSerializer.Serialize(ids.Select(id => id.ToString("n")))))
            .Select(message => new ContentToCheck(message.Id, message.Mask(personalData).Text)),
    ];

    public ValueTask<ApplyVerdict> ReadyAsync(CancellationToken cancel) => ValueTask.FromResult<ApplyVerdict>(ApplyAsync);

    private static async Task ApplyAsync(DbSession db, ContentVerdict verdict)
    {
        if (await db.FindMessageAsync(verdict.Id) is not { } message || message.State == verdict.State
            || await db.FindThreadAsync(message.ThreadId, message.AuthorId) is not { } thread)
        {
            return;
        }

        await db.MoveMessageAsync(message, verdict.State);
        if (verdict.State != ContentState.Passed)
        {
            return;
        }

        foreach (var party in thread.Parties().Where(p => p != message.AuthorId))
        {
            db.QueueParty(party, thread.Id, verdict.Cause.At);
            db.Record(verdict.Cause.Beside("THREAD_MESSAGE_SHOWN", "thread", thread.Id, new
            {
                thread.WishId,
                messageId = message.Id,
                message.AuthorId,
                side = message.Side.ToString(),
                personId = party,
            }));
        }
    }
}
