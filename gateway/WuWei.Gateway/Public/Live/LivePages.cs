using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using WuWei.Access;
using WuWei.Boards;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Screens;
using WuWei.Time;

namespace WuWei.Gateway.Public.Live;

/// <summary>What screens follow; described in screens.proto.</summary>
public sealed class LivePages(
    ScreenPasses passes, BoardFollowing boards, LiveEvents events, LiveTotals totals, Streams streams, RateLimits rates,
    Units units, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private const string TokenPrefix = "Bearer ";
    private const string LastEventId = "last-event-id";
    private const int OfOneScreenMax = 20;
    private static readonly TimeSpan ScreenLookedAtEvery = TimeSpan.FromSeconds(1);

    public Task BoardAsync(HttpContext http) => ServeAsync(http, async (unit, cancel) =>
    {
        var query = http.Request.Query;
        var asked = new Wire.BoardChoice
        {
            UnitId = $"{unit.Id}",
            Subject = Named<Wire.BoardSubject>("BOARD_SUBJECT_", query["subject"]),
            Period = Named<Wire.BoardPeriod>("BOARD_PERIOD_", query["period"]),
            Measure = Named<Wire.BoardMeasure>("BOARD_MEASURE_", query["measure"]),
            UnitKind = $"{query["unitKind"]}",
        };
        var top = query["top"].Count == 0 ? 0
            : int.TryParse(query["top"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : -1;
        await boards.DemandAsync(asked, top, cancel);
        return BoardEventsAsync(asked, top, $"{http.Request.Headers[LastEventId]}", cancel);
    });

    public Task EventsAsync(HttpContext http) => ServeAsync(http, (unit, cancel) =>
    {
        var last = http.Request.Headers[LastEventId];
        long? after = last.Count == 0 ? null
            : long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw Refuse.Invalid("PAGE_TOKEN", "续传编号不对。", new FieldFault(LastEventId, "应为收到过的编号。"));
        return Task.FromResult(ServerSentEvents.Merge(
            HappenedEventsAsync(unit.Id, after, cancel), TotalsEventsAsync(unit, cancel), cancel));
    });

    private async Task ServeAsync(
        HttpContext http, Func<Unit, CancellationToken, Task<IAsyncEnumerable<byte[]>>> open)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            rates.Take(RateOf.Address, AccessInterceptor.Source(http.Connection.RemoteIpAddress));
            var token = TokenOf(http.Request);
            var screen = await passes.GetAsync(token, over.Token);
            using var place = streams.Enter(screen.Id, OfOneScreenMax);
            var unit = await UnitOfAsync(http.Request, screen, over.Token);
            var stream = await open(unit, over.Token);
            var watch = EndWithScreenAsync(http.Request, token, unit.Id, over);
            try
            {
                await ServerSentEvents.SendAsync(http, stream, over.Token);
            }
            finally
            {
                await over.CancelAsync();
                await watch;
            }
        }
        catch (RefusedException refused) when (!http.Response.HasStarted)
        {
            await JsonEnvelope.RefuseAsync(http, refused);
        }
        catch (RefusedException)
        {
            // The database went away under it: the screen comes back with the id of what it has.
            http.Abort();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // A stream has no end of its own: this is how it ends well.
        }
    }

    /// <summary>
    /// Ends a stream whose screen was ended meanwhile, or whose unit is the screen's no longer: it was merged, or went
    /// elsewhere. Why it is told when it comes back, unless it follows another unit then.
    /// </summary>
    private async Task EndWithScreenAsync(HttpRequest request, string token, Guid unitId, CancellationTokenSource over)
    {
        using var look = new PeriodicTimer(ScreenLookedAtEvery);
        try
        {
            while (await look.WaitForNextTickAsync(over.Token))
            {
                if (!await LookAsync())
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is RefusedException or OperationCanceledException)
        {
            // It is let in no longer, or the stream ended by itself.
        }
        finally
        {
            await over.CancelAsync();
        }

        async Task<bool> LookAsync()
        {
            try
            {
                var screen = await passes.GetAsync(token, over.Token);
                return (await UnitOfAsync(request, screen, over.Token)).Id == unitId;
            }
            catch (RefusedException refused) when (refused.Code == Grpc.Core.StatusCode.Unavailable)
            {
                // The database is away: the next look tells.
                return true;
            }
        }
    }

    private async Task<Unit> UnitOfAsync(HttpRequest request, Screen screen, CancellationToken cancel)
    {
        var tree = await units.TreeAsync(cancel);
        var own = tree.OpenOf(screen.UnitId);
        if (request.Query["unitId"].Count == 0)
        {
            return own;
        }

        var unit = tree.Get(Faults.IdOf("unitId", $"{request.Query["unitId"]}"));
        return unit.IsWithin(own.Id) ? unit : throw Refuse.Missing("UNIT_UNKNOWN", "没有这个社区或单位。");
    }

    private async IAsyncEnumerable<byte[]> BoardEventsAsync(
        Wire.BoardChoice asked, int top, string seen, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var board in boards.FollowAsync(asked, top, seen, cancel))
        {
            yield return ServerSentEvents.Event(board, "board", board.Version, () => new Wire.WatchBoardResponse
            {
                Board = board.Answer.Board,
                ResumeToken = board.Version,
                At = Timestamp.FromDateTime(clock.Now()),
            });
        }
    }

    private async IAsyncEnumerable<byte[]> HappenedEventsAsync(
        Guid unitId, long? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var happened in events.FollowAsync(unitId, after, cancel))
        {
            yield return ServerSentEvents.Event(happened, "happened", $"{happened.Number}", () => happened.Event);
        }
    }

    private async IAsyncEnumerable<byte[]> TotalsEventsAsync(
        Unit unit, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (Wire.LiveTotals? seen = null; ;)
        {
            var now = await totals.GetAsync(unit, cancel);
            if (!now.Equals(seen))
            {
                seen = now;
                yield return ServerSentEvents.Event(now, "totals", id: null, () => now);
            }

            await Task.Delay(LiveTotals.AgeMax, cancel);
        }
    }

    /// <summary>As a header, or for programs that can send none, in the query.</summary>
    private static string TokenOf(HttpRequest request)
    {
        var header = $"{request.Headers.Authorization}";
        return header.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase)
            ? header[TokenPrefix.Length..]
            : $"{request.Query["token"]}";
    }

    /// <summary>The value of an enum's name on the wire; none is refused later, like any that is wrong.</summary>
    private static T Named<T>(string prefix, string? name)
        where T : struct, System.Enum =>
        name?.StartsWith(prefix, StringComparison.Ordinal) == true
            && System.Enum.TryParse<T>(name[prefix.Length..].Replace("_", "", StringComparison.Ordinal), true, out var value)
            ? value
            : default;
}
