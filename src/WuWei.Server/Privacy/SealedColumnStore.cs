using WuWei.Data;

namespace WuWei.Privacy;

/// <summary>
/// Every SQL statement on sealed columns as such. Their names come from <see cref="SealedColumn.All"/>, never from outside.
/// </summary>
public static class SealedColumnStore
{
    /// <summary>
    /// The next rows in the order of the primary key, with its value each that is sealed with another key than this
    /// one. The second byte of a sealed value is its key.
    /// </summary>
    public static Task<List<SealedRow>> ListSealedAsync(
        this DbSession db, SealedColumn column, SealedRow? after, byte key, int countMax)
    {
        var (first, second) = (column.Key[0], column.Key.ElementAtOrDefault(1));
        var row = column.Row ?? column.Key;
        return db.ListAsync<SealedRow>(
            $"""
            SELECT `{first}` AS `first`, {Quoted(second)} AS `second`, `{row[0]}` AS row_first,
              {Quoted(row.ElementAtOrDefault(1))} AS row_second,
              CASE WHEN SUBSTRING(`{column.Column}`, 2, 1) <> @key THEN `{column.Column}` END AS `value`
            FROM `{column.Table}`
            WHERE {(after is null ? "TRUE" : second is null
                ? $"`{first}` > @First"
                : $"`{first}` >= @First AND (`{first}` > @First OR `{second}` > @Second)")}
            ORDER BY `{first}`{(second is null ? "" : $", `{second}`")} LIMIT @countMax
            """,
            new { after?.First, after?.Second, key = new[] { key }, countMax });
    }

    /// <summary>Stores the value sealed anew, unless somebody stored another meanwhile.</summary>
    public static void QueueResealed(this DbSession db, SealedColumn column, SealedRow row, byte[] value) => db.Queue(
        $"""
        UPDATE `{column.Table}` SET `{column.Column}` = @value
        WHERE `{column.Key[0]}` = @First{(column.Key.Length > 1 ? $" AND `{column.Key[1]}` = @Second" : "")}
          AND `{column.Column}` = @old
        """,
        new { value, row.First, row.Second, old = row.Value });

    private static string Quoted(string? name) => name is null ? "NULL" : $"`{name}`";
}

public sealed record SealedRow
{
    public object First { get; init; } = "";
    public object? Second { get; init; }
    public object RowFirst { get; init; } = "";
    public object? RowSecond { get; init; }

    /// <summary>Null when there is nothing to do.</summary>
    public byte[]? Value { get; init; }

    /// <summary>The row that the value was sealed for.</summary>
    public string Place => RowSecond is null ? $"{RowFirst}" : $"{RowFirst}/{RowSecond}";
}
