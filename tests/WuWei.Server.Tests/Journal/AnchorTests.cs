using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Journal;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Journal;

/// <summary>
/// What the owner of the database can do so that every hash is right again, and what anchors kept elsewhere say to it.
/// </summary>
public sealed class AnchorTests(JournalServer journal, ITestOutputHelper output)
    : IClassFixture<JournalServer>, IAsyncLifetime
{
    private static readonly DateTime Noon = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TestServer _server = journal.Server;
    private readonly TestJournal _journal = new(journal.Server.Database);

    public async ValueTask InitializeAsync() => await journal.EmptyAsync();

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    [Fact]
    public async Task A_journal_that_went_on_agrees_with_its_anchors()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);

        Assert.Empty((await VerifyAsync(anchors)).Faults);
        Assert.Equal(anchors[^1].Hash, (await VerifyAsync([])).Hash);
    }

    [Fact]
    public async Task A_changed_entry_with_a_chain_made_to_fit_is_found()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        await _journal.ExecuteAsync(
            "UPDATE journal_entry SET kind = 'X' WHERE id = (SELECT entry_id FROM journal_seal WHERE number = 5)");
        await _journal.RewriteAsync(all => [.. all]);

        await AssertFoundAsync(anchors, "the first entry at fault is one of 4 to 6");
    }

    [Fact]
    public async Task A_removed_entry_with_a_chain_made_to_fit_is_found()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        await _journal.RewriteAsync(all => all.Where(e => e.Number != 2));

        await AssertFoundAsync(anchors, "one of 1 to 3", "the end was cut off: the journal ends at 8");
    }

    [Fact]
    public async Task Swapped_entries_with_a_chain_made_to_fit_are_found()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        await _journal.RewriteAsync(all => [.. all[..7], all[8], all[7]]);

        await AssertFoundAsync(anchors, "one of 7 to 9");
    }

    [Fact]
    public async Task An_inserted_entry_with_a_chain_made_to_fit_is_found()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        await _journal.ExecuteAsync(
            """
            INSERT INTO journal_entry SELECT X'00112233445566778899AABBCCDDEEFF', at, kind, actor_id, actor_role, channel,
              subject, subject_id, unit_id, detail
            FROM journal_entry LIMIT 1
            """);
        await _journal.RewriteAsync(all =>
            [.. all[..4], all[4] with { Id = new Guid("00112233-4455-6677-8899-aabbccddeeff") }, .. all[4..]]);

        Assert.Contains(
            "one of 4 to 6", Assert.Single((await VerifyAsync(anchors)).Faults, f => f.Contains("rewritten")));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(3)]
    [InlineData(1)]
    public async Task A_cut_off_end_is_found(int left)
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        await _journal.RewriteAsync(all => all.Take(left));

        await AssertFoundAsync(anchors, $"the end was cut off: the journal ends at {left}");
    }

    [Fact]
    public async Task A_changed_anchor_raises_the_alarm()
    {
        var anchors = await AnchorAsync(9, 3, 6, 9);
        anchors[1] = anchors[1] with { Hash = anchors[0].Hash };

        Assert.Contains("one of 4 to 6", Assert.Single((await VerifyAsync(anchors)).Faults));
    }

    /// <summary>A million with WUWEI_JOURNAL_ENTRIES=1000000.</summary>
    [Fact]
    public async Task A_long_journal_is_verified_in_one_pass()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("WUWEI_JOURNAL_ENTRIES") ?? "12000");
        var anchors = await AnchorAsync(count, count / 2, count - 7);
        var shown = new List<long>();

        var watch = Stopwatch.StartNew();
        var report = await _server.Services.GetRequiredService<Verifier>().VerifyAsync(
            anchors, shown.Add, CancellationToken.None);
        output.WriteLine($"{count} entries in {watch.Elapsed.TotalSeconds:0.0} s, {Environment.WorkingSet >> 20} MiB");

        Assert.Empty(report.Faults);
        Assert.Equal(count, report.Sealed);
        Assert.Equal(count / 5000, shown.Count);

        await _journal.ExecuteAsync(
            $"""
            UPDATE journal_entry SET channel = 3
            WHERE id = (SELECT entry_id FROM journal_seal WHERE number = {count - 3})
            """);
        Assert.Contains($"entry {count - 3} (", Assert.Single((await VerifyAsync(anchors)).Faults));
    }

    /// <summary>A journal of this length, and anchors taken at these numbers.</summary>
    private async Task<List<Anchor>> AnchorAsync(int length, params int[] at)
    {
        await _journal.LoadAsync(length);
        var anchors = new List<Anchor>();
        foreach (var number in at)
        {
            var entry = await _server.Db.ReadAsync(
                async db => await db.StreamSealedAsync(number - 1, number).SingleAsync(), CancellationToken.None);
            anchors.Add(new Anchor(number, Convert.ToHexStringLower(entry.Hash), Noon));
        }

        return anchors;
    }

    private async Task AssertFoundAsync(List<Anchor> anchors, params string[] faults)
    {
        Assert.Empty((await VerifyAsync([])).Faults);
        Assert.Collection((await VerifyAsync(anchors)).Faults, [.. faults.Select(expected => new Action<string>(found =>
            Assert.Contains(expected, found)))]);
    }

    private Task<JournalReport> VerifyAsync(List<Anchor> anchors) =>
        _server.Services.GetRequiredService<Verifier>().VerifyAsync(anchors, _ => { }, CancellationToken.None);
}
