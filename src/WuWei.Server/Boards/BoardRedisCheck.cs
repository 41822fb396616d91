using StackExchange.Redis;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Boards;

/// <summary>Compares what Redis holds, member by member and in order, with the scores in SQL.</summary>
public sealed class BoardRedisCheck(Database database, RedisSource redis, Units units)
{
    private const int AttemptsMax = 20;
    private const int ShownMax = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <returns>What differs; a line that says so when Redis is away, empty or behind.</returns>
    public async Task<IReadOnlyList<string>> CompareAsync(CancellationToken cancel)
    {
        var faults = new List<string>();
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            try
            {
                // Boards that move while they are compared are looked at again.
                faults = await TryAsync(cancel);
                if (faults.Count == 0)
                {
                    break;
                }
            }
            catch (Exception e) when (RedisSource.IsAway(e))
            {
                faults = ["Redis is away; ranks come from SQL"];
            }

            await Task.Delay(Pause, cancel);
        }

        return faults;
    }

    private async Task<List<string>> TryAsync(CancellationToken cancel)
    {
        var db = (await redis.ConnectAsync()).GetDatabase();
        var state = await database.ReadAsync(session => session.GetBoardStateAsync(), cancel);
        var stateKey = BoardRun.StateKey(state.Generation);
        var run = BoardRun.Read(await db.StringGetAsync(stateKey));
        if (run is null || run.Number != state.Number)
        {
            return ["Redis is not filled, or behind; ranks come from SQL"];
        }

        var faults = new List<string>();
        foreach (var unit in (await units.TreeAsync(cancel)).All.Where(u => !u.Closed))
        {
            foreach (var kind in new[] { BoardSubject.Person, BoardSubject.Organisation })
            {
                await CompareAsync(db, run, kind, unit, faults, cancel);
            }
        }

        return faults;
    }

    private async Task CompareAsync(
        IDatabase db, BoardRun run, BoardSubject kind, Unit unit, List<string> faults, CancellationToken cancel)
    {
        var spans = BoardSpan.All(run.Day);
        var stored = (await database.ReadAsync(session => session.ListRankedAsync(kind, unit.Id, spans), cancel))
            .ToLookup(s => s.Key.Period);
        foreach (var span in spans)
        {
            // What Redis threw away for want of memory is asked of SQL.
            var members = await db.SortedSetRangeByRankWithScoresAsync(run.Key(kind, unit.Id, span.Period));
            var expected = stored[span.Period].Select(s => BoardRank.Entry(s.Key.SubjectId, s.Value)).ToHashSet();
            if (members.Length > 0 && faults.Count < ShownMax && !expected.SetEquals(members.SkipLast(1)))
            {
                faults.Add($"Redis has another board of {kind} in {unit.Name} ({unit.Id}), {span.Period}");
            }
        }
    }
}
