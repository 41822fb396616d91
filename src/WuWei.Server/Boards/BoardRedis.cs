using StackExchange.Redis;
using WuWei.Data;
using WuWei.Organization;

namespace WuWei.Boards;

/// <summary>
/// Keeps the ranks of the open periods in Redis, after the scores in SQL. What is written are absolute values and the
/// number they are of, and only onto the number they follow: a copy that comes late changes nothing. A set that is not
/// whole is never added to, so that a rank is right or missing.
/// </summary>
public sealed class BoardRedis(Database database, RedisSource redis)
{
    private const int EntriesMax = 300;
    private const int BatchesMax = 20;
    private const int MembersMax = 500;

    /// <summary>Nobody moved the run on, and nothing was flushed while it was filled: then it is in use.</summary>
    private const string Switch =
        """
        if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
        return 1
        """;

    /// <summary>A set, then for each of its members the number, or nothing when it is not ranked.</summary>
    private const string Push =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        local whole = {}
        for i = 3, #ARGV, 3 do
          local key = KEYS[tonumber(ARGV[i])]
          if whole[key] == nil then whole[key] = redis.call('ZSCORE', key, 'whole') end
          if whole[key] then
            if ARGV[i + 2] == '' then redis.call('ZREM', key, ARGV[i + 1])
            else redis.call('ZADD', key, ARGV[i + 2], ARGV[i + 1]) end
          end
        end
        redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
        return 1
        """;

    /// <summary>
    /// Redis may have thrown a part of the set away for want of memory: then it goes, and SQL answers for this board.
    /// </summary>
    private const string Finish =
        """
        if redis.call('ZCARD', KEYS[1]) ~= tonumber(ARGV[1]) then return redis.call('DEL', KEYS[1]) end
        redis.call('ZADD', KEYS[1], '+inf', 'whole')
        return redis.call('EXPIRE', KEYS[1], ARGV[2])
        """;

    /// <summary>Brings Redis up to the scores, or fills it anew; to be called over and over.</summary>
    public async Task FollowAsync(UnitTree tree, BoardState state, DateTime today, CancellationToken cancel)
    {
        var connection = await redis.ConnectAsync();
        if (!connection.IsConnected || state.RebuiltTo is not null)
        {
            return;
        }

        var db = connection.GetDatabase();
        var text = await db.StringGetAsync(BoardRun.StateKey(state.Generation));
        var run = BoardRun.Read(text);
        if (run is null || run.Day != today || run.Number > state.Number)
        {
            await FillAsync(db, tree, state, today, text, cancel);
            return;
        }

        for (var batch = 0; batch < BatchesMax && run.Number < state.Number; batch++)
        {
            var next = run with { Number = Math.Min(run.Number + EntriesMax, state.Number) };
            if (!await PushAsync(db, tree, state, run, next, cancel))
            {
                return;
            }

            run = next;
        }
    }

    /// <returns>False when another copy was faster, or Redis was flushed.</returns>
    private async Task<bool> PushAsync(
        IDatabase db, UnitTree tree, BoardState state, BoardRun run, BoardRun next, CancellationToken cancel)
    {
        var spans = BoardSpan.All(run.Day);
        var keys = new List<RedisKey> { BoardRun.StateKey(state.Generation) };
        var values = new List<RedisValue> { run.ToString(), next.ToString() };
        var places = new Dictionary<RedisKey, int>();
        foreach (var (key, score) in await database.ReadAsync(
            async session => await ChangedAsync(session, run, next, spans), cancel))
        {
            if (!tree.Get(key.UnitId).Closed)
            {
                var set = run.Key(key.Kind, key.UnitId, key.Period);
                if (!places.TryGetValue(set, out var place))
                {
                    keys.Add(set);
                    places.Add(set, place = keys.Count);
                }

                values.Add(place);
                values.Add(BoardRank.Member(key.SubjectId));
                values.Add(score.Points > 0 ? BoardRank.Number(score) : "");
            }
        }

        return (int)await db.ScriptEvaluateAsync(Push, [.. keys], [.. values]) == 1;
    }

    /// <summary>The scores, as they are now, of everybody whom the entries between two numbers credited.</summary>
    private static async Task<List<KeyValuePair<ScoreKey, Score>>> ChangedAsync(
        DbSession db, BoardRun run, BoardRun next, IReadOnlyList<BoardSpan> spans)
    {
        var credits = await db.ListCreditsAsync(run.Number, next.Number);
        var changed = new List<KeyValuePair<ScoreKey, Score>>();
        foreach (var kind in credits.GroupBy(c => c.Kind))
        {
            changed.AddRange(await db.ListScoresAsync(
                (BoardSubject)kind.Key, kind.Select(c => c.AccountId).Distinct(), spans));
        }

        return changed;
    }

    /// <summary>Fills a run of its own beside the one in use, and then switches.</summary>
    private async Task FillAsync(
        IDatabase db, UnitTree tree, BoardState state, DateTime today, RedisValue before, CancellationToken cancel)
    {
        var run = new BoardRun(Guid.NewGuid(), today, state.Number);
        await db.StringSetAsync(run.Building, "", BoardRun.Term);
        foreach (var unit in tree.All.Where(u => !u.Closed))
        {
            foreach (var kind in new[] { BoardSubject.Person, BoardSubject.Organisation })
            {
                // Read after the number: what was fed since may be in it already, and is written again later.
                var scores = await database.ReadAsync(
                    session => session.ListRankedAsync(kind, unit.Id, BoardSpan.All(today)), cancel);
                var boards = scores.ToLookup(s => s.Key.Period);
                foreach (var period in Enum.GetValues<BoardPeriod>())
                {
                    await FillBoardAsync(db, run.Key(kind, unit.Id, period), [.. boards[period]]);
                }
            }
        }

        await db.ScriptEvaluateAsync(
            Switch, [BoardRun.StateKey(state.Generation), run.Building],
            [before.IsNull ? "" : before, run.ToString(), (long)(BoardRun.Term - TimeSpan.FromHours(1)).TotalSeconds]);
    }

    private static async Task FillBoardAsync(IDatabase db, RedisKey key, List<KeyValuePair<ScoreKey, Score>> scores)
    {
        foreach (var chunk in scores.Chunk(MembersMax))
        {
            await db.SortedSetAddAsync(key, [.. chunk.Select(s => BoardRank.Entry(s.Key.SubjectId, s.Value))]);
        }

        await db.ScriptEvaluateAsync(Finish, [key], [scores.Count, (long)BoardRun.Term.TotalSeconds]);
    }
}
