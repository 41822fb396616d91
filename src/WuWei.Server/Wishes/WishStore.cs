using MySqlConnector;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>Every SQL statement that makes or moves a wish.</summary>
public static class WishStore
{
    /// <summary>Whether claimer k shows that they are, now, a verified party member.</summary>
    public const string PartyBadge =
        """
        k.show_party_badge = 1 AND EXISTS (
          SELECT 1 FROM role_grant g
          WHERE g.person_id = k.id AND g.role = 2 AND g.live = 1 AND g.starts_at <= @now
            AND (g.ends_at IS NULL OR g.ends_at > @now)) AS party_badge
        """;

    /// <summary>What a claim asks besides: what the caller has in common with those whose wish it is.</summary>
    private const string Ties =
        """
        w.origin = 4 AND EXISTS (
          SELECT 1 FROM role_grant s JOIN unit_ancestor a ON a.unit_id = w.unit_id AND a.ancestor_id = s.unit_id
          WHERE s.person_id = @callerId AND s.role = 6 AND s.live = 1 AND s.starts_at <= @now
            AND (s.ends_at IS NULL OR s.ends_at > @now)) AS caller_is_its_staff,
        EXISTS (
          SELECT 1 FROM person_device c JOIN person_device o ON o.device = c.device
          WHERE c.person_id = @callerId AND o.person_id IN (w.maker_id, b.id)) AS caller_shares_device,
        EXISTS (
          SELECT 1 FROM person_place c WHERE c.person_id = @callerId AND c.place = w.place) AS caller_lives_there,
        """;

    /// <summary>A wish with what showing it needs, in one trip.</summary>
    /// <param name="callerId">Whose offer is looked for.</param>
    /// <param name="claiming">Whether to look for what looks odd about a claim of theirs, too.</param>
    public static Task<Wish?> FindWishAsync(
        this DbSession db, Guid id, Guid callerId, DateTime now, bool claiming = false) => db.FindAsync<Wish>(
            $"""
            SELECT w.id, w.unit_id, w.audience_unit_id, w.category_id, w.status, w.version, w.origin, w.visibility,
              w.sensitive, w.title, w.text, w.answers, w.content, w.contact, w.effort_minutes, w.remote, w.maker_id,
              w.beneficiary, w.beneficiary_index, w.consent, w.claim_id, w.claimer_id, w.claim_kind, w.credited_unit_id,
              w.cell, w.claim_suspicion, w.organisation_id, g.name AS organisation_name,
              w.level, w.reminders, w.overdue, w.urged_at, w.noticed_at, w.made_at, w.clock_from, w.due_at, w.opened_at,
              w.claimed_at, w.delivered_at, w.delivered_step, w.kept_at, w.deadline_at, w.clock_at, w.rating,
              w.auto_confirmed, w.overturn_by, w.import_ref, w.content_state, w.merged_into,
              (SELECT COUNT(*) FROM wish_watch f WHERE f.wish_id = w.id) AS followers,
              EXISTS (SELECT 1 FROM wish_watch f WHERE f.wish_id = w.id AND f.person_id = @callerId) AS watched,
              m.shown_name AS maker_name, k.shown_name AS claimer_name,
              {PartyBadge},
              EXISTS (SELECT 1 FROM wish_offer o WHERE o.wish_id = w.id AND o.person_id = @callerId) AS offered,
              b.id AS beneficiary_id, {(claiming ? Ties : "")}
              w.picture_count, w.pictures_of, d.id AS note_id, d.note AS delivery_note, d.picture_count AS delivery_picture_count,
              COALESCE(n.state, d.content_state) AS note_state
            FROM wish w
            LEFT JOIN person m ON m.id = w.maker_id
            LEFT JOIN person k ON k.id = w.claimer_id
            LEFT JOIN person b ON b.phone_index = w.beneficiary_index
            LEFT JOIN organisation g ON g.id = w.organisation_id
            LEFT JOIN wish_step d ON d.wish_id = w.id AND d.number = w.delivered_step
            LEFT JOIN content_check n ON n.kind = 2 AND n.content_id = d.id
            WHERE w.id = @id
            """, new { id, callerId, now });

