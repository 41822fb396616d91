using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Boards;

/// <summary>
/// Computes what the boards that are not settled should be from the ledger, some accounts at a time, and stores what
/// differs. A transaction of its own for each step notes how far it came; payments go on meanwhile, and so does feeding
/// between two steps.
/// </summary>
public sealed class BoardRebuild(Database database, Units units, TimeProvider clock)
{
    private const int AccountsMax = 500;
    private const int ShownMax = 20;

    /// <summary>Begins, with the tree as it is now; goes on from the start if one was running.</summary>
    public Task<bool> BeginAsync(byte[] treeHash, CancellationToken cancel) => database.HousekeepAsync(async db =>
    {
        var state = await db.LockBoardStateAsync();
        await db.MoveBoardsAsync(state, state with
        {
            Tree = treeHash,
            Generation = clock.NewId(),
            RebuiltTo = Guid.Empty,
            // The very first takes everything from the ledger: the journal need not be read through.
            Number = state.Generation == Guid.Empty ? (await db.GetHeadAsync()).Number : state.Number,
        });
        return true;
    }, cancel);

    /// <summary>The next step.</summary>
    /// <returns>How many accounts it was through with; null after the last step.</returns>
    public Task<int?> StepAsync(UnitTree tree, CancellationToken cancel) => database.HousekeepAsync<int?>(async db =>
    {
        var state = await db.LockBoardStateAsync();
        if (state.RebuiltTo is not { } after)
        {
            return null;
        }

        var step = await ComputeAsync(db, tree, state, after);
        await StoreAsync(db, step);
        return step.Last is null ? null : AccountsMax;
    }, cancel);

    /// <summary>All of it, at once: each step is computed while the one before is stored.</summary>
    /// <param name="progress">How many accounts of how many.</param>
    public async Task RunAsync(Action<long, long> progress, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var total = await database.ReadAsync(db => db.CountAccountsAsync(), cancel);
        await BeginAsync(BoardState.HashOf(tree), cancel);
        var done = 0L;
        for (var step = await AheadAsync(tree, after: null, cancel); step is not null;)
        {
            var ahead = step.Last is { } last ? AheadAsync(tree, last, cancel) : Task.FromResult<Step?>(null);
            var stored = TryStoreAsync(step, cancel);
            await Task.WhenAll(ahead, stored);
            step = await ahead;
            if (!await stored)
            {
                // Servers fed the boards meanwhile: this step once more, with nobody else at it.
                await StepAsync(tree, cancel);
                step = await AheadAsync(tree, after: null, cancel);
            }

            done = Math.Min(done + AccountsMax, total);
            progress(done, total);
        }
    }

    /// <summary>Compares everything that is not settled with the ledger, all of it as of one moment.</summary>
    public Task<BoardReport> CompareAsync(Action<long, long> progress, CancellationToken cancel) =>
        database.HousekeepAsync(async db =>
        {
            var state = await db.GetBoardStateAsync();
            var tree = await db.LoadTreeAsync();
            var total = await db.CountAccountsAsync();
            var faults = new List<string>();
            if (!state.IsOf(BoardState.HashOf(tree)) || state.RebuiltTo is not null)
            {
                faults.Add("the boards are being rebuilt: look again when that is done");
            }

            var (done, found) = (0L, 0L);
            Note(await DifferencesOfUnitsAsync(db, tree, state));
            for (var after = Guid.Empty; await db.FindLastAccountAsync(after, AccountsMax) is { } last; after = last)
            {
                Note(await DifferencesAsync(db, tree, state, after, last));
                done = Math.Min(done + AccountsMax, total);
                progress(done, total);
            }

            if (found > ShownMax)
            {
                faults.Add($"and {found - ShownMax} more scores");
            }

            return new BoardReport(total, state.Number, faults);

            void Note(List<KeyValuePair<ScoreKey, Score>> differences)
            {
                faults.AddRange(differences.Take((int)Math.Max(0, ShownMax - found)).Select(d =>
                    $"{d.Key.Kind} {d.Key.SubjectId} in unit {d.Key.UnitId}, {d.Key.Period} from "
                    + $"{d.Key.StartsOn:yyyy-MM-dd}: should have {d.Value.Points} since {d.Value.ReachedAt:s}"));
                found += differences.Count;
            }
        }, cancel);

