using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Screens;

namespace WuWei.Bench;

/// <summary>
/// Many screens that follow one board: how long after a wish was confirmed each has the board that counts it, and what a
/// listener costs the server.
/// </summary>
public sealed class LiveBoard(BenchDistrict district, BenchCalls calls, Child server) : IDisposable
{
    private const int Listeners = 2_000;
    private const int OfOneScreen = 20;
    private const int Changes = 20;
    private const int AimMs = 1_000;
    private const int PauseMsMax = 1_000;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly long[] _came = new long[Listeners];
    private readonly CountdownEvent _missing = new(Listeners);

    public async Task RunAsync(CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var http = new HttpClient
        {
            BaseAddress = new Uri(district.Settings.PublicAddress),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var tokens = await AddScreensAsync(cancel);
        calls.Parallel = 1;
        var confirm = calls.All.Single(c => c.Name == "ConfirmWish").Call;
        await confirm(0);
        await Task.Delay(Settled, cancel);
        var before = server.ResidentBytes();
        var listening = Enumerable.Range(0, Listeners)
            .Select(i => ListenAsync(http, tokens[i / OfOneScreen], i, over.Token)).ToArray();
        await AllHaveItAsync(listening, cancel);
        var each = (server.ResidentBytes() - before) / 1024.0 / Listeners;

        var (single, last) = (new List<double>(), new List<double>());
        for (var change = 0; change < Changes; change++)
        {
            // At any moment between two looks at the board.
            await Task.Delay(Random.Shared.Next(PauseMsMax), cancel);
            Array.Clear(_came);
            _missing.Reset(Listeners);
            await confirm(0);
            var committed = Stopwatch.GetTimestamp();
            await AllHaveItAsync(listening, cancel);
            var took = _came.Select(at => Stopwatch.GetElapsedTime(committed, Volatile.Read(ref at)).TotalMilliseconds).ToList();
            single.AddRange(took);
            last.Add(took.Max());
        }

        single.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nLiveBoard: {Listeners} listeners, {Changes} changes; from the answer to each listener: p50 {single[single.Count / 2]:F0} ms, "
            + $"p99 {single[(int)(single.Count * 0.99)]:F0} ms (aim: under {AimMs}), the last of all {last.Max():F0} ms; "
            + $"{each:F1} KB of the server's memory for each"));
        await over.CancelAsync();
        await ((Task)Task.WhenAll(listening)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _missing.Dispose();

    private async Task AllHaveItAsync(Task[] listening, CancellationToken cancel)
    {
        var all = Task.Run(() => _missing.Wait(Patience, cancel), cancel);
        var ended = Task.WhenAny(listening);
        if (await Task.WhenAny(all, ended) == ended)
        {
            await await ended;
            throw new InvalidOperationException("A live stream ended by itself.");
        }

        if (!await all)
        {
            throw new InvalidOperationException($"{_missing.CurrentCount} listeners of {Listeners} did not get the board.");
        }
    }

    /// <summary>Notes when a board came; it comes at once and whenever it changed.</summary>
    private async Task ListenAsync(HttpClient http, string token, int listener, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, "/live/boards?subject=BOARD_SUBJECT_UNIT&period=BOARD_PERIOD_ALL_TIME");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        response.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                if (Interlocked.CompareExchange(ref _came[listener], Stopwatch.GetTimestamp(), 0) == 0)
                {
                    _missing.Signal();
                }
            }
        }
    }

    /// <summary>All of the district, as the board is.</summary>
    private async Task<string[]> AddScreensAsync(CancellationToken cancel)
    {
        var database = district.Services.GetRequiredService<Database>();
        var root = (await district.Services.GetRequiredService<Units>().TreeAsync(cancel)).Below(null).First();
        string[] tokens = [.. Enumerable.Range(0, Listeners / OfOneScreen).Select(_ => Token.New())];
        foreach (var token in tokens)
        {
            var screen = new Screen
            {
                Id = Guid.CreateVersion7(),
                UnitId = root.Id,
                Name = "大厅",
                AddedAt = DateTime.UtcNow,
            };
            // As it is stored, without the bound on how many one unit has.
            await database.HousekeepAsync(db => db.ExecuteAsync(
                """
                INSERT INTO screen (id, unit_id, name, token_hash, added_at)
                VALUES (@Id, @UnitId, @Name, @hash, @AddedAt)
                """, new { screen.Id, screen.UnitId, screen.Name, hash = Token.Hash(token), screen.AddedAt }), cancel);
        }

        return tokens;
    }
}
