using WuWei.Points;

namespace WuWei.Invitations;

/// <summary>Invitees that count beside what was awarded for them: act 30 of points.proto.</summary>
public sealed class PaidInvitations : IPaidActs
{
    public IReadOnlyList<(string Fault, string Sql)> Checks { get; } =
    [
        ("an invitee who counts did not earn their inviter an award, once",
            """
            SELECT LOWER(HEX(v.person_id)) AS name
            FROM invitee v
            WHERE v.served_at IS NOT NULL AND 1 <> (SELECT COUNT(*) FROM points_award w
              WHERE w.source_id = v.service_id AND w.act = 30 AND w.account_id = v.inviter_id
                AND w.subject_id = v.invitation_id)
            LIMIT @countMax
            """),
        // Voided and taken back is how it should be; so is 0.
        ("an award stands for an invitee who does not count",
            $"""
            SELECT LOWER(HEX(w.id)) AS name
            FROM points_award w
            LEFT JOIN invitee i ON i.service_id = w.source_id AND i.inviter_id = w.account_id
            {AwardSql.Joins}
            WHERE w.act = 30 AND i.person_id IS NULL AND w.amount > 0 AND {AwardSql.Stands}
            LIMIT @countMax
            """),
        ("an invitation does not know how many came by it",
            """
            SELECT LOWER(HEX(i.id)) AS name
            FROM invitation i
            WHERE i.came <> (SELECT COUNT(*) FROM invitee v WHERE v.invitation_id = i.id)
            LIMIT @countMax
            """),
    ];
}
