using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Pictures;

/// <summary>Every SQL statement on pictures, but for those that collect what nobody needs.</summary>
public static class PictureStore
{
    private const string Columns = "id, name, author_id, state, width, height, bytes, made_at, subject_id, forget_at";

    public static void QueuePicture(this DbSession db, Picture picture) => db.Queue(
        """
        INSERT INTO picture (id, name, author_id, state, width, height, bytes, made_at, forget_at)
        VALUES (@Id, @Name, @AuthorId, @State, @Width, @Height, @Bytes, @MadeAt, @ForgetAt)
        """,
        new
        {
            picture.Id,
            picture.Name,
            picture.AuthorId,
            picture.State,
            picture.Width,
            picture.Height,
            picture.Bytes,
            picture.MadeAt,
            picture.ForgetAt,
        });

    public static async Task<Picture> GetOwnPictureAsync(this DbSession db, Guid id, Guid authorId) =>
        await db.FindAsync<Picture>(
            $"SELECT {Columns} FROM picture WHERE id = @id AND author_id = @authorId", new { id, authorId })
        ?? throw Picture.Unknown();

    public static Task<Picture?> FindPictureAsync(this DbSession db, string name) => db.FindAsync<Picture>(
        $"SELECT {Columns} FROM picture WHERE name = @name AND lost = 0", new { name });

    /// <summary>What there is to check.</summary>
    public static Task<List<Picture>> ListPicturesAsync(this DbSession db, IReadOnlyList<Guid> ids) => ids.Count == 0
        ? Task.FromResult(new List<Picture>())
        : db.ListEachAsync<Picture>(
            $"SELECT {Columns} FROM picture WHERE id IN (", "@Id", [.. ids.Select(id => new { Id = id })], ")");

    /// <summary>
    /// The pictures of these objects, in their order, that this viewer of the objects may see: those that passed, their own,
    /// and all for whoever oversees the objects.
    /// </summary>
    public static async Task<ILookup<Guid, Picture>> ListPicturesOfAsync(
        this DbSession db, IReadOnlyCollection<Guid> subjectIds, Guid viewerId, bool oversees)
    {
        List<Picture> pictures = subjectIds.Count == 0 ? [] : await db.ListEachAsync<Picture>(
            $"SELECT {Columns} FROM picture WHERE subject_id IN (", "@Id",
            [.. subjectIds.Select(id => new { Id = id })],
            """
            ) AND lost = 0 AND (@oversees = 1 OR state = @passed OR author_id = @viewerId)
            ORDER BY subject_id, position
            """, new { oversees, passed = ContentState.Passed, viewerId });
        return pictures.ToLookup(p => p.SubjectId!.Value);
    }

    /// <summary>
    /// Makes pictures of the caller's own, which belong to nothing yet, those of an object that is stored in this transaction.
    /// Others see them once they passed; those of staff, who act as such, pass at once.
    /// </summary>
    /// <param name="cause">The entry of what they are attached by.</param>
    /// <param name="staffOnly">The object is confided to us: no company looks at its pictures.</param>
    public static async Task AttachPicturesAsync(
        this DbSession db, IReadOnlyList<Guid> ids, Guid subjectId, Guid unitId, Call call, bool asStaff, JournalEntry cause,
        bool staffOnly)
    {
        if (ids.Count == 0)
        {
            return;
        }

        var own = await db.ListEachAsync<Picture>(
            $"SELECT {Columns} FROM picture WHERE id IN (", "@Id", [.. ids.Select(id => new { Id = id })],
            ") AND author_id = @authorId FOR UPDATE", new { authorId = call.Caller.PersonId });
        if (own.Count != ids.Count)
        {
            throw Picture.Unknown();
        }

        if (own.Any(p => p.SubjectId is not null))
        {
            throw Picture.Attached();
        }

        for (var position = 0; position < ids.Count; position++)
        {
            var id = ids[position];
            db.Queue(
                """
                UPDATE picture SET subject_id = @subjectId, position = @position, forget_at = NULL, state = @state
                WHERE id = @id AND subject_id IS NULL
                """,
                new { id, subjectId, position, state = asStaff ? ContentState.Passed : ContentState.Waiting });
            if (!asStaff)
            {
                db.QueueContentCheck(ContentPiece.By(
                    call, ContentKind.Picture, id, unitId, cause.SubjectId, staffOnly));
            }

            db.Record(cause.Beside("PICTURE_ATTACH", "picture", id, new { cause.Subject, cause.SubjectId, position }));
        }
    }

    public static Task<int> SetPictureStateAsync(this DbSession db, Guid id, ContentState state) => db.ExecuteAsync(
        "UPDATE picture SET state = @state WHERE id = @id", new { id, state });

    /// <returns>False when it was attached meanwhile, or is gone.</returns>
    public static async Task<bool> DeletePictureAsync(this DbSession db, Guid id) => await db.ExecuteAsync(
        "DELETE FROM picture WHERE id = @id AND subject_id IS NULL", new { id }) == 1;
}
