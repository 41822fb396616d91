using System.Text;
using System.Text.Json;
using MySqlConnector;
using StackExchange.Redis;

namespace WuWei.Tests.Harness;

/// <summary>Looks for texts wherever a server leaves any: tables, the database's files, Redis, the log.</summary>
public static class Canaries
{
    private const int PieceBytes = 1024 * 1024;

    /// <returns>Where they are in clear.</returns>
    public static async Task<List<string>> FindAnywhereAsync(
        this TestServer server, IReadOnlyCollection<string> texts) =>
    [
        .. await server.Database.FindAsync(texts),
        .. await server.Database.FindInFilesAsync(texts) ?? [],
        .. await FindInRedisAsync(texts),
        .. server.Log.Lines.SelectMany(line => texts.Where(t => line.Contains(t, StringComparison.Ordinal)))
            .Select(t => $"log: {t}"),
    ];

    /// <summary>
    /// In the bytes of the tables' files and of InnoDB's log and whatever else lies beside them. What is committed and
    /// not yet in its table's file is in the log, so nothing needs to be flushed first. If another machine or user has
    /// the files, they cannot be read; the test's output says so.
    /// </summary>
    /// <returns>Null when they cannot be read.</returns>
    public static async Task<List<string>?> FindInFilesAsync(
        this TestDatabase database, IReadOnlyCollection<string> texts)
    {
        var folder = (await database.ScalarAsync<string>("SELECT @@datadir"))!;
        var name = new MySqlConnectionStringBuilder(database.Owner).Database;
        try
        {
            string[] folders = [folder, Path.Combine(folder, name), Path.Combine(folder, "#innodb_redo")];
            var found = new List<string>();
            foreach (var file in folders.Where(f => f == folders[1] || Directory.Exists(f))
                .SelectMany(Directory.GetFiles).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)))
            {
                found.AddRange(FindInFile(file, texts).Select(t => $"{Path.GetFileName(file)}: {t}"));
            }

            return found;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"The files of the database cannot be read here ({folder}): only its tables were looked through.");
            return null;
        }
    }

    /// <summary>In the keys and values of everything Redis holds.</summary>
    public static async Task<List<string>> FindInRedisAsync(IReadOnlyCollection<string> texts)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestDatabase.Redis);
        var cache = redis.GetDatabase();
        var found = new List<string>();
        await foreach (var key in redis.GetServers().Single().KeysAsync(pageSize: 1000))
        {
            RedisValue[] values = await cache.KeyTypeAsync(key) switch
            {
                RedisType.None => [],
                RedisType.String => [await cache.StringGetAsync(key)],
                RedisType.Hash => [.. (await cache.HashGetAllAsync(key)).SelectMany(e => new[] { e.Name, e.Value })],
                RedisType.List => await cache.ListRangeAsync(key),
                RedisType.Set => await cache.SetMembersAsync(key),
                RedisType.SortedSet => await cache.SortedSetRangeByRankAsync(key),
                var type => throw new InvalidOperationException($"{key} is a {type}: say here how to read it."),
            };
            found.AddRange(values.Prepend((RedisValue)(byte[])key!).SelectMany(v => FindIn((byte[]?)v ?? [], texts))
                .Select(t => $"redis {key}: {t}"));
        }

        return found;
    }

    private static HashSet<string> FindInFile(string file, IReadOnlyCollection<string> texts)
    {
        var found = new HashSet<string>();
        var overlap = texts.SelectMany(Forms).Max(f => f.Length) - 1;
        var piece = new byte[PieceBytes];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (int kept = 0, read; (read = stream.Read(piece.AsSpan(kept))) > 0;)
        {
            found.UnionWith(FindIn(piece.AsSpan(0, kept + read), texts));
            var end = kept + read;
            kept = Math.Min(overlap, end);
            piece.AsSpan(end - kept, kept).CopyTo(piece);
        }

        return found;
    }

    private static List<string> FindIn(ReadOnlySpan<byte> bytes, IEnumerable<string> texts)
    {
        var found = new List<string>();
        foreach (var text in texts)
        {
            foreach (var form in Forms(text))
            {
                if (bytes.IndexOf(form) >= 0)
                {
                    found.Add(text);
                    break;
                }
            }
        }

        return found;
    }

    /// <summary>As it would be stored: plainly, as two bytes a character, or escaped as JSON.</summary>
    private static byte[][] Forms(string text) =>
    [
        Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text),
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(text)[1..^1]),
    ];

    /// <returns>Where they are: table, column and text.</returns>
    public static async Task<List<string>> FindAsync(
        this TestDatabase database, IReadOnlyCollection<string> texts, params byte[][] bytes)
    {
        byte[][] needles = [.. texts.Select(Encoding.UTF8.GetBytes), .. bytes];
        var found = new List<string>();
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        foreach (var table in await database.TablesAsync())
        {
            await using var command = new MySqlCommand($"SELECT * FROM `{table}`", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    var value = reader.GetValue(i) switch
                    {
                        byte[] raw => raw,
                        string text => Encoding.UTF8.GetBytes(text),
                        _ => [],
                    };
                    found.AddRange(needles.Where(n => value.AsSpan().IndexOf(n) >= 0)
                        .Select(n => $"{table}.{reader.GetName(i)}: {Encoding.UTF8.GetString(n)}"));
                }
            }
        }

        return found;
    }

    public static async Task<List<string>> TablesAsync(this TestDatabase database)
    {
        await using var connection = new MySqlConnection(database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name",
            connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<string>();
        while (await reader.ReadAsync())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }
}
