using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using OtpNet;
using WuWei.Access;
using WuWei.Data;
using WuWei.Privacy;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>Another key for everything, while two copies of the server are at work.</summary>
public sealed class KeyRotationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Workers = 4;

    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(2.2);
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-rotation-");
    private TestServer _first = null!;
    private TestServer _second = null!;
    private MySqlDataSource _owner = null!;
    private KeyLoad _load = null!;

    private string KeyPath => Path.Combine(_folder.FullName, "keys.json");

    public async ValueTask InitializeAsync()
    {
        KeyFile.Create(KeyPath);
        // The limits of a person are not what is tested here.
        string[] settings = ["Wishes:ClaimsMax=1000", "Wishes:ClaimerRevealsMax=100000"];
        _first = await TestServer.StartAsync(keys: KeyPath, settings: settings);
        _second = await TestServer.StartAsync(_first.Database, _first.Clock, KeyPath, [.. settings, .. _first.WeChat.Settings]);
        _owner = DataSource.Build(_first.Database.Owner);
        var world = await World.CreateAsync(_first);
        _load = new KeyLoad(world, [_first, _second]);
        await new StaffAccounts(_first.Db, _first.PersonalData, _first.Clock).AddAsync(
            "li.wei", "李伟", world.Community, Passwords.Hash("a long enough password"), Secret, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _owner.DisposeAsync();
        await _first.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>WUWEI_ROTATIONS=20 makes it a campaign.</summary>
    [Fact]
    public async Task Under_load_no_call_fails_and_nothing_is_left_that_the_old_key_sealed()
    {
        using var stop = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => _load.RunAsync(stop.Token))));
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        // Whoever has lived a wish has filled every column before.
        while (_load.Wishes.IsEmpty && _load.Failures.IsEmpty)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        using var file = new KeyFileEditor(KeyPath);
        var rotations = byte.Parse(Environment.GetEnvironmentVariable("WUWEI_ROTATIONS") ?? "1");
        var resealed = 0L;
        var afterRotation = new Dictionary<(string Column, byte Key), int>();
        for (var rotation = 0; rotation < rotations; rotation++)
        {
            file.Use(file.Add());
            var report = await Open().RunAsync(TimeSpan.FromSeconds(4), (_, _, _) => { }, CancellationToken.None);
            Assert.Empty(report.Faults);
            resealed += report.Resealed;
            afterRotation = await _first.Database.CountSealedAsync();
            Assert.Null(await Open().FindOldAsync((_, _, _) => { }, CancellationToken.None));
            file.Retire();
            await Task.Delay(Noticed);
        }

        await stop.CancelAsync();
        await load;
        output.WriteLine($"{_load.Calls} calls, {_load.Wishes.Count} wishes, {resealed} values sealed anew");

        Assert.Empty(_load.Failures);
        Assert.NotEmpty(_load.Wishes);
        Assert.Equal([file.CurrentKey], afterRotation.Keys.Select(k => k.Key).Distinct());
        // The walk filled every column there is, or else this test would not have looked at it.
        Assert.Equal(
            SealedColumn.All.Select(c => c.Name).Order(StringComparer.Ordinal),
            afterRotation.Keys.Select(k => k.Column).Order(StringComparer.Ordinal));
        await _load.AssertReadableAsync();
        await SignInStaffAsync(_second);
        await _first.AssertSoundAsync();
    }

    [Fact]
    public async Task Stopped_anywhere_it_goes_on_when_run_again()
    {
        await LiveAsync();
        using var file = new KeyFileEditor(KeyPath);
        file.Use(file.Add());

        var left = new List<string?>();
        foreach (var column in SealedColumn.All)
        {
            using var stop = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open().RunAsync(
                TimeSpan.Zero,
                (at, _, _) =>
                {
                    if (at == column)
                    {
                        stop.Cancel();
                    }
                },
                stop.Token));
            left.Add(await Open().FindOldAsync((_, _, _) => { }, CancellationToken.None));
        }

        Assert.NotNull(left[0]);
        Assert.Empty((await Open().RunAsync(TimeSpan.Zero, (_, _, _) => { }, CancellationToken.None)).Faults);
        Assert.DoesNotContain((await _first.Database.CountSealedAsync()).Keys, k => k.Key == 1);
        await _load.AssertReadableAsync();
        await SignInStaffAsync(_first);
    }

    [Fact]
    public async Task What_a_server_sealed_before_it_noticed_is_found_by_a_later_pass()
    {
        await LiveAsync();
        using var file = new KeyFileEditor(KeyPath);
        var stale = new PersonalData(KeyFile.Load(KeyPath));
        file.Use(file.Add());
        var (maker, _, _) = _load.Wishes.First();
        var late = false;

        await Open().RunAsync(TimeSpan.FromSeconds(0.3), (at, _, _) =>
        {
            if (!late && at == SealedColumn.All[^1])
            {
                late = true;
                _first.Database.ExecuteAsync(
                    "UPDATE person SET name = @name WHERE id = @id",
                    ("name", stale.Seal("person.name", maker.PersonId, "迟到的名字")), ("id", maker.PersonId))
                    .GetAwaiter().GetResult();
            }
        }, CancellationToken.None);

        Assert.True(late);
        Assert.DoesNotContain((await _first.Database.CountSealedAsync()).Keys, k => k.Key == 1);
        Assert.Equal("迟到的名字", (await maker.Identity.GetMeAsync(new())).Me.Name);
    }

    [Fact]
    public async Task What_somebody_stored_meanwhile_is_not_overwritten()
    {
        await LiveAsync();
        var name = SealedColumn.All.Single(c => c.Name == "person.name");
        var (maker, _, _) = _load.Wishes.First();
        var rows = await _first.Db.ReadAsync(
            db => db.ListSealedAsync(name, after: null, key: 9, countMax: 100), CancellationToken.None);
        await maker.Identity.UpdateMeAsync(new() { Name = "新名字" });

        await _first.Db.HousekeepAsync(db =>
        {
            rows.ForEach(r => db.QueueResealed(name, r, r.Value!));
            return Task.FromResult(true);
        }, CancellationToken.None);

        Assert.Contains(rows, r => r.Place == maker.PersonId.ToString());
        Assert.Equal("新名字", (await maker.Identity.GetMeAsync(new())).Me.Name);
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_named_and_left_and_the_others_are_sealed_anew()
    {
        await LiveAsync();
        using var file = new KeyFileEditor(KeyPath);
        file.Use(file.Add());
        await _first.Database.ExecuteAsync(
            """
            UPDATE staff_login
            SET totp_secret = CONCAT(SUBSTRING(totp_secret, 1, 20), X'0000', SUBSTRING(totp_secret, 23))
            """);

        var report = await Open().RunAsync(TimeSpan.Zero, (_, _, _) => { }, CancellationToken.None);

        Assert.StartsWith("staff_login.totp_secret of li.wei does not open", Assert.Single(report.Faults));
        Assert.Equal(
            "staff_login.totp_secret of li.wei is sealed with key 1",
            await Open().FindOldAsync((_, _, _) => { }, CancellationToken.None));
        Assert.Equal(
            ("staff_login.totp_secret", (byte)1),
            Assert.Single((await _first.Database.CountSealedAsync()).Keys, k => k.Key == 1));
    }

    /// <summary>One round of everything.</summary>
    private async Task LiveAsync()
    {
        using var stop = new CancellationTokenSource();
        var load = _load.RunAsync(stop.Token);
        await stop.CancelAsync();
        await load;
        Assert.Empty(_load.Failures);
    }

    private static async Task SignInStaffAsync(TestServer server) =>
        await new Wire.AccessService.AccessServiceClient(server.Channel).SignInStaffAsync(new()
        {
            Name = "li.wei",
            Password = "a long enough password",
            Totp = new Totp(Secret).ComputeTotp(server.Clock.Now),
        });

    /// <summary>As the command does it: with the keys that are in the file now.</summary>
    private Resealing Open()
    {
        var keys = KeyFile.Load(KeyPath);
        return new Resealing(new Database(_owner, NullLogger<Database>.Instance), new PersonalData(keys), keys);
    }
}