    /// <summary>A new wish: its row, its place in the lists, its first step, its counts, its entry.</summary>
    public static async Task AddWishAsync(
        this DbSession db, PersonalData data, Wish wish, WishStep step, JournalEntry entry)
    {
        try
        {
            await db.AddRowAsync(wish);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry && wish.RemadeFrom is not null)
        {
            throw Refuse.Taken("WISH_REMADE", "这个心愿已经重新发布过了。");
        }

        db.QueueStep(data, wish, from: null, step);
        db.QueueChanges(null, wish, step.At);
        if (wish.IsSuggested)
        {
            db.QueueMarks(data, wish);
        }

        db.Record(entry);
    }

    /// <summary>A wish that another system answered: its row, its whole journey, its count, its entry.</summary>
    public static async Task AddImportedAsync(
        this DbSession db, PersonalData data, Wish kept, string note, JournalEntry entry)
    {
        var (made, delivered) = (kept with { Version = 1, Status = WishStatus.Open },
            kept with { Version = 2, Status = WishStatus.Delivered });
        await db.AddRowAsync(kept);
        db.QueueStep(data, made, null, new WishStep(WishMove.Make, kept.MadeAt, WishActor.Import, null));
        db.QueueStep(data, delivered, made.Status,
            new WishStep(WishMove.Deliver, kept.DeliveredAt!.Value, WishActor.Import, null, note));
        db.QueueStep(data, kept, delivered.Status,
            new WishStep(WishMove.AutoConfirm, kept.KeptAt!.Value, WishActor.Clock, null));
        db.QueueChanges(null, kept, kept.KeptAt.Value);
        db.Record(entry);
    }

    public static async Task<bool> HasImportedAsync(this DbSession db, string importRef) =>
        await db.FindAsync<int?>("SELECT 1 FROM wish WHERE import_ref = @importRef", new { importRef }) is not null;

    private static async Task AddRowAsync(this DbSession db, Wish wish)
    {
        await db.ExecuteAsync(
            """
            INSERT INTO wish
              (id, unit_id, audience_unit_id, category_id, status, version, origin, visibility, `sensitive`, title, text,
              answers, content, contact, place, cell, effort_minutes, remote, maker_id, beneficiary, beneficiary_index,
              consent, level, reminders, overdue, noticed_at, made_at, clock_from, due_at, opened_at, delivered_at,
              delivered_step, kept_at, deadline_at, clock_at, auto_confirmed, import_ref, remade_from,
              content_state, picture_count, pictures_of)
            VALUES
              (@Id, @UnitId, @AudienceUnitId, @CategoryId, @Status, @Version, @Origin, @Visibility, @Sensitive, @Title,
              @Text, @Answers, @Content, @Contact, @Place, @Cell, @EffortMinutes, @Remote, @MakerId, @Beneficiary, @BeneficiaryIndex,
              @Consent, @Level, @Reminders, @Overdue, @NoticedAt, @MadeAt, @ClockFrom, @DueAt, @OpenedAt,
              @DeliveredAt, @DeliveredStep, @KeptAt, @DeadlineAt, @ClockAt, @AutoConfirmed, @ImportRef, @RemadeFrom,
              @ContentState, @PictureCount, @PicturesOf)
            """,
            new
            {
                wish.Id,
                wish.UnitId,
                wish.AudienceUnitId,
                wish.CategoryId,
                wish.Status,
                wish.Version,
                wish.Origin,
                wish.Visibility,
                wish.Sensitive,
                wish.Title,
                wish.Text,
                wish.Answers,
                wish.Content,
                wish.Contact,
                wish.Place,
                wish.Cell,
                wish.EffortMinutes,
                wish.Remote,
                wish.MakerId,
                wish.Beneficiary,
                wish.BeneficiaryIndex,
                wish.Consent,
                wish.Level,
                wish.Reminders,
                wish.Overdue,
                wish.NoticedAt,
                wish.MadeAt,
                wish.ClockFrom,
                wish.DueAt,
                wish.OpenedAt,
                wish.DeliveredAt,
                wish.DeliveredStep,
                wish.KeptAt,
                wish.DeadlineAt,
                wish.ClockAt,
                wish.AutoConfirmed,
                wish.ImportRef,
                wish.RemadeFrom,
                wish.PictureCount,
                wish.PicturesOf,
                wish.ContentState,
            });
        db.QueueListing(wish);
    }

