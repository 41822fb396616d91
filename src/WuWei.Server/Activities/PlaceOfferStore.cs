using MySqlConnector;
using WuWei.Data;
using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>Every SQL statement on offers of places.</summary>
public static class PlaceOfferStore
{
    private const string Columns =
        "id, sign_up_id, to_person_id, for_sign_up_id, status, offered_by, offered_at, lapses_at";

    public static Task<PlaceOffer?> FindOfferAsync(this DbSession db, Guid id) =>
        db.FindAsync<PlaceOffer>($"SELECT {Columns} FROM place_offer WHERE id = @id", new { id });

    /// <summary>Open offers to a person, latest first.</summary>
    public static Task<List<PlaceOffer>> ListOffersToAsync(
        this DbSession db, Guid personId, DateTime now, int countMax) => db.ListAsync<PlaceOffer>(
        $"""
        SELECT {Columns} FROM place_offer
        WHERE to_person_id = @personId AND status = 1 AND lapses_at > @now
        ORDER BY offered_at DESC, id DESC LIMIT @countMax
        """, new { personId, now, countMax });

    /// <summary>Makes an offer; one that lapsed gives way to it.</summary>
    public static async Task AddOfferAsync(this DbSession db, PlaceOffer offer)
    {
        await db.ExecuteAsync(
            """
            UPDATE place_offer SET open_sign_up_id = NULL, status = 4, decided_at = lapses_at
            WHERE open_sign_up_id = @SignUpId AND lapses_at <= @OfferedAt
            """, new { offer.SignUpId, offer.OfferedAt });
        try
        {
            await db.ExecuteAsync(
                """
                INSERT INTO place_offer
                  (id, sign_up_id, open_sign_up_id, to_person_id, for_sign_up_id, status, offered_by, offered_at, lapses_at)
                VALUES
                  (@Id, @SignUpId, @SignUpId, @ToPersonId, @ForSignUpId, @Status, @OfferedBy, @OfferedAt, @LapsesAt)
                """, offer);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw Refuse.Taken("OFFER_OPEN", "这个名额已经在等别人答复。");
        }
    }

    /// <summary>Ends an offer, if nobody did since it was read; otherwise the transaction starts over.</summary>
    public static async Task EndOfferAsync(this DbSession db, PlaceOffer offer, DateTime now)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE place_offer SET open_sign_up_id = NULL, status = @Status, decided_at = @now
            WHERE id = @Id AND open_sign_up_id IS NOT NULL
            """, new { offer.Id, offer.Status, now }) == 0)
        {
            throw new ConflictException();
        }
    }
}