    /// <summary>A step before it is its turn.</summary>
    /// <param name="after">The last account of the step before; null: as far as the rebuild is.</param>
    /// <returns>Null when the rebuild is over.</returns>
    private Task<Step?> AheadAsync(UnitTree tree, Guid? after, CancellationToken cancel) =>
        database.ReadAsync(async db =>
        {
            var state = await db.GetBoardStateAsync();
            return (after ?? state.RebuiltTo) is { } from ? await ComputeAsync(db, tree, state, from) : null;
        }, cancel);

    private async Task<Step> ComputeAsync(DbSession db, UnitTree tree, BoardState state, Guid after)
    {
        var last = await db.FindLastAccountAsync(after, AccountsMax);
        var differences = last is { } id
            ? await DifferencesAsync(db, tree, state, after, id)
            : await DifferencesOfUnitsAsync(db, tree, state);
        return new Step(state with { RebuiltTo = after }, last, BoardScoreStore.RowsOf(differences));
    }

    /// <returns>False when the boards have moved since it was computed.</returns>
    private Task<bool> TryStoreAsync(Step step, CancellationToken cancel) => database.HousekeepAsync(async db =>
    {
        if (!(await db.LockBoardStateAsync()).IsSame(step.From))
        {
            return false;
        }

        await StoreAsync(db, step);
        return true;
    }, cancel);

    private static Task StoreAsync(DbSession db, Step step)
    {
        db.QueueSet(step.Rows);
        return db.MoveBoardsAsync(step.From, step.From with { RebuiltTo = step.Last });
    }

    private async Task<List<KeyValuePair<ScoreKey, Score>>> DifferencesAsync(
        DbSession db, UnitTree tree, BoardState state, Guid after, Guid last)
    {
        var sums = new BoardSums(tree, state.SettledOn, Clock.Day(clock.Now()));
        foreach (var credit in await db.ListCreditsOfAccountsAsync(after, last, state.Number))
        {
            sums.AddToAccount(credit);
        }

        return Differences(
            sums,
            [
                .. await db.ListScoresAsync(BoardSubject.Person, after, last),
                .. await db.ListScoresAsync(BoardSubject.Organisation, after, last),
            ]);
    }

    private async Task<List<KeyValuePair<ScoreKey, Score>>> DifferencesOfUnitsAsync(
        DbSession db, UnitTree tree, BoardState state)
    {
        var sums = new BoardSums(tree, state.SettledOn, Clock.Day(clock.Now()));
        foreach (var credit in await db.ListCreditsOfUnitsAsync(state.Number))
        {
            sums.AddToUnits(credit);
        }

        return Differences(
            sums, await db.ListScoresAsync(BoardSubject.Unit, Guid.Empty, Guid.AllBitsSet));
    }

    /// <summary>
    /// What must be stored so that what is there becomes what should be; what should not be there becomes 0.
    /// </summary>
    private static List<KeyValuePair<ScoreKey, Score>> Differences(
        BoardSums should, List<KeyValuePair<ScoreKey, Score>> stored)
    {
        var differences = should.Scores.ToDictionary();
        foreach (var (key, score) in stored)
        {
            if (differences.TryGetValue(key, out var right))
            {
                if (right == score)
                {
                    differences.Remove(key);
                }
            }
            else if (score.Points != 0 && should.Covers(BoardSpan.Of(key.Period, key.StartsOn)))
            {
                differences.Add(key, score with { Points = 0 });
            }
        }

        return [.. differences];
    }

    /// <param name="From">Where the boards were.</param>
    /// <param name="Last">The last of its accounts; null when it is about units.</param>
    /// <param name="Rows">What to store.</param>
    private sealed record Step(BoardState From, Guid? Last, List<string> Rows);
}

/// <param name="Accounts">How many were compared.</param>
/// <param name="Number">The last entry of the journal that is in the boards.</param>
public sealed record BoardReport(long Accounts, long Number, IReadOnlyList<string> Faults);
