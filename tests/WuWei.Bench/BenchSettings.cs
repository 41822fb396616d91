using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MySqlConnector;
using WuWei.Data;
using WuWei.Gateway;
using WuWei.Privacy;

namespace WuWei.Bench;

/// <summary>Where things are: a database of this run's own on the servers that the environment names.</summary>
public sealed class BenchSettings(string databaseName)
{
    private static readonly string Keys = Path.Combine(
        Directory.CreateTempSubdirectory("wuwei-bench-").FullName, "keys.json");

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    private readonly int _port = FreePort();
    private readonly int _publicPort = FreePort();

    public string Owner { get; } = With(Required("WUWEI_MYSQL_OWNER"), databaseName);

    public string Service { get; } = With(Required("WUWEI_MYSQL"), databaseName);

    public string Address => $"http://127.0.0.1:{_port}";

    public string PublicAddress => $"http://127.0.0.1:{_publicPort}";

    public FileInfo Units { get; } = new(Path.Combine(AppContext.BaseDirectory, "Demo/units-320105.csv"));

    public static string Redis => Required("WUWEI_REDIS");

    public IReadOnlyDictionary<string, string> ServerEnvironment => new Dictionary<string, string>
    {
        ["WUWEI_MYSQL"] = Service,
        ["WUWEI_REDIS"] = Redis,
        ["WUWEI_KEYS"] = Keys,
        ["WUWEI_PICTURES"] = Path.Join(Path.GetDirectoryName(Keys), "pictures"),
        ["WUWEI_GRPC_PORT"] = $"{_port}",
        ["WUWEI_PUBLIC_PORT"] = $"{_publicPort}",
        ["Rates__PersonPerMinute"] = "0",
        ["Rates__AddressPerMinute"] = "0",
        ["WUWEI_SMS"] = "console",
        ["DOTNET_ENVIRONMENT"] = "Bench",
        ["Wishes__ClaimsMax"] = $"{ushort.MaxValue}",
    };

    public async Task CreateAsync(CancellationToken cancel)
    {
        KeyFile.Create(Keys);
        await using (var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(Owner) { Database = "" }.ConnectionString))
        {
            await connection.OpenAsync(cancel);
            await using var drop = new MySqlCommand($"DROP DATABASE IF EXISTS {databaseName}", connection);
            await drop.ExecuteNonQueryAsync(cancel);
        }

        await Schema.MigrateAsync(Owner, Service, _ => { }, cancel);
    }

    public ServiceProvider Open() => new ServiceCollection().AddLogging().AddWuWeiStorage(
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["WUWEI_MYSQL"] = Service,
            ["WUWEI_REDIS"] = Redis,
            ["WUWEI_KEYS"] = Keys,
        }).Build()).BuildServiceProvider();

    /// <summary>The server as it is run, a process of its own, once it listens.</summary>
    public async Task<Child> StartServerAsync(CancellationToken cancel)
    {
        var server = Child.Start(typeof(GatewayHost).Assembly.Location, new Dictionary<string, string>(ServerEnvironment)
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        });
        _ = server.Output.ReadToEndAsync(cancel);
        // Not by calling: a channel that could not connect waits a second before it tries again.
        for (var limit = DateTime.UtcNow + WaitMax; ; await Task.Delay(2, cancel))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, cancel);
                return server;
            }
            catch (SocketException) when (DateTime.UtcNow < limit)
            {
                // Not yet.
            }
        }
    }

    private static string With(string connection, string database) => new MySqlConnectionStringBuilder(connection)
    {
        Database = database,
        GuidFormat = MySqlGuidFormat.Binary16,
        DateTimeKind = MySqlDateTimeKind.Utc,
    }.ConnectionString;

    private static string Required(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set; run scripts/bench.");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
