-- Invitations: who brought whom, and since when it counts. Rows about people carry no foreign key to person: erasing a
-- person must not need the invitation.

CREATE TABLE IF NOT EXISTS invitation (
  id BINARY(16) NOT NULL PRIMARY KEY,
  code CHAR(10) NOT NULL,
  inviter_id BINARY(16) NOT NULL,
  -- What it invites to; NULL: to the platform.
  activity_id BINARY(16) NULL,
  made_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  -- How many came by it, so that the limit is one conditional UPDATE.
  came SMALLINT UNSIGNED NOT NULL,
  UNIQUE KEY by_code (code),
  KEY by_inviter (inviter_id, made_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who came by an invitation: once in a life. They count from their first confirmed service on, and no more when it is
-- overturned.
CREATE TABLE IF NOT EXISTS invitee (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  invitation_id BINARY(16) NOT NULL,
  inviter_id BINARY(16) NOT NULL,
  came_at DATETIME(6) NOT NULL,
  -- What looked odd when they came, as bits.
  suspicion INT UNSIGNED NOT NULL,
  served_at DATETIME(6) NULL,
  -- The claim or the sign-up that was their first service.
  service_id BINARY(16) NULL,
  KEY by_inviter (inviter_id, served_at),
  KEY by_invitation (invitation_id, served_at),
  UNIQUE KEY one_service (service_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What districts began with pays for invitees, too, as it does in new ones. Rules that people approved are left as they
-- are.
UPDATE points_rules
SET body = REPLACE(
  body, '{"act":"HoursServed","points":3}]', '{"act":"HoursServed","points":3},{"act":"InviteeServed","points":5}]')
WHERE version = 1 AND proposed_by IS NULL;
