using System.Collections.Concurrent;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WuWei.Access;
using WuWei.Boards;
using WuWei.Data;
using WuWei.Gateway;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Views;
using WuWei.Webhooks;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>The real program on a real listener and database, with a clock that a test moves and jobs that it runs.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsDatabase;

    private TestServer(
        WebApplication app, TestDatabase database, bool ownsDatabase, TestClock clock, TestSms sms, TestLog log,
        TestWeChat weChat)
    {
        _app = app;
        _ownsDatabase = ownsDatabase;
        Database = database;
        Clock = clock;
        Sms = sms;
        WeChat = weChat;
        Log = log;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        (Address, PublicAddress) = (addresses[0], addresses[1]);
        Channel = GrpcChannel.ForAddress(Address);
    }

    public TestDatabase Database { get; }
    public TestClock Clock { get; }
    public TestSms Sms { get; }
    public TestLog Log { get; }

    /// <summary>This server's WeChat; a second copy may be told of it by <see cref="TestWeChat.Settings"/>.</summary>
    public TestWeChat WeChat { get; }
    public string Address { get; }

    /// <summary>Of the door for people.</summary>
    public string PublicAddress { get; }
    public GrpcChannel Channel { get; }
    public IServiceProvider Services => _app.Services;
    public Database Db => Services.GetRequiredService<Database>();
    public PersonalData PersonalData => Services.GetRequiredService<PersonalData>();

    /// <param name="shared">A database to run a second copy on; otherwise the server gets its own.</param>
    /// <param name="keys">The key file of that first copy.</param>
    /// <param name="settings">More settings, such as <c>Wishes:ClaimsMax=1000</c>.</param>
    public static async Task<TestServer> StartAsync(
        TestDatabase? shared = null, TestClock? clock = null, string? keys = null, params string[] settings)
    {
        var database = shared ?? await TestDatabase.CreateAsync();
        clock ??= new TestClock();
        keys ??= TestKeys.Path;
        var sms = new TestSms();
        var log = new TestLog();
        var weChat = await TestWeChat.StartAsync(clock);
        string[] args =
        [
            $"--WUWEI_MYSQL={database.Service}", $"--WUWEI_REDIS={TestDatabase.Redis}", $"--WUWEI_KEYS={keys}",
            $"--WUWEI_PICTURES={database.Pictures}",
            .. settings.Contains(TestWeChat.NoApps) ? [] : weChat.Settings.Select(s => $"--{s}"),
            "--WUWEI_GRPC_PORT=0", "--WUWEI_PUBLIC_PORT=0", "--environment=Test",
            // Nobody changes a test's settings, and each server would watch all folders of the program.
            "--hostBuilder:reloadConfigOnChange=false",
            // All tests have one address, and no minute ever ends.
            "--Rates:AddressPerMinute=0", "--Rates:PersonPerMinute=0", "--Rates:PicturesPerMinute=0",
            .. settings.Select(s => $"--{s}"),
        ];
        var app = GatewayHost.Build(args, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log);
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Services.AddSingleton<ISmsSender>(sms);
            builder.Services.AddSingleton<INoticeSms>(sms);
            // Tests run the jobs themselves, at the time they choose, and deliver to webhooks.
            foreach (var worker in new[] { typeof(Worker), typeof(WebhookSender) })
            {
                builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService)
                    && s.ImplementationFactory?.Method.ReturnType == worker));
            }
        });
        await app.StartAsync();
        return new TestServer(app, database, shared is null, clock, sms, log, weChat);
    }

    public Task RunJobsAsync() => Services.GetRequiredService<Worker>().RunOnceAsync(CancellationToken.None);

    /// <summary>
    /// Everything that must hold at any time: the journal verifies, the counts equal a recount, each wish is listed in its
    /// unit and all above it, the ratings that stand are those of the wishes, and the boards are what the ledger says.
    /// </summary>
    public async Task AssertSoundAsync()
    {
        // A round follows a bounded number of units that moved.
        for (var (round, moved) = (0, 1L); moved > 0 && round < 20; round++)
        {
            await RunJobsAsync();
            moved = await Database.ScalarAsync<long>("SELECT COUNT(*) FROM unit_moved");
        }

        var journal = await Services.GetRequiredService<Verifier>().VerifyAsync(_ => { }, CancellationToken.None);
        Assert.Empty(journal.Faults);
        Assert.Empty(await Services.GetRequiredService<Recount>().CompareAsync(_ => { }, CancellationToken.None));
        Assert.Empty(await Services.GetRequiredService<ViewReplay>().CompareAsync(CancellationToken.None));
        Assert.Equal(0, await Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM wish w LEFT JOIN wish_rating r ON r.wish_id = w.id
            WHERE NOT (r.rating <=> w.rating) OR (r.wish_id IS NOT NULL
              AND NOT (r.claimer_id <=> w.claimer_id AND r.unit_id <=> w.unit_id AND w.status = 5))
            """));
        Assert.Equal(0, await MisplacedAsync());
        await this.AssertActivitiesAsync();
        Assert.Empty((await Services.GetRequiredService<BoardRebuild>().CompareAsync(
            (_, _) => { }, CancellationToken.None)).Faults);
    }

    /// <summary>The ledger is in order, and each kept wish earned what it should.</summary>
    public async Task AssertPointsAsync() => Assert.Empty(
        (await Services.GetRequiredService<PointsAudit>().RunAsync(_ => { }, CancellationToken.None)).Faults);

    /// <summary>Rows that the lists of wishes and follow-ups lack, and that they hold although they should not.</summary>
    public Task<long> MisplacedAsync() => Database.ScalarAsync<long>(
        """
        SELECT
          (SELECT COUNT(*) FROM wish w JOIN unit_ancestor a ON a.unit_id = w.unit_id
            LEFT JOIN wish_in_unit l ON l.wish_id = w.id AND l.unit_id = a.ancestor_id AND l.status = w.status
              AND l.made_at = w.made_at AND l.overdue = w.overdue
            WHERE l.wish_id IS NULL)
          + (SELECT COUNT(*) FROM wish_in_unit l LEFT JOIN wish w ON w.id = l.wish_id
            LEFT JOIN unit_ancestor a ON a.unit_id = w.unit_id AND a.ancestor_id = l.unit_id AND l.status = w.status
            WHERE a.unit_id IS NULL)
          + (SELECT COUNT(*) FROM follow_up f JOIN wish w ON w.id = f.wish_id
            JOIN unit_ancestor a ON a.unit_id = w.unit_id
            LEFT JOIN follow_up_in_unit l ON l.follow_up_id = f.id AND l.unit_id = a.ancestor_id
              AND l.closed = (f.closed_at IS NOT NULL)
            WHERE l.follow_up_id IS NULL)
          + (SELECT COUNT(*) FROM follow_up_in_unit l JOIN follow_up f ON f.id = l.follow_up_id
            JOIN wish w ON w.id = f.wish_id
            LEFT JOIN unit_ancestor a ON a.unit_id = w.unit_id AND a.ancestor_id = l.unit_id
            WHERE a.unit_id IS NULL)
        """);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        // Not only disposed: the timer of the health checks would keep it in memory until the run is over.
        await _app.StopAsync();
        await _app.DisposeAsync();
        await WeChat.DisposeAsync();
        if (_ownsDatabase)
        {
            await Database.DisposeAsync();
        }
    }
}

/// <summary>Keeps the codes that were sent.</summary>
public sealed class TestSms : ISmsSender, INoticeSms
{
    public ConcurrentDictionary<string, string> Codes { get; } = new();

    /// <summary>Other messages, in the order they were sent.</summary>
    public ConcurrentQueue<(string Phone, string Text)> Notices { get; } = new();

    /// <summary>What happens to whoever sends one, if not nothing.</summary>
    public Exception? Fault { get; set; }

    public Task SendAsync(string phone, string text, CancellationToken cancel)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        Notices.Enqueue((phone, text));
        return Task.CompletedTask;
    }

    public Task SendCodeAsync(string phone, string code, CancellationToken cancel)
    {
        Codes[phone] = code;
        return Task.CompletedTask;
    }
}

/// <summary>One key file for a run of tests.</summary>
public static class TestKeys
{
    private static readonly Lazy<string> Made = new(() =>
    {
        var path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("wuwei-test-").FullName, "keys.json");
        KeyFile.Create(path);
        return path;
    });

    public static string Path => Made.Value;
}