    /// <summary>
    /// Stores a move, whose wish carries the next version, only if nobody moved the wish since it was read; otherwise
    /// the transaction starts over and decides by the new state.
    /// </summary>
    public static async Task MoveWishAsync(
        this DbSession db, PersonalData data, Wish before, Wish after, WishStep step, JournalEntry entry)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE wish
            SET version = @Version, status = @Status, unit_id = @UnitId, audience_unit_id = @AudienceUnitId, claim_id = @ClaimId,
              claimer_id = @ClaimerId, claim_kind = @ClaimKind, credited_unit_id = @CreditedUnitId,
              claim_suspicion = @ClaimSuspicion, organisation_id = @OrganisationId, level = @Level,
              reminders = @Reminders, overdue = @Overdue, urged_at = @UrgedAt, noticed_at = @NoticedAt, clock_from = @ClockFrom,
              due_at = @DueAt, opened_at = @OpenedAt, claimed_at = @ClaimedAt, delivered_at = @DeliveredAt,
              delivered_step = @DeliveredStep, kept_at = @KeptAt, clock_at = @ClockAt, rating = @Rating,
              auto_confirmed = @AutoConfirmed, overturn_by = @OverturnBy, content_state = @ContentState,
              merged_into = @MergedInto
            WHERE id = @Id AND version = @versionRead AND content_state = @contentRead
            """,
            new
            {
                after.Id,
                versionRead = before.Version,
                contentRead = before.ContentState,
                after.ContentState,
                after.Version,
                after.Status,
                after.UnitId,
                after.AudienceUnitId,
                after.ClaimId,
                after.ClaimerId,
                after.ClaimKind,
                after.CreditedUnitId,
                after.ClaimSuspicion,
                after.OrganisationId,
                after.Level,
                after.Reminders,
                after.Overdue,
                after.UrgedAt,
                after.NoticedAt,
                after.ClockFrom,
                after.DueAt,
                after.OpenedAt,
                after.ClaimedAt,
                after.DeliveredAt,
                after.DeliveredStep,
                after.KeptAt,
                after.ClockAt,
                after.Rating,
                after.AutoConfirmed,
                after.OverturnBy,
                after.MergedInto,
            }) == 0)
        {
            throw new ConflictException();
        }

        if (before.Status == WishStatus.PendingReview && after.Status != before.Status)
        {
            // Whoever moved it has read it, or nobody needs to any more.
            db.QueueNoContentCheck(ContentKind.Wish, after.Id, after.ContentState);
        }

        if (before.UnitId != after.UnitId)
        {
            db.QueueUnlisting(after.Id);
            db.QueueListing(after);
            db.QueueFollowUpsTo(after);
            await db.QueueClaimsToAsync(after, from: before.UnitId);
        }
        else if (before.Status != after.Status || before.Overdue != after.Overdue)
        {
            db.Queue(
                "UPDATE wish_in_unit SET status = @Status, overdue = @Overdue WHERE wish_id = @Id",
                new { after.Id, after.Status, after.Overdue });
        }

        db.QueueMarks(data, before, after);
        db.QueueStep(data, after, before.Status, step);
        db.QueueChanges(before, after, step.At);
        db.Record(entry);
    }

    /// <summary>Takes one of a person's few open claims, unless they hold as many as they may.</summary>
    public static async Task TakeClaimAsync(this DbSession db, Guid personId, int claimsMax)
    {
        if (await db.ExecuteAsync(
            "UPDATE person SET open_claims = open_claims + 1 WHERE id = @personId AND open_claims < @claimsMax",
            new { personId, claimsMax }) == 0)
        {
            throw Refuse.Exhausted("CLAIMS_TOO_MANY", $"你手上已有 {claimsMax} 个心愿，先完成一些再来吧。");
        }
    }

    /// <param name="by">1 when a disputed wish comes back, -1 when one is delivered or given back.</param>
    public static void QueueOpenClaims(this DbSession db, Guid personId, int by) => db.Queue(
        "UPDATE person SET open_claims = open_claims + @by WHERE id = @personId AND (@by > 0 OR open_claims > 0)",
        new { personId, by });

    public static void QueueClaim(this DbSession db, Wish claimed)
    {
        db.Queue(
            """
            INSERT INTO wish_claim
              (id, wish_id, live_wish_id, claimer_id, kind, credited_unit_id, organisation_id, opened_at, claimed_at,
              due_at)
            VALUES
              (@ClaimId, @Id, @Id, @ClaimerId, @ClaimKind, @CreditedUnitId, @OrganisationId, @OpenedAt, @ClaimedAt,
              @DueAt)
            """,
            new
            {
                claimed.ClaimId,
                claimed.Id,
                claimed.ClaimerId,
                claimed.ClaimKind,
                claimed.CreditedUnitId,
                claimed.OrganisationId,
                claimed.OpenedAt,
                claimed.ClaimedAt,
                claimed.DueAt,
            });
        db.QueueChanges(
            claimed.UnitId, claimed.ClaimedAt!.Value,
            [(WishCounts.OfClaim(claimed.OpenedAt!.Value, claimed.ClaimedAt.Value), 1)]);
    }

    public static void QueueClaimEnd(this DbSession db, Guid claimId, DateTime now) => db.Queue(
        "UPDATE wish_claim SET live_wish_id = NULL, ended_at = @now WHERE id = @claimId AND live_wish_id IS NOT NULL",
        new { claimId, now });

    /// <returns>False when it is offered to this person already.</returns>
    public static async Task<bool> AddOfferAsync(this DbSession db, Guid wishId, Guid personId, DateTime now) =>
        await db.ExecuteAsync(
            "INSERT IGNORE INTO wish_offer (wish_id, person_id, offered_at) VALUES (@wishId, @personId, @now)",
            new { wishId, personId, now }) == 1;

    public static void QueueOfferEnd(this DbSession db, Guid wishId, Guid personId) => db.Queue(
        "DELETE FROM wish_offer WHERE wish_id = @wishId AND person_id = @personId", new { wishId, personId });

    /// <summary>
    /// Wishes whose clock has struck, the longest waiting first; at one moment the older: whose points meet a cap depends
    /// on it.
    /// </summary>
    public static Task<List<Guid>> ListDueAsync(this DbSession db, DateTime now, int countMax) => db.ListAsync<Guid>(
        "SELECT id FROM wish WHERE clock_at <= @now ORDER BY clock_at, id LIMIT @countMax", new { now, countMax });

    /// <summary>Sets when the clock looks again, if nobody moved the wish meanwhile. No change of the wish.</summary>
    public static async Task<bool> RewindAsync(this DbSession db, Wish wish, DateTime? clockAt) => await db.ExecuteAsync(
        "UPDATE wish SET clock_at = @clockAt WHERE id = @Id AND version = @Version AND content_state = @ContentState",
        new { wish.Id, wish.Version, wish.ContentState, clockAt }) == 1;

    /// <summary>Looks at a wish later whose clock failed, so that it does not stand before all others.</summary>
    public static Task<int> PostponeAsync(this DbSession db, Guid id, DateTime clockAt) => db.ExecuteAsync(
        "UPDATE wish SET clock_at = @clockAt WHERE id = @id AND clock_at < @clockAt", new { id, clockAt });

    /// <summary>
    /// Every claim there was of a wish counts for its new unit, on the day it was made.
    /// </summary>
    private static async Task QueueClaimsToAsync(this DbSession db, Wish after, Guid from)
    {
        foreach (var claim in await db.ListClaimsForRecountAsync(after.Id))
        {
            var measure = WishCounts.OfClaim(claim.OpenedAt, claim.ClaimedAt);
            db.QueueChanges(from, claim.ClaimedAt, [(measure, -1)]);
            db.QueueChanges(after.UnitId, claim.ClaimedAt, [(measure, 1)]);
        }
    }

    private static void QueueChanges(this DbSession db, Wish? before, Wish after, DateTime now)
    {
        if (before is null || before.UnitId == after.UnitId)
        {
            db.QueueChanges(after.UnitId, now, WishCounts.Changes(before, after));
            return;
        }

        // That it was made is moved on the day it was; its state is another unit's from now on.
        db.QueueChanges(before.UnitId, after.MadeAt, [(WishCounts.Made, -1)]);
        db.QueueChanges(after.UnitId, after.MadeAt, [(WishCounts.Made, 1)]);
        db.QueueChanges(before.UnitId, now, State(before).Select(c => (c.Measure, -c.Amount)));
        db.QueueChanges(after.UnitId, now, State(after));

        static IEnumerable<(int Measure, int Amount)> State(Wish wish) =>
            WishCounts.Changes(null, wish).Where(c => c.Measure != WishCounts.Made);
    }
}
