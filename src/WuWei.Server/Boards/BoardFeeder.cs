using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Boards;

/// <summary>
/// Adds what the journal tells to the scores, in the transaction that moves the number: nothing is missed and nothing
/// added twice, whichever copy does it and however it ends. Copies take turns.
/// </summary>
public sealed class BoardFeeder(Database database, TimeProvider clock)
{
    public const int EntriesMax = 2_000;

    /// <summary>Feeds the next entries.</summary>
    /// <returns>How many; 0 when there was nothing, or the boards are of another tree and wait for a rebuild.</returns>
    public Task<int> FeedAsync(UnitTree tree, byte[] treeHash, CancellationToken cancel) =>
        database.HousekeepAsync(async db =>
        {
            var state = await db.LockBoardStateAsync();
            var to = Math.Min((await db.GetHeadAsync()).Number, state.Number + EntriesMax);
            if (to <= state.Number || !state.IsOf(treeHash))
            {
                return 0;
            }

            var sums = new BoardSums(tree, state.SettledOn, Clock.Day(clock.Now()));
            foreach (var credit in await db.ListCreditsAsync(state.Number, to))
            {
                sums.AddToAccount(credit);
                sums.AddToUnits(credit);
            }

            await db.MoveBoardsAsync(state, state with { Number = to });
            db.QueueAdded(sums.Scores);
            return (int)(to - state.Number);
        }, cancel);

    /// <summary>
    /// Settles what has ended, once everything from before its end is fed. An entry is written within seconds of its
    /// time, so minutes later none comes after.
    /// </summary>
    /// <param name="today">The day in China those minutes ago.</param>
    /// <param name="midnight">When it began.</param>
    public Task<bool> SettleAsync(byte[] treeHash, DateTime today, DateTime midnight, CancellationToken cancel) =>
        database.HousekeepAsync(async db =>
        {
            var state = await db.LockBoardStateAsync();
            if (today <= state.SettledOn || state.RebuiltTo is not null || !state.IsOf(treeHash)
                || state.Number != (await db.GetHeadAsync()).Number || await db.HasPendingBeforeAsync(midnight))
            {
                return false;
            }

            await db.MoveBoardsAsync(state, state with { SettledOn = today });
            return true;
        }, cancel);
}
