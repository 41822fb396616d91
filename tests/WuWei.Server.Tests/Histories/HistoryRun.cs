using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>One history lived on a server and a database of its own, and by the model beside it.</summary>
public sealed class HistoryRun
{
    private readonly TestServer _server;
    private readonly World _world;
    private readonly IReadOnlyList<Actor> _actors;
    private readonly Model _model;
    private readonly ConcurrentDictionary<(Deed Deed, string Answer), int> _tally;
    private readonly Dictionary<int, Operation> _operations = [];
    private readonly Dictionary<int, string> _ids = [];
    private readonly Dictionary<int, Wire.Wish> _replies = [];
    private readonly string _keys = Guid.NewGuid().ToString("n");

    private HistoryRun(
        TestServer server, World world, IReadOnlyList<Actor> actors, ConcurrentDictionary<(Deed, string), int> tally)
    {
        _tally = tally;
        _server = server;
        _world = world;
        _actors = actors;
        _model = new Model(server.Clock.Now);
    }

    /// <param name="tally">How often each deed was done, and how often refused with which reason.</param>
    /// <returns>Where server and model first differ, and after which operation; null if they do not.</returns>
    public static async Task<(int Operations, string What)?> LiveAsync(
        IReadOnlyList<Operation> history, ConcurrentDictionary<(Deed Deed, string Answer), int>? tally = null)
    {
        await using var server = await TestServer.StartAsync();
        var world = await World.CreateAsync(server);
        var actors = new List<Actor>();
        foreach (var character in Cast.People)
        {
            var actor = await world.ResidentAsync(world.Id(character.Home));
            foreach (var (role, unit) in character.Roles)
            {
                await world.GrantAsync(actor, role, world.Id(unit));
            }

            actors.Add(actor);
        }

        // Weeks pass in seconds, and nobody shall have to sign in again.
        await server.Database.ExecuteAsync("UPDATE session SET renewed_at = '2099-01-01', expires_at = '2099-02-01'");
        var run = new HistoryRun(server, world, actors, tally ?? new());
        foreach (var (i, operation) in history.Index())
        {
            if (run._model.Makes(operation) && await run.StepAsync(operation) is { } difference)
            {
                return (i + 1, difference);
            }
        }

        var differences = await new Comparison(server, world, actors, run._model, run._ids).FindAsync();
        return differences.Count == 0 ? null : (history.Count, string.Join('\n', differences.Take(10)));
    }

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
        var said = await SayAsync(operation);
        _tally.AddOrUpdate((operation.Deed, said.Reason ?? "done"), 1, (_, n) => n + 1);
        if (!Fits(said.Reason, expected))
        {
            return $"{operation}: {said.Reason ?? "done"}, but the model says {Show(expected)}";
        }

        if (said.Reason is null)
        {
            Keep(operation, said.Wish);
        }

        if (said.Wish is { } wish && wish.Status != _model.Wishes[NumberOf(operation)].Status)
        {
            return $"{operation}: now {wish.Status}, but the model says {_model.Wishes[NumberOf(operation)].Status}";
        }

