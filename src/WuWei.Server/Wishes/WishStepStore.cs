using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>Every SQL statement on the steps of a wish's journey. Their notes and places are sealed.</summary>
public static class WishStepStore
{
    private const string NoteColumn = "wish_step.note";
    private const string PlaceColumn = "wish_step.place";

    public static Task<List<StepRow>> ListStepsAsync(this DbSession db, Guid wishId) => db.ListAsync<StepRow>(
        """
        SELECT s.number, s.id, s.move, s.from_status, s.to_status, s.at, s.actor, s.actor_id, p.shown_name AS actor_name,
          s.claim_kind, s.audience_unit_id, s.unit_id, s.note, s.place, s.done_at, s.verification,
          COALESCE(c.state, s.content_state) AS content_state, s.picture_count
        FROM wish_step s
        LEFT JOIN person p ON p.id = s.actor_id
        LEFT JOIN content_check c ON c.kind = 2 AND c.content_id = s.id
        WHERE s.wish_id = @wishId ORDER BY s.number LIMIT 1000
        """, new { wishId });

    /// <summary>
    /// Whether its claimer was shown the contact of a wish since they claimed it: by the order of its steps, since the
    /// clocks of two copies of the server may tell another.
    /// </summary>
    public static async Task<bool> HasRevealedAsync(this DbSession db, Guid wishId, Guid claimerId) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM wish_step
            WHERE wish_id = @wishId AND move = @reveal AND actor_id = @claimerId
              AND number > (SELECT MAX(number) FROM wish_step WHERE wish_id = @wishId AND move = @claim)
            LIMIT 1
            """, new { wishId, reveal = WishMove.Reveal, claim = WishMove.Claim, claimerId }) is not null;

    /// <summary>What was said at steps that are checked, sealed.</summary>
    public static Task<List<StepRow>> ListCheckedStepsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<StepRow>(
            """
            SELECT s.id, s.note, s.place
            FROM content_check c JOIN wish_step s ON s.wish_id = c.part_of AND s.id = c.content_id
            WHERE c.kind = 2 AND c.content_id IN (
            """, "@id", [.. ids.Select(id => new { id })], ")");

    public static string NoteOf(PersonalData data, Guid stepId, byte[]? note) =>
        note is null ? "" : data.Open(NoteColumn, stepId, note);

    public static string PlaceOf(PersonalData data, Guid stepId, byte[]? place) =>
        place is null ? "" : data.Open(PlaceColumn, stepId, place);

    public static void QueueStep(this DbSession db, PersonalData data, Wish after, WishStatus? from, WishStep step)
    {
        db.Queue(
            """
            INSERT INTO wish_step
              (wish_id, number, id, move, from_status, to_status, at, actor, actor_id, claim_kind, audience_unit_id, note,
              place, done_at, verification, unit_id, content_state, picture_count)
            VALUES
              (@wishId, @Version, @Id, @Move, @from, @Status, @At, @Actor, @ActorId, @claimKind, @AudienceUnitId, @note,
              @place, @DoneAt, @Verification, @UnitId, @ContentState, @pictureCount)
            """,
            new
            {
                wishId = after.Id,
                after.Version,
                step.Id,
                step.Move,
                from = (int?)from ?? 0,
                after.Status,
                step.At,
                step.Actor,
                step.ActorId,
                claimKind = step.Move == WishMove.Claim ? after.ClaimKind : null,
                after.AudienceUnitId,
                note = Sealed(NoteColumn, step.Note),
                place = Sealed(PlaceColumn, step.Place),
                step.DoneAt,
                step.Verification,
                step.UnitId,
                pictureCount = step.Pictures.Count,
                step.ContentState,
            });
        if (step.ContentState == ContentState.Waiting)
        {
            db.QueueContentCheck(new ContentPiece(
                ContentKind.WishNote, step.Id, after.UnitId, step.ActorId!.Value, step.Channel, step.At, after.Id,
                after.IsSealed));
        }

        byte[]? Sealed(string column, string? text) => string.IsNullOrEmpty(text) ? null : data.Seal(column, step.Id, text);
    }
}

public sealed record StepRow
{
    public int Number { get; init; }
    public Guid Id { get; init; }
    public WishMove Move { get; init; }
    public int FromStatus { get; init; }
    public int ToStatus { get; init; }
    public DateTime At { get; init; }
    public WishActor Actor { get; init; }
    public Guid? ActorId { get; init; }
    public string? ActorName { get; init; }
    public ClaimerKind? ClaimKind { get; init; }
    public Guid AudienceUnitId { get; init; }
    public Guid? UnitId { get; init; }
    public byte[]? Note { get; init; }
    public byte[]? Place { get; init; }
    public DateTime? DoneAt { get; init; }
    public Verification Verification { get; init; }
    public int PictureCount { get; init; }
    public ContentState ContentState { get; init; }
}
