using WuWei.Points;

namespace WuWei.Wishes;

/// <summary>
/// Kept wishes beside what was awarded for them. Numbers of acts are those of points.proto: 1 to 4 as what it was claimed, 5
/// when nobody answered, from 6 on for the rating. What was imported has no claimer and pays nobody.
/// </summary>
public sealed class PaidWishes : IPaidActs
{
    public IReadOnlyList<(string Fault, string Sql)> Checks { get; } =
    [
        ("a kept wish did not earn its claimer what it was claimed as, once",
            """
            SELECT LOWER(HEX(w.id)) AS name
            FROM wish w
            WHERE w.status = 5 AND w.claim_id IS NOT NULL
              AND NOT (
                1 = (SELECT COUNT(*) FROM points_award a
                  WHERE a.source_id = w.claim_id AND a.account_id = w.claimer_id AND a.act <= 5)
                AND EXISTS (SELECT 1 FROM points_award a
                  WHERE a.source_id = w.claim_id AND a.account_id = w.claimer_id AND a.subject_id = w.id
                    AND a.act = IF(w.auto_confirmed = 1, 5, w.claim_kind)))
            LIMIT @countMax
            """),
        ("a rating did not earn its claimer what it says, once",
            """
            SELECT LOWER(HEX(w.id)) AS name
            FROM wish w
            WHERE w.status = 5 AND w.claim_id IS NOT NULL
              AND NOT (
                (w.rating IS NOT NULL) = (SELECT COUNT(*) FROM points_award a
                  WHERE a.source_id = w.claim_id AND a.account_id = w.claimer_id AND a.act BETWEEN 6 AND 10)
                AND (w.rating IS NULL OR EXISTS (SELECT 1 FROM points_award a
                  WHERE a.source_id = w.claim_id AND a.account_id = w.claimer_id AND a.subject_id = w.id
                    AND a.act = 5 + w.rating)))
            LIMIT @countMax
            """),
        // Voided and taken back is how it should be; so is 0.
        ("an award stands although its wish is not kept by that claim",
            """
            SELECT LOWER(HEX(a.id)) AS name
            FROM points_award a
            LEFT JOIN wish w ON w.id = a.subject_id AND w.claim_id = a.source_id AND w.status = 5
            LEFT JOIN points_ruling r ON r.award_id = a.id
            LEFT JOIN points_transfer t ON t.award_id = a.id
            LEFT JOIN points_transfer b ON b.reverses_id = t.id
            WHERE a.act <= 10 AND w.id IS NULL AND a.amount > 0 AND COALESCE(r.posted, 1) = 1 AND b.id IS NULL
            LIMIT @countMax
            """),
    ];
}
