using System.Collections.Concurrent;
using Google.Protobuf;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Histories;

/// <summary>One history lived on a server and a database of its own, and by the model beside it.</summary>
public sealed class HistoryRun
{
    /// <summary>So many operations after each other everybody's balance is compared.</summary>
    private const int BalancesEvery = 40;

    private readonly TestServer _server;
    private readonly Model _model;
    private readonly HistoryCalls _calls;
    private readonly PointsComparison _points;
    private readonly ConcurrentDictionary<(string What, string Answer), int> _tally;
    private readonly Dictionary<int, Operation> _operations = [];
    private readonly Dictionary<int, string> _ids;
    private readonly Dictionary<int, IMessage> _replies = [];

    private HistoryRun(
        TestServer server, Model model, HistoryCalls calls, PointsComparison points, Dictionary<int, string> ids,
        ConcurrentDictionary<(string, string), int> tally)
    {
        _server = server;
        _model = model;
        _calls = calls;
        _points = points;
        _ids = ids;
        _tally = tally;
    }

    /// <param name="tally">
    /// How often each deed was done, and how often refused with which reason; and what awards came to.
    /// </param>
    /// <returns>Where server and model first differ, and after which operation; null if they do not.</returns>
    public static async Task<(int Operations, string What)?> LiveAsync(
        IReadOnlyList<Operation> history, ConcurrentDictionary<(string What, string Answer), int>? tally = null)
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var (actors, organisation) = await Cast.AppearAsync(server, world);
        var (model, ids) = (new Model(server.Clock.Now), new Dictionary<int, string>());
        var calls = new HistoryCalls(world, actors, organisation, model, ids);
        var points = new PointsComparison(world, actors, calls, model.Ledger, ids);
        var run = new HistoryRun(server, model, calls, points, ids, tally ?? new());
        foreach (var (i, operation) in history.Index())
        {
            if (!model.Makes(operation))
            {
                continue;
            }

            server.Clock.Advance(Model.Moment);
            model.Tick();
            if (await run.StepAsync(operation) is { } difference)
            {
                return (i + 1, difference);
            }

            if (i % BalancesEvery == 0 && await points.FindInBalancesAsync() is { Count: > 0 } wrong)
            {
                return (i + 1, string.Join('\n', wrong));
            }
        }

        foreach (var trait in model.Ledger.Traits)
        {
            run.Count("Points", trait);
        }

        IReadOnlyList<string> differences =
        [
            .. await points.FindAsync(),
            .. await new Comparison(server, world, actors, model, ids).FindAsync(),
        ];
        return differences.Count == 0 ? null : (history.Count, string.Join('\n', differences.Take(10)));
    }

    private void Count(string what, string answer) => _tally.AddOrUpdate((what, answer), 1, (_, n) => n + 1);

    private async Task<string?> StepAsync(Operation operation)
    {
        switch (operation.Deed)
        {
            case Deed.Wait:
                _server.Clock.Advance(operation.Wait);
                if (operation.Strikes)
                {
                    await _server.RunJobsAsync();
                }

                _model.Take(operation);
                return null;
            case Deed.Again:
                return await SayAgainAsync(_operations[operation.Wish]);
        }

        var expected = _model.Against(operation);
        var (reason, answer) = await SayAsync(operation);
        Count($"{operation.Deed}", reason ?? "done");
        if (!Fits(reason, expected))
        {
            return $"{operation}: {reason ?? "done"}, but the model says {Show(expected)}";
        }

        if (reason is null)
        {
            Keep(operation, answer);
        }

        var difference = answer switch
        {
            Wire.Wish wish when wish.Status != _model.Wishes[NumberOf(operation)].Status =>
                $"now {wish.Status}, but the model says {_model.Wishes[NumberOf(operation)].Status}",
            null or Wire.Wish => null,
            _ => _points.FindIn(answer, operation),
        };
        return difference is not null ? $"{operation}: {difference}"
            : operation.Twice ? await TwiceAsync(operation, expected)
            : null;
    }

    /// <summary>The number by which what came of it is known: its own, if that is new.</summary>
    private static int NumberOf(Operation operation) => operation.Deed is Deed.Make or Deed.Remake
        or Deed.ProposeReversal or Deed.ProposeAdjustment or Deed.ProposeRules
            ? operation.Number
            : operation.Wish;

    private void Keep(Operation operation, IMessage? answer)
    {
        _model.Take(operation);
        _operations[operation.Number] = operation;
        var id = answer switch
        {
            Wire.Wish wish => wish.Id,
            Wire.PointsCorrection correction => correction.Id,
            Wire.PointsRules rules => rules.Id,
            _ => null,
        };
        if (id is not null)
        {
            _ids.TryAdd(NumberOf(operation), id);
        }

        if (answer is not null)
        {
            _replies[operation.Number] = answer;
        }
    }

    private async Task<string?> TwiceAsync(Operation operation, HashSet<string> expected)
    {
        if (expected.Count == 0 && !Model.IsRead(operation.Deed))
        {
            return await SayAgainAsync(operation);
        }

        var again = await SayAsync(operation);
        return Fits(again.Reason, expected)
            ? null
            : $"{operation}: the second time {again.Reason ?? "done"}, but the model says {Show(expected)}";
    }

    /// <summary>What was done is not done again; the answer tells of the same.</summary>
    private async Task<string?> SayAgainAsync(Operation operation)
    {
        var first = _replies[operation.Number];
        var (reason, answer) = await SayAsync(operation);
        return answer is not null && Told(answer) == Told(first)
            ? null
            : $"{operation}, sent again: {reason ?? Told(answer!)}, but first it was {Told(first)}";
    }

    /// <summary>Of a wish the rest depends on what its caller may see now.</summary>
    private static string Told(IMessage answer) => answer is Wire.Wish wish ? $"{wish.Id} {wish.Status}" : $"{answer}";

    private static bool Fits(string? reason, HashSet<string> expected) =>
        reason is null ? expected.Count == 0 : expected.Contains(reason);

    private static string Show(HashSet<string> expected) =>
        expected.Count == 0 ? "it must succeed" : string.Join(" or ", expected);

    private async Task<(string? Reason, IMessage? Answer)> SayAsync(Operation operation)
    {
        try
        {
            return (null, await _calls.SayAsync(operation));
        }
        catch (RpcException refusal)
        {
            return (refusal.Reason(), null);
        }
    }
}
