-- Points: double entry, positive integers, append-only. Only an account's balance is ever changed, together with the rows
-- that explain it; everything else is inserted once and stays.

-- A version of a district's rules: what pays whom how much. Active once approved by a second person, from its date on.
CREATE TABLE IF NOT EXISTS points_rules (
  id BINARY(16) NOT NULL PRIMARY KEY,
  district_id BINARY(16) NOT NULL,
  version INT UNSIGNED NOT NULL,
  body TEXT NOT NULL,
  active_from DATETIME(6) NOT NULL,
  -- NULL: what the installation began with.
  proposed_by BINARY(16) NULL,
  proposed_at DATETIME(6) NOT NULL,
  approved_by BINARY(16) NULL,
  approved_at DATETIME(6) NULL,
  UNIQUE KEY one_version (district_id, version),
  CONSTRAINT rules_of_district FOREIGN KEY (district_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- An account has the id of whose it is: a person or an organisation. What issues, redeems and expires points has none: its
-- balance is the sum of its transfers, and a row for it would be one that every payment of a unit waits for.
CREATE TABLE IF NOT EXISTS points_account (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind TINYINT UNSIGNED NOT NULL,
  balance BIGINT NOT NULL,
  -- Goes up with every award, so that caps and decay are decided once at a time.
  version INT UNSIGNED NOT NULL,
  opened_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What an act earned somebody: once, by the rules of its day. 0 is an answer, too, and says why.
CREATE TABLE IF NOT EXISTS points_award (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  day DATE NOT NULL,
  account_id BINARY(16) NOT NULL,
  -- The act, and the one thing it was done on, such as a claim.
  act TINYINT UNSIGNED NOT NULL,
  source_id BINARY(16) NOT NULL,
  -- The wish, to look it up, and who was served.
  subject_id BINARY(16) NOT NULL,
  other_id BINARY(16) NULL,
  unit_id BINARY(16) NOT NULL,
  rules_id BINARY(16) NOT NULL,
  amount INT UNSIGNED NOT NULL,
  -- Why it was held when it was made, as bits; 0 when it was not.
  held INT UNSIGNED NOT NULL,
  -- How the amount came about, as JSON of numbers.
  detail VARCHAR(1000) NOT NULL,
  UNIQUE KEY paid_once (source_id, act, account_id),
  KEY by_account (account_id, at, id),
  KEY by_day (account_id, day, amount),
  KEY by_pair (account_id, other_id, at),
  CONSTRAINT award_by_rules FOREIGN KEY (rules_id) REFERENCES points_rules (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Points that moved. An award of more than 0 has one transfer, unless it is held or was voided.
CREATE TABLE IF NOT EXISTS points_transfer (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  day DATE NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  from_id BINARY(16) NOT NULL,
  to_id BINARY(16) NOT NULL,
  amount INT UNSIGNED NOT NULL,
  -- The unit that gets the credit, or gives it back.
  unit_id BINARY(16) NOT NULL,
  award_id BINARY(16) NULL,
  -- The transfer that this one takes back.
  reverses_id BINARY(16) NULL,
  -- The correction or the expiry that made it.
  correction_id BINARY(16) NULL,
  UNIQUE KEY one_per_award (award_id),
  UNIQUE KEY reversed_once (reverses_id),
  UNIQUE KEY corrected_once (correction_id),
  KEY by_from (from_id, at, id),
  KEY by_to (to_id, at, id),
  CONSTRAINT moves_something CHECK (amount > 0 AND from_id <> to_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Awards that look odd and wait for a person's decision, until it is made.
CREATE TABLE IF NOT EXISTS points_hold (
  award_id BINARY(16) NOT NULL PRIMARY KEY,
  account_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  held_at DATETIME(6) NOT NULL,
  KEY by_account (account_id),
  KEY by_unit (unit_id, held_at, award_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What became of a held award, once. decided_by is NULL when its wish was overturned.
CREATE TABLE IF NOT EXISTS points_ruling (
  award_id BINARY(16) NOT NULL PRIMARY KEY,
  posted BOOLEAN NOT NULL,
  decided_by BINARY(16) NULL,
  decided_at DATETIME(6) NOT NULL,
  reason VARBINARY(2100) NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Corrections need two people: a reversal names what paid, an adjustment an account and by how much.
CREATE TABLE IF NOT EXISTS points_correction (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind TINYINT UNSIGNED NOT NULL,
  unit_id BINARY(16) NOT NULL,
  account_id BINARY(16) NOT NULL,
  -- By how much the balance changes.
  amount INT NOT NULL,
  award_id BINARY(16) NULL,
  reason VARBINARY(2100) NOT NULL,
  proposed_by BINARY(16) NOT NULL,
  proposed_at DATETIME(6) NOT NULL,
  decided_by BINARY(16) NULL,
  decided_at DATETIME(6) NULL,
  approved BOOLEAN NULL,
  KEY by_unit (unit_id, proposed_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL has no ADD … IF NOT EXISTS.
-- What looked odd about a wish's claim when it was made, as bits.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'claim_suspicion'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN claim_suspicion INT UNSIGNED NOT NULL DEFAULT 0');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Districts that are there already begin with the same rules as new ones; theirs have the district's id.
INSERT IGNORE INTO points_rules
  (id, district_id, version, body, active_from, proposed_by, proposed_at, approved_by, approved_at)
SELECT u.id, u.id, 1, '{"acts":[{"act":"WishKeptByPartyMember","points":10},{"act":"WishKeptByVolunteer","points":10},{"act":"WishKeptByOrganisationMember","points":10},{"act":"WishKeptByNeighbour","points":10},{"act":"WishAutoConfirmed","points":5},{"act":"WishRated1","points":0},{"act":"WishRated2","points":0},{"act":"WishRated3","points":0},{"act":"WishRated4","points":1},{"act":"WishRated5","points":2}],"dayMax":60,"weekMax":200,"pairPercents":[100,100,50,50,20,0],"pairDays":30,"validMonths":24,"heldWithinSeconds":300,"heldFromMeeting":5}',
  '1970-01-01', NULL, u.opened_on, NULL, u.opened_on
FROM unit u JOIN unit_kind k ON k.code = u.kind
WHERE k.categories = 1;
