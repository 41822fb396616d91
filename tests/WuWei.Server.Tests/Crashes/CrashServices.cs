using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Health.V1;
using Grpc.Net.Client;
using MySqlConnector;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

/// <summary>A MariaDB, a Redis and the built gateway of a test's own, each a process that may be killed.</summary>
public sealed class CrashServices : IAsyncDisposable
{
    private const string UserRights =
        """
        CREATE USER IF NOT EXISTS 'wuwei_owner'@'127.0.0.1' IDENTIFIED BY 'crash';
        GRANT ALL PRIVILEGES ON `wuwei%`.* TO 'wuwei_owner'@'127.0.0.1' WITH GRANT OPTION;
        CREATE USER IF NOT EXISTS 'wuwei'@'127.0.0.1' IDENTIFIED BY 'crash';

        """;

    private readonly string _folder;
    private readonly int _redisPort = ChildProcess.FreePort();
    private readonly int _gatewayPort = ChildProcess.FreePort();

    private CrashServices(string folder, int mariaDbPort)
    {
        _folder = folder;
        var server = $"Server=127.0.0.1;Port={mariaDbPort};Password=crash;Pooling=false;Connection Timeout=2";
        Owner = $"{server};User ID=wuwei_owner";
        Service = $"Server=127.0.0.1;Port={mariaDbPort};Password=crash;User ID=wuwei";
        MariaDb = new ChildProcess("mariadb", folder,
        [
            "mariadbd", "--no-defaults", .. AsRoot, $"--datadir={folder}/data", $"--init-file={folder}/users.sql",
            "--socket=mariadb.sock", "--bind-address=127.0.0.1", $"--port={mariaDbPort}", "--skip-name-resolve",
            "--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=128M",
            "--max-connections=300", "--performance-schema=OFF",
        ], TmpDir(folder));
        Redis = new ChildProcess("redis", folder,
            [RedisServer(folder), "--port", $"{_redisPort}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    }

    public string Owner { get; }
    public string Service { get; }
    public ChildProcess MariaDb { get; }
    public ChildProcess Redis { get; }
    public ChildProcess Gateway { get; private set; } = null!;
    /// <summary>Removed at the end.</summary>
    public string Folder => _folder;
    public string RedisAddress => $"127.0.0.1:{_redisPort}";
    public string Address => $"http://127.0.0.1:{_gatewayPort}";

    /// <summary>Its own: when MariaDB starts, it removes the temporary tables there, in /tmp those of every server.</summary>
    private static (string Name, string Value) TmpDir(string folder) => ("TMPDIR", folder);

    private static string[] AsRoot => Environment.UserName == "root" ? ["--user=root"] : [];

    public static async Task<CrashServices> StartAsync()
    {
        // A short path: the server's socket lies in it.
        var folder = Directory.CreateTempSubdirectory("wuwei-crash-").FullName;
        var services = new CrashServices(folder, ChildProcess.FreePort());
        try
        {
            await File.WriteAllTextAsync($"{folder}/users.sql", UserRights);
            await InstallAsync(folder);
            services.Redis.Start();
            services.MariaDb.Start();
            await services.AwaitMariaDbAsync();
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server as it is built, on this database.</summary>
    public async Task StartGatewayAsync(TestDatabase database, params (string Name, string Value)[] settings)
    {
        Gateway = new ChildProcess("gateway", _folder, ["dotnet", GatewayProgram()],
        [
            ("WUWEI_MYSQL", database.Service), ("WUWEI_REDIS", RedisAddress),
            ("WUWEI_KEYS", TestKeys.Path), ("WUWEI_PICTURES", database.Pictures),
            ("WUWEI_GRPC_PORT", $"{_gatewayPort}"), ("WUWEI_PUBLIC_PORT", "0"),
            ("WUWEI_SMS", "console"), ("DOTNET_ENVIRONMENT", "Test"), .. settings,
        ]);
        Gateway.Start();
        await AwaitGatewayAsync();
    }

    public Task AwaitMariaDbAsync() => MariaDb.AwaitAsync(async () =>
    {
        await using var connection = new MySqlConnection(Owner);
        await connection.OpenAsync();
    });

    public Task AwaitGatewayAsync() => Gateway.AwaitAsync(async () =>
    {
        using var channel = GrpcChannel.ForAddress(Address);
        var answer = await new Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest(), deadline: DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    });

    public async Task FlushRedisAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _redisPort);
        await client.GetStream().WriteAsync("FLUSHALL\r\n"u8.ToArray());
        var answer = new byte[16];
        var length = await client.GetStream().ReadAsync(answer);
        Assert.StartsWith("+OK", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        Gateway?.Dispose();
        Redis.Dispose();
        MariaDb.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task InstallAsync(string folder)
    {
        var start = new ProcessStartInfo("mariadb-install-db", [
            "--no-defaults", .. AsRoot, $"--datadir={folder}/data", "--auth-root-authentication-method=socket",
            $"--auth-root-socket-user={Environment.UserName}", "--skip-test-db", "--force",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TMPDIR"] = TmpDir(folder).Value;
        using var install = Process.Start(start)!;
        var said = await Task.WhenAll(install.StandardOutput.ReadToEndAsync(), install.StandardError.ReadToEndAsync());
        await install.WaitForExitAsync();
        Assert.True(install.ExitCode == 0, string.Concat(said));
    }

    /// <summary>redis-server, or the very same program as the package redis-tools installs it.</summary>
    private static string RedisServer(string folder)
    {
        if (Find("redis-server") is { } server)
        {
            return server;
        }

        var link = $"{folder}/redis-server";
        File.CreateSymbolicLink(
            link, Find("redis-check-rdb") ?? throw new InvalidOperationException("There is no Redis on this machine."));
        return link;

        static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>Built beside these tests: artifacts/bin/PROJECT/CONFIGURATION.</summary>
    private static string GatewayProgram()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "WuWei.Gateway", own.Name, "WuWei.Gateway.dll");
    }
}
