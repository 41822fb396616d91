using WuWei.Points;

namespace WuWei.Activities;

/// <summary>Confirmed attendance beside what was awarded for its hours: act 20 of points.proto.</summary>
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
    ];
}
