namespace WuWei.Tests.Harness;

/// <summary>What must hold of activities at any time.</summary>
public static class ActivityAsserts
{
    /// <summary>
    /// Roles hold what their sign-ups say and never more than they may, nobody waits behind a free place unless they are in
    /// two shifts at once, who came has their place, and each activity is listed in its unit and all above it.
    /// </summary>
    public static async Task AssertActivitiesAsync(this TestServer server)
    {
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM shift_role r
            WHERE r.taken > r.capacity
              OR r.taken <> (SELECT COUNT(*) FROM sign_up s
                WHERE s.role_id = r.id AND s.live_person_id IS NOT NULL AND s.status = 1)
              OR r.waiting <> (SELECT COUNT(*) FROM sign_up s
                WHERE s.role_id = r.id AND s.live_person_id IS NOT NULL AND s.status = 2)
            """));
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM sign_up WHERE (live_person_id IS NOT NULL) <> (status IN (1, 2))"));
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM sign_up s JOIN shift_role r ON r.id = s.role_id
            WHERE s.status = 2 AND r.taken < r.capacity AND NOT EXISTS (
              SELECT 1 FROM sign_up o
              WHERE o.live_person_id = s.person_id AND o.id <> s.id AND o.ends_at > s.starts_at AND o.starts_at < s.ends_at)
            """));
        // Who came to a shift has their place in it, unless the whole activity was cancelled.
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT COUNT(*)
            FROM attendance t JOIN sign_up s ON s.id = t.sign_up_id JOIN activity a ON a.id = t.activity_id
            WHERE t.in_at IS NOT NULL AND s.status <> 1 AND a.status <> 7
            """));
        Assert.Equal(0, await server.Database.ScalarAsync<long>(
            """
            SELECT
              (SELECT COUNT(*) FROM activity a JOIN unit_ancestor u ON u.unit_id = a.unit_id
                LEFT JOIN activity_in_unit l ON l.activity_id = a.id AND l.unit_id = u.ancestor_id AND l.status = a.status
                  AND l.starts_at = a.starts_at AND l.overdue = a.overdue AND l.public = (a.published_at IS NOT NULL)
                WHERE l.activity_id IS NULL)
              + (SELECT COUNT(*) FROM activity_in_unit l LEFT JOIN activity a ON a.id = l.activity_id
                LEFT JOIN unit_ancestor u ON u.unit_id = a.unit_id AND u.ancestor_id = l.unit_id
                WHERE u.unit_id IS NULL)
            """));
    }
}
