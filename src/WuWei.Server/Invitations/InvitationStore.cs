using WuWei.Calls;
using WuWei.Data;
using WuWei.Points;

namespace WuWei.Invitations;

/// <summary>Every SQL statement on invitations and who came by them.</summary>
public static class InvitationStore
{
    public static Task AddInvitationAsync(this DbSession db, Invitation invitation) => db.ExecuteAsync(
        """
        INSERT INTO invitation (id, code, inviter_id, activity_id, made_at, expires_at, came)
        VALUES (@Id, @Code, @InviterId, @ActivityId, @MadeAt, @ExpiresAt, 0)
        """,
        new
        {
            invitation.Id,
            invitation.Code,
            invitation.InviterId,
            invitation.ActivityId,
            invitation.MadeAt,
            invitation.ExpiresAt,
        });

    public static Task<Guid?> FindInviterAsync(this DbSession db, string code) =>
        db.FindAsync<Guid?>("SELECT inviter_id FROM invitation WHERE code = @code", new { code });

    /// <summary>
    /// An invitation by its code, with all that decides whether this person may have come by it, in one trip.
    /// </summary>
    public static Task<InvitationToRedeem?> FindInvitationAsync(this DbSession db, string code, Guid personId) =>
        db.FindAsync<InvitationToRedeem>(
            """
            SELECT i.id, i.code, i.inviter_id, i.activity_id, i.made_at, i.expires_at, i.came,
              COALESCE(o.shown_name, '') AS inviter_name, p.made_at AS here_since,
              EXISTS (SELECT 1 FROM invitee v WHERE v.person_id = p.id) AS came_before,
              EXISTS (SELECT 1 FROM points_award w
                WHERE w.account_id = p.id
                  AND (w.act <= 4 OR (w.act = 20 AND JSON_EXTRACT(w.detail, '$.base') > 0))) AS has_served,
              EXISTS (SELECT 1 FROM invitee v
                WHERE v.person_id = i.inviter_id AND v.inviter_id = p.id) AS invited_inviter,
              EXISTS (SELECT 1 FROM person_device m JOIN person_device t ON t.device = m.device
                WHERE m.person_id = p.id AND t.person_id = i.inviter_id) AS shares_device,
              EXISTS (SELECT 1 FROM person_place m JOIN person_place t ON t.place = m.place
                WHERE m.person_id = p.id AND t.person_id = i.inviter_id) AS shares_home
            FROM invitation i
            JOIN person p ON p.id = @personId
            LEFT JOIN person o ON o.id = i.inviter_id
            WHERE i.code = @code
            """, new { code, personId });

    /// <summary>
    /// They came by it, unless it was used up or they came by another meanwhile: then it starts over.
    /// </summary>
    public static async Task AddInviteeAsync(this DbSession db, InvitationToRedeem by, Guid personId, DateTime now)
    {
        if (await db.ExecuteAsync(
                "UPDATE invitation SET came = came + 1 WHERE id = @Id AND came < @CameMax",
                new { by.Id, Invitation.CameMax }) == 0
            || await db.ExecuteAsync(
                """
                INSERT IGNORE INTO invitee (person_id, invitation_id, inviter_id, came_at, suspicion)
                VALUES (@personId, @Id, @InviterId, @now, @Suspicion)
                """, new { personId, by.Id, by.InviterId, now, by.Suspicion }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>Somebody who came by an invitation and does not count yet.</summary>
    public static Task<Invitee?> FindUncountedAsync(this DbSession db, Guid personId) => db.FindAsync<Invitee>(
        """
        SELECT person_id, invitation_id, inviter_id, suspicion FROM invitee
        WHERE person_id = @personId AND served_at IS NULL
        """, new { personId });

    /// <returns>False when another service was their first meanwhile.</returns>
    public static async Task<bool> CountInviteeAsync(this DbSession db, Guid personId, Guid serviceId, DateTime now) =>
        await db.ExecuteAsync(
            """
            UPDATE invitee SET served_at = @now, service_id = @serviceId
            WHERE person_id = @personId AND served_at IS NULL
            """, new { personId, serviceId, now }) == 1;

    /// <summary>Whose first service this was, if it was anybody's.</summary>
    public static Task<Invitee?> FindCountedAsync(this DbSession db, Guid serviceId) => db.FindAsync<Invitee>(
        "SELECT person_id, invitation_id, inviter_id, suspicion FROM invitee WHERE service_id = @serviceId",
        new { serviceId });

    /// <summary>Their first service is still to come.</summary>
    public static void QueueUncounted(this DbSession db, Guid personId, Guid serviceId) => db.Queue(
        """
        UPDATE invitee SET served_at = NULL, service_id = NULL WHERE person_id = @personId AND service_id = @serviceId
        """, new { personId, serviceId });

    public static Task<List<Invitation>> ListInvitationsAsync(
        this DbSession db, Guid inviterId, PageToken after, int take) => db.ListAsync<Invitation>(
        """
        SELECT i.id, i.code, i.inviter_id, i.activity_id, i.made_at, i.expires_at, i.came,
          (SELECT COUNT(v.served_at) FROM invitee v WHERE v.invitation_id = i.id) AS served
        FROM invitation i
        WHERE i.inviter_id = @inviterId AND i.made_at <= @At AND (i.made_at < @At OR i.id < @Id)
        ORDER BY i.made_at DESC, i.id DESC LIMIT @take
        """, new { inviterId, after.At, after.Id, take });

    public static async Task<(int Came, int Served)> CountInviteesAsync(this DbSession db, Guid inviterId)
    {
        var counts = await db.FindAsync<Counts>(
            "SELECT COUNT(*) AS came, COUNT(served_at) AS served FROM invitee WHERE inviter_id = @inviterId",
            new { inviterId });
        return (counts!.Came, counts.Served);
    }

    private sealed record Counts
    {
        public int Came { get; init; }
        public int Served { get; init; }
    }
}

/// <summary>Somebody who came by an invitation.</summary>
public sealed record Invitee
{
    public Guid PersonId { get; init; }
    public Guid InvitationId { get; init; }
    public Guid InviterId { get; init; }
    public Suspicion Suspicion { get; init; }
}
