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
            $"""
            SELECT LOWER(HEX(w.id)) AS name
            FROM points_award w
            LEFT JOIN wish k ON k.id = w.subject_id AND k.claim_id = w.source_id AND k.status = 5
            {AwardSql.Joins}
            WHERE w.act <= 10 AND k.id IS NULL AND w.amount > 0 AND {AwardSql.Stands}
            LIMIT @countMax
            """),
    ];
}
