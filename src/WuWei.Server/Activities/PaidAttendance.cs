using WuWei.Points;

namespace WuWei.Activities;

/// <summary>
/// Confirmed attendance beside what was awarded for its hours, act 20 of points.proto; and no-shows beside what was deducted
/// for them.
/// </summary>
public sealed class PaidAttendance : IPaidActs
{
    public IReadOnlyList<(string Fault, string Sql)> Checks { get; } =
    [
        ("a confirmed attendance did not earn its hours, once",
            """
            SELECT LOWER(HEX(a.sign_up_id)) AS name
            FROM attendance a
            WHERE a.status = 4 AND 1 <> (SELECT COUNT(*) FROM points_award w
              WHERE w.source_id = a.sign_up_id AND w.account_id = a.person_id AND w.act = 20
                AND w.subject_id = a.activity_id)
            LIMIT @countMax
            """),
        ("an award for hours stands that nobody confirmed",
            """
            SELECT LOWER(HEX(w.id)) AS name
            FROM points_award w LEFT JOIN attendance a ON a.sign_up_id = w.source_id AND a.status = 4
            WHERE w.act = 20 AND a.sign_up_id IS NULL
            LIMIT @countMax
            """),
        ("a no-show was not looked at for a deduction, or that was returned",
            """
            SELECT LOWER(HEX(a.sign_up_id)) AS name
            FROM attendance a
            LEFT JOIN points_deduction q ON q.source_id = a.sign_up_id AND q.account_id = a.person_id AND q.reason = 1
              AND q.subject_id = a.activity_id
            LEFT JOIN points_transfer b ON b.reverses_id = q.id
            WHERE a.status = 3 AND (q.id IS NULL OR b.id IS NOT NULL)
            LIMIT @countMax
            """),
        ("a deduction stands for somebody who came",
            """
            SELECT LOWER(HEX(q.id)) AS name
            FROM points_deduction q
            LEFT JOIN attendance a ON a.sign_up_id = q.source_id AND a.person_id = q.account_id AND a.status = 3
            LEFT JOIN points_transfer b ON b.reverses_id = q.id
            WHERE q.reason = 1 AND q.amount > 0 AND a.sign_up_id IS NULL AND b.id IS NULL
            LIMIT @countMax
            """),
        ("a deduction is by the rules of another day",
            """
            SELECT LOWER(HEX(q.id)) AS name
            FROM points_deduction q
            JOIN attendance a ON a.sign_up_id = q.source_id
            JOIN points_rules n ON n.id = q.rules_id
            WHERE q.reason = 1 AND (n.active_from > a.ends_at OR n.approved_at IS NULL
              OR q.asked <> COALESCE(JSON_EXTRACT(n.body, '$.noShowPoints'), 0))
            LIMIT @countMax
            """),
    ];
}
