using WuWei.Data;

namespace WuWei.Pictures;

/// <summary>Every SQL statement that finds pictures without an owner, without files, and files without a picture.</summary>
public static class PictureCollectStore
{
    public static Task<List<Picture>> ListForgottenAsync(this DbSession db, DateTime now, int countMax) =>
        db.ListAsync<Picture>(
            """
            SELECT id, name, author_id, bytes FROM picture WHERE forget_at <= @now ORDER BY forget_at LIMIT @countMax
            """, new { now, countMax });

    /// <summary>The pictures that have one of these names.</summary>
    public static Task<List<FiledPicture>> ListNamedAsync(this DbSession db, IReadOnlyList<string> names) =>
        db.ListEachAsync<FiledPicture>(
            "SELECT id, name, lost FROM picture WHERE name IN (", "@Name",
            [.. names.Select(name => new { Name = name })], ")");

    public static Task<List<FiledPicture>> ListFiledAsync(this DbSession db, Guid after, int countMax) =>
        db.ListAsync<FiledPicture>(
            "SELECT id, name, lost FROM picture WHERE id > @after ORDER BY id LIMIT @countMax", new { after, countMax });

    public static Task<int> SetLostAsync(this DbSession db, Guid id, bool lost) => db.ExecuteAsync(
        "UPDATE picture SET lost = @lost WHERE id = @id AND lost <> @lost", new { id, lost });
}

public sealed record FiledPicture
{
    public Guid Id { get; init; }
    public string Name { get; init; } = "";

    /// <summary>Its files were looked for and not found.</summary>
    public bool Lost { get; init; }
}
