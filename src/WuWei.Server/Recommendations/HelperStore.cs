using WuWei.Data;
using WuWei.Wishes;

namespace WuWei.Recommendations;

/// <summary>
/// Every SQL statement that looks for helpers: people with a role that serves, so that nobody is found who did not
/// offer to. Party members, volunteers and grid workers are roles 2, 3 and 5.
/// </summary>
public static class HelperStore
{
    /// <summary>How many of a level, and of those with a skill, are looked at.</summary>
    private const int LevelMax = 2_000;

    /// <summary>So many of those, whom most speaks for.</summary>
    private const int HelpersMax = 200;
    private const int BusyDays = 7;

    private const string Serves =
        "g.live = 1 AND g.role IN (2, 3, 5) AND g.starts_at <= @now AND (g.ends_at IS NULL OR g.ends_at > @now)";

    /// <summary>
    /// Those who serve in the community, its street and its district, and may be asked: not the maker or beneficiary, nobody
    /// who was, and nobody with full hands. Of many, those for whom most speaks by what can be told at once: the skill, the
    /// same community or street, hands free; each as <see cref="FitReason"/> weighs it.
    /// </summary>
    public static Task<List<Helper>> ListHelpersAsync(
        this DbSession db, Neighbourhood around, Wish wish, Guid? skillId, int claimsMax, DateTime now) =>
        db.ListAsync<Helper>(
            $"""
            SELECT p.id, p.shown_name, p.home_unit_id, p.open_claims AS in_hand,
              (SELECT COUNT(*) FROM sign_up s
                WHERE s.live_person_id = p.id AND s.ends_at > @now AND s.starts_at < @busyUntil) AS shifts,
              p.skilled
            FROM (
              SELECT p.id, p.shown_name, p.home_unit_id, p.open_claims,
                EXISTS (SELECT 1 FROM person_skill k
                  WHERE k.person_id = p.id AND k.skill_id = @skillId AND k.live = 1 AND k.valid_until > @now) AS skilled,
                CASE WHEN {LivesIn("@community")} THEN @sameCommunity WHEN {LivesIn("@street")} THEN @sameStreet ELSE 0 END
                  + IF(p.open_claims = 0, @handsFree, 0) AS weight
              FROM (
                (SELECT g.person_id FROM unit_ancestor a JOIN role_grant g ON g.unit_id = a.unit_id
                  WHERE a.ancestor_id = @community AND {Serves} ORDER BY g.id LIMIT {LevelMax})
                UNION ({AtLevel("@street")}) UNION ({AtLevel("@district")})
                UNION (
                  SELECT k.person_id FROM person_skill k
                  WHERE k.skill_id = @skillId AND k.live = 1 AND k.valid_until > @now AND EXISTS (
                    SELECT 1 FROM role_grant g
                    LEFT JOIN unit_ancestor a ON a.unit_id = g.unit_id AND a.ancestor_id = @community
                    WHERE g.person_id = k.person_id AND {Serves}
                      AND (g.unit_id IN (@street, @district) OR a.unit_id IS NOT NULL))
                  ORDER BY k.id LIMIT {LevelMax})
              ) found
              JOIN person p ON p.id = found.person_id
              WHERE p.open_claims < @claimsMax AND NOT (p.id <=> @MakerId)
                AND (@BeneficiaryIndex IS NULL OR NOT (p.phone_index <=> @BeneficiaryIndex))
                AND NOT EXISTS (SELECT 1 FROM wish_offer o WHERE o.wish_id = @Id AND o.person_id = p.id)
            ) p
            ORDER BY p.weight + IF(p.skilled, @skill, 0) DESC, p.open_claims, p.id LIMIT {HelpersMax}
            """,
            new
            {
                community = around.Community,
                street = around.Street,
                district = around.District,
                skillId,
                wish.Id,
                wish.MakerId,
                wish.BeneficiaryIndex,
                claimsMax,
                skill = new FitReason(FitKind.Skill).Weight,
                sameCommunity = new FitReason(FitKind.SameCommunity).Weight,
                sameStreet = new FitReason(FitKind.SameStreet).Weight,
                handsFree = new FitReason(FitKind.HandsFree).Weight,
                busyUntil = now.AddDays(BusyDays),
                now,
            });

    /// <summary>The roles that these people serve in.</summary>
    public static Task<List<HelperRole>> ListHelperRolesAsync(this DbSession db, string personIds, DateTime now) =>
        db.ListAsync<HelperRole>(
            $"""
            SELECT g.id, g.person_id, g.role, g.unit_id, g.starts_at, g.ends_at
            FROM JSON_TABLE(@personIds, '$[*]' COLUMNS (id CHAR(32) PATH '$')) i
            JOIN role_grant g ON g.person_id = UNHEX(i.id)
            WHERE {Serves}
            ORDER BY g.id
            """, new { personIds, now });

    private static string LivesIn(string unit) =>
        $"EXISTS (SELECT 1 FROM unit_ancestor h WHERE h.unit_id = p.home_unit_id AND h.ancestor_id = {unit})";

    private static string AtLevel(string unit) =>
        $"SELECT g.person_id FROM role_grant g WHERE g.unit_id = {unit} AND {Serves} ORDER BY g.id LIMIT {LevelMax}";
}
