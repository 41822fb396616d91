using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Tests.Harness;
using WuWei.Time;

namespace WuWei.Tests.Journal;

public sealed class SealerTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Numbers_have_no_gap_over_several_batches()
    {
        await WriteAsync(1_203);
        Assert.Equal(1_203, await SealAsync(_server));
        await WriteAsync(7);
        Assert.Equal(7, await SealAsync(_server));
        Assert.Equal(0, await SealAsync(_server));

        await AssertGaplessAsync(1_210);
    }

    [Fact]
    public async Task Two_sealers_at_once_number_every_entry_once()
    {
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        for (var round = 0; round < 5; round++)
        {
            await WriteAsync(300);
            var sealers = new[] { _server, copy, _server, copy }.Select(SealAsync);
            // Others write meanwhile.
            await Task.WhenAll(sealers.Append(WriteAsync(20).ContinueWith(_ => 0, TaskScheduler.Default)));
        }

        await SealAsync(_server);
        await AssertGaplessAsync(1_600);
    }

    [Fact]
    public async Task Readers_who_resume_by_number_see_every_entry_once()
    {
        await WriteAsync(700);
        await SealAsync(_server);

        var seen = new List<Guid>();
        for (long number = 0; ;)
        {
            var page = await _server.Db.ReadAsync(
                async db => await db.StreamSealedAsync(number, number + 300).ToListAsync(), CancellationToken.None);
            if (page.Count == 0)
            {
                break;
            }

            seen.AddRange(page.Select(e => e.EntryId));
            number = page[^1].Number;
        }

        Assert.Equal(700, seen.Count);
        Assert.Equal(700, seen.Distinct().Count());
    }

    private static Task<int> SealAsync(TestServer server) =>
        server.Services.GetRequiredService<Sealer>().RunAsync(CancellationToken.None);

    /// <summary>In transactions of 100 entries, by four writers at once.</summary>
    private async Task WriteAsync(int count)
    {
        var sizes = Enumerable.Range(0, (count + 99) / 100).Select(i => Math.Min(100, count - (i * 100)));
        await Parallel.ForEachAsync(
            sizes, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (size, cancel) =>
            await _server.Db.WriteAsync(db =>
            {
                for (var i = 0; i < size; i++)
                {
                    db.Record(JournalEntry.BySystem(
                        _server.Clock.Now(), "operator", "TESTED", "test", Guid.NewGuid(), null, new { i }));
                }

                return Task.FromResult(true);
            }, cancel));
    }

    private async Task AssertGaplessAsync(long count)
    {
        Assert.Equal(count, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM journal_seal"));
        Assert.Equal(count, await _server.Database.ScalarAsync<long>("SELECT MAX(number) FROM journal_seal"));
        Assert.Equal(1, await _server.Database.ScalarAsync<long>("SELECT MIN(number) FROM journal_seal"));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM journal_pending"));
        var report = await _server.Services.GetRequiredService<Verifier>()
            .VerifyAsync(_ => { }, CancellationToken.None);
        Assert.Empty(report.Faults);
        Assert.Equal(count, report.Sealed);
    }
}