        return operation.Twice ? await TwiceAsync(operation, expected) : null;
    }

    /// <summary>The number by which its wish is known.</summary>
    private static int NumberOf(Operation operation) =>
        operation.Deed is Deed.Make or Deed.Remake ? operation.Number : operation.Wish;

    private void Keep(Operation operation, Wire.Wish? wish)
    {
        _model.Take(operation);
        _operations[operation.Number] = operation;
        if (wish is not null)
        {
            _ids.TryAdd(NumberOf(operation), wish.Id);
            _replies[operation.Number] = wish;
        }
    }

    private async Task<string?> TwiceAsync(Operation operation, HashSet<string> expected)
    {
        if (expected.Count == 0 && operation.Deed != Deed.Reveal)
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
        var again = await SayAsync(operation);
        return again.Wish?.Id == first.Id && again.Wish.Status == first.Status
            ? null
            : $"{operation}, sent again: {again.Reason ?? $"{again.Wish?.Id} {again.Wish?.Status}"}, but first it was "
                + $"{first.Id} {first.Status}";
    }

    private static bool Fits(string? reason, HashSet<string> expected) =>
        reason is null ? expected.Count == 0 : expected.Contains(reason);

    private static string Show(HashSet<string> expected) =>
        expected.Count == 0 ? "it must succeed" : string.Join(" or ", expected);

    private async Task<(string? Reason, Wire.Wish? Wish)> SayAsync(Operation operation)
    {
        try
        {
            return (null, await CallAsync(operation));
        }
        catch (RpcException refusal)
        {
            return (refusal.Reason(), null);
        }
    }

    private async Task<Wire.Wish?> CallAsync(Operation operation)
    {
        var reason = operation.Words;
        var calls = _actors[operation.By].WishesWithKey($"{_keys}-{operation.Number}");
        var id = operation.Deed == Deed.Make ? "" : _ids[operation.Wish];
        return operation.Deed switch
        {
            Deed.Make => (await calls.MakeWishAsync(Request(operation))).Wish,
            Deed.Approve => (await calls.ApproveWishAsync(new() { WishId = id })).Wish,
            Deed.Reject => (await calls.RejectWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Offer => (await calls.OfferWishAsync(
                new() { WishId = id, PersonId = _actors[operation.To].PersonId.ToString() })).Wish,
            Deed.Claim => (await calls.ClaimWishAsync(new() { WishId = id, Kind = operation.Kind })).Wish,
            Deed.Release => (await calls.ReleaseWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Revoke => (await calls.RevokeClaimAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Reveal => await NothingOf(calls.RevealContactAsync(new() { WishId = id, Reason = reason })),
            Deed.Deliver => (await calls.DeliverWishAsync(new() { WishId = id, Note = reason })).Wish,
            Deed.Confirm => (await calls.ConfirmWishAsync(new()
            {
                WishId = id,
                Rating = operation.Rating,
                Comment = reason,
                Verification = Wire.Verification.Visit,
            })).Wish,
            Deed.Rate => (await calls.RateWishAsync(
                new() { WishId = id, Rating = operation.Rating, Comment = reason })).Wish,
            Deed.FollowUp => (await calls.CloseFollowUpAsync(
                new() { WishId = id, Outcome = operation.Outcome, Note = reason })).Wish,
            Deed.Dispute => (await calls.DisputeWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.ProposeOverturn => (await calls.ProposeOverturnAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Overturn => (await calls.OverturnWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Withdraw => (await calls.WithdrawWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Escalate => (await calls.EscalateWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Remake => (await calls.RemakeWishAsync(new() { WishId = id })).Wish,
            _ => throw new ArgumentException($"{operation.Deed} is no call."),
        };
    }

    private static async Task<Wire.Wish?> NothingOf(AsyncUnaryCall<Wire.RevealContactResponse> call)
    {
        await call;
        return null;
    }

    private Wire.MakeWishRequest Request(Operation operation)
    {
        var plan = operation.Plan!;
        var request = _world.Request(_world.Id(plan.Unit), plan.Category);
        request.Origin = plan.Origin;
        request.Visibility = plan.Private ? Wire.WishVisibility.Private : Wire.WishVisibility.Public;
        // Sent again it is the same request, whatever the time is now.
        var made = _model.Wishes.GetValueOrDefault(operation.Number)?.MadeAt ?? _server.Clock.Now;
        request.DeadlineAt = Timestamp.FromDateTime(made.AddDays(plan.Days));
        if (plan.For is { } person)
        {
            request.Beneficiary = new()
            {
                Name = "受益人",
                Phone = _actors[person].Phone,
                Consent = Wire.Consent.InPerson,
            };
        }

        foreach (var (key, answer) in Answers(plan.Category))
        {
            request.Answers.Add(key, answer);
        }

        return request;
    }

    private static (string Key, string Answer)[] Answers(string category) => category switch
    {
        "errands" => [("items", "两袋米")],
        "childcare" => [("child_age", "6"), ("period", "放学后")],
        "counselling" => [("way", "电话")],
        _ => [],
    };
}
