using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

/// <summary>
/// Whatever is sent, the answer is an answer or a refusal with a reason, a refusal changes nothing, and none of it
/// stays in memory. Nothing else runs beside it, so that memory is its own.
/// </summary>
[Collection(typeof(AloneTests))]
public sealed class HostileMessageTests : IAsyncLifetime
{
    private const int AtOnce = 16;
    private const int BytesMax = 256 * 1024;
    private const long ManagedGrowthMax = 32 * 1024 * 1024;
    private const long ResidentGrowthMax = 192 * 1024 * 1024;

    /// <summary>What counts refusals: limits, refused calls, tries of a code, codes that were shown.</summary>
    private static readonly string[] Counting = ["limit_count", "security_event", "sign_in_code", "wechat_code"];

    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;

    public async ValueTask InitializeAsync()
    {
        // Scenes of all calls have more in hand than one person may.
        _server = await TestServer.StartAsync(settings: ["Wishes:ClaimsMax=1000"]);
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Hostile_messages_are_answered_or_refused_with_a_reason_and_leave_nothing_behind()
    {
        var everything = await BarrageAsync();
        Assert.True(everything.Count > 2_000);
        // Twice before memory is looked at: by then most connections have prepared most statements, and keep them.
        var refused = await SendAsync(await SendAsync(everything));
        var (managed, resident) = Memory();

        // What was refused, again: until all of it is refused, and then the database is what it was.
        for (int sent; ;)
        {
            var before = await ChecksumsAsync();
            sent = refused.Count;
            refused = await SendAsync(refused);
            if (refused.Count == sent)
            {
                Assert.Equal(before, await ChecksumsAsync());
                break;
            }
        }

        var (managedAfter, residentAfter) = Memory();
        Assert.True(managedAfter - managed < ManagedGrowthMax, $"{managed:N0} bytes became {managedAfter:N0}");
        Assert.True(residentAfter - resident < ResidentGrowthMax, $"{resident:N0} bytes became {residentAfter:N0}");
        await _server.AssertSoundAsync();
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("0A02C328")]
    [InlineData("0A05616263")]
    [InlineData("0A")]
    [InlineData("0AFFFFFFFF0F")]
    [InlineData("07")]
    public async Task Bytes_that_are_no_message_are_said_to_be_malformed(string hex)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await _server.Channel.Send(
            "wuwei.v1.WishService/MakeWish", Convert.FromHexString(hex), _cast.Maker.Token, "12345678"));

        Assert.Equal((StatusCode.InvalidArgument, "MESSAGE_MALFORMED"), (refusal.StatusCode, refusal.Reason()));
    }

    [Fact]
    public async Task An_overlarge_message_is_refused_with_a_reason_whatever_the_call()
    {
        var large = WireBytes.Field(1_999, new byte[BytesMax]);
        foreach (var rpc in Rpcs.All)
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
                await _server.Channel.Send(rpc.Name(), large, _cast.Maker.Token, "12345678"));
            Assert.Equal(
                (StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE"), (refusal.StatusCode, refusal.Reason()));
        }
    }

    /// <summary>Each rpc with every hostile message made from a plausible one.</summary>
    private async Task<List<Shot>> BarrageAsync()
    {
        var foreign = await _cast.Maker.MakeAsync(_world.Request());
        var fields = new HostileFields(
            [foreign, $"{_cast.Other.PersonId}", $"{_world.FarCommunity}", $"{_world.Category("errands").Id}"]);
        var leaver = await _world.ResidentAsync();
        Actor[] callers = [await _world.ResidentAsync(), await _world.StaffAsync(_world.District)];
        var shots = new List<Shot>();
        foreach (var rpc in Rpcs.All)
        {
            var scene = Scenes.All.First(s => s.FullRpc == rpc.Name());
            var plausible = await scene.PrepareAsync(_cast);
            foreach (var caller in scene.EndsSession ? [leaver] : callers)
            {
                shots.AddRange(fields.Variants(plausible).Prepend(plausible)
                    .Select(m => new Shot(rpc, caller, m.ToByteArray())));
            }

            var bytes = plausible.ToByteArray();
            var within = WireBytes.Within(rpc.InputType).Select(b => (byte[])[.. bytes, .. b]);
            shots.AddRange(WireBytes.Around(bytes).Concat(within)
                .Select(b => new Shot(rpc, scene.EndsSession ? leaver : callers[^1], b)));
        }

        return shots;
    }

    /// <returns>Those that were refused.</returns>
    private async Task<List<Shot>> SendAsync(List<Shot> shots)
    {
        var refused = new ConcurrentBag<Shot>();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            shots, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (shot, _) =>
            {
                try
                {
                    await _server.Channel.Send(shot.Rpc.Name(), shot.Message, shot.Caller.Token, $"{Guid.NewGuid()}");
                }
                catch (RpcException refusal)
                {
                    refused.Add(shot);
                    if (refusal.StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.Unavailable
                        || refusal.Reason().StartsWith("no reason", StringComparison.Ordinal))
                    {
                        var start = Convert.ToHexString(shot.Message.AsSpan(0, Math.Min(200, shot.Message.Length)));
                        wrong.Add($"{shot.Rpc.Name()}: {refusal.Status} for {start}");
                    }
                }
            });
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Distinct().Take(20)));
        return [.. refused];
    }

    private async Task<Dictionary<string, long>> ChecksumsAsync()
    {
        var sums = new Dictionary<string, long>();
        foreach (var table in (await _server.Database.TablesAsync()).Except(Counting))
        {
            sums[table] = await _server.Database.ChecksumAsync(table);
        }

        return sums;
    }

    private (long Managed, long Resident) Memory()
    {
        // The test's own: the server keeps no line.
        _server.Log.Lines.Clear();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
    }

    private sealed record Shot(MethodDescriptor Rpc, Actor Caller, byte[] Message);
}
