-- Attendance: who came and went, what was refused at the place and appealed against, hours given by hand, and
-- feedback. Rows about people carry no foreign key to person: erasing a person must not need the activity.

-- One per sign-up: who came, or did not. Positions are not kept, only how far away they were.
CREATE TABLE IF NOT EXISTS attendance (
  sign_up_id BINARY(16) NOT NULL PRIMARY KEY,
  activity_id BINARY(16) NOT NULL,
  shift_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  -- Goes up with every write; each write names the version it read.
  version INT UNSIGNED NOT NULL,
  -- The shift's times when the row was made: after its start they do not change.
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NOT NULL,
  in_at DATETIME(6) NULL,
  in_distance INT UNSIGNED NULL,
  in_accuracy SMALLINT UNSIGNED NULL,
  -- Admitted by somebody, after what the place refused.
  in_by_hand BOOLEAN NOT NULL,
  out_at DATETIME(6) NULL,
  out_distance INT UNSIGNED NULL,
  out_accuracy SMALLINT UNSIGNED NULL,
  out_by_hand BOOLEAN NOT NULL,
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  -- What counts, once it is confirmed.
  minutes SMALLINT UNSIGNED NOT NULL,
  -- Why it does not count; sealed.
  reason VARBINARY(2100) NULL,
  KEY by_shift (shift_id, sign_up_id),
  KEY by_activity (activity_id, status),
  KEY by_person (person_id, starts_at, sign_up_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whose device it was in a shift. The hash is keyed and made with the shift, so no device can be followed. Append-only.
CREATE TABLE IF NOT EXISTS check_in_device (
  shift_id BINARY(16) NOT NULL,
  device BINARY(32) NOT NULL,
  person_id BINARY(16) NOT NULL,
  PRIMARY KEY (shift_id, device)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The first refusal of each reason, for an appeal. Append-only.
CREATE TABLE IF NOT EXISTS check_in_refusal (
  sign_up_id BINARY(16) NOT NULL,
  way TINYINT UNSIGNED NOT NULL,
  fault TINYINT UNSIGNED NOT NULL,
  at DATETIME(6) NOT NULL,
  distance INT UNSIGNED NULL,
  accuracy SMALLINT UNSIGNED NULL,
  PRIMARY KEY (sign_up_id, way, fault)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One per sign-up and way, in or out. The words are sealed.
CREATE TABLE IF NOT EXISTS check_in_appeal (
  id BINARY(16) NOT NULL PRIMARY KEY,
  sign_up_id BINARY(16) NOT NULL,
  activity_id BINARY(16) NOT NULL,
  way TINYINT UNSIGNED NOT NULL,
  -- What was refused, and when: admitted, they came or went then.
  fault TINYINT UNSIGNED NOT NULL,
  refused_at DATETIME(6) NOT NULL,
  reason VARBINARY(2100) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  admitted BOOLEAN NULL,
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  answer VARBINARY(2100) NULL,
  UNIQUE KEY once (sign_up_id, way),
  KEY by_activity (activity_id, made_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Minutes of service given or taken by hand: proposed by one, decided by another. Never mixed with what was attended.
CREATE TABLE IF NOT EXISTS hand_hours (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  activity_id BINARY(16) NOT NULL,
  minutes SMALLINT NOT NULL,
  reason VARBINARY(2100) NOT NULL,
  proposed_by BINARY(16) NOT NULL,
  proposed_at DATETIME(6) NOT NULL,
  approved BOOLEAN NULL,
  decided_by BINARY(16) NULL,
  decided_at DATETIME(6) NULL,
  KEY by_activity (activity_id, proposed_at, id),
  KEY by_person (person_id, proposed_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What somebody who was there said of an activity, once. The words are sealed. Append-only.
CREATE TABLE IF NOT EXISTS activity_feedback (
  id BINARY(16) NOT NULL PRIMARY KEY,
  activity_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  rating TINYINT UNSIGNED NOT NULL,
  words VARBINARY(2100) NULL,
  given_at DATETIME(6) NOT NULL,
  UNIQUE KEY once (activity_id, person_id),
  KEY by_time (activity_id, given_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whether those who did not come to a shift that is over have been recorded. MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity_shift' AND column_name = 'swept'),
  'DO 0', 'ALTER TABLE activity_shift ADD COLUMN swept BOOLEAN NOT NULL DEFAULT 0, ADD KEY by_end (swept, ends_at)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- What districts began with pays hours, too, as it does in new ones. Rules that people approved are left as they are.
UPDATE points_rules
SET body = REPLACE(
  body, '{"act":"WishRated5","points":2}]', '{"act":"WishRated5","points":2},{"act":"HoursServed","points":3}]')
WHERE version = 1 AND proposed_by IS NULL;
