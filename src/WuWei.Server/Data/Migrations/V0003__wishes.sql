-- Wishes: their categories, moves, claims, lists and counts.
-- Rows about people carry no foreign key to person: erasing a person must not need the wish.

CREATE TABLE IF NOT EXISTS category (
  id BINARY(16) NOT NULL PRIMARY KEY,
  district_id BINARY(16) NOT NULL,
  parent_id BINARY(16) NULL,
  code VARCHAR(32) NOT NULL,
  name VARCHAR(20) NOT NULL,
  position SMALLINT UNSIGNED NOT NULL,
  active BOOLEAN NOT NULL,
  -- NULL on level 1; otherwise the rules as JSON.
  rules MEDIUMTEXT NULL,
  version INT UNSIGNED NOT NULL,
  UNIQUE KEY by_code (district_id, code),
  CONSTRAINT category_of_district FOREIGN KEY (district_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS wish (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  audience_unit_id BINARY(16) NOT NULL,
  category_id BINARY(16) NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  -- Goes up with every write; each write names the version it read.
  version INT UNSIGNED NOT NULL,
  origin TINYINT UNSIGNED NOT NULL,
  visibility TINYINT UNSIGNED NOT NULL,
  `sensitive` BOOLEAN NOT NULL,
  -- The content of a private or sensitive wish is sealed, that of others is plain: one or the other.
  title VARCHAR(40) NULL,
  text VARCHAR(2500) NULL,
  answers TEXT NULL,
  content MEDIUMBLOB NULL,
  contact BLOB NULL,
  effort_minutes SMALLINT UNSIGNED NOT NULL,
  remote BOOLEAN NOT NULL,
  maker_id BINARY(16) NULL,
  beneficiary BLOB NULL,
  beneficiary_index BINARY(32) NULL,
  consent TINYINT UNSIGNED NOT NULL,
  claim_id BINARY(16) NULL,
  claimer_id BINARY(16) NULL,
  claim_kind TINYINT UNSIGNED NULL,
  credited_unit_id BINARY(16) NULL,
  -- How often it went up.
  level TINYINT UNSIGNED NOT NULL,
  -- How often the clock urged somebody since clock_from.
  reminders SMALLINT UNSIGNED NOT NULL,
  overdue BOOLEAN NOT NULL,
  -- When the clock last urged somebody in this state, and when the maker was told that it expires.
  urged_at DATETIME(6) NULL,
  noticed_at DATETIME(6) NULL,
  made_at DATETIME(6) NOT NULL,
  -- When the running clock started: at the last change of state or level.
  clock_from DATETIME(6) NOT NULL,
  -- By when the state should be over; NULL once the wish has ended.
  due_at DATETIME(6) NULL,
  opened_at DATETIME(6) NULL,
  claimed_at DATETIME(6) NULL,
  delivered_at DATETIME(6) NULL,
  -- The step that holds the delivery's note.
  delivered_step INT UNSIGNED NULL,
  kept_at DATETIME(6) NULL,
  deadline_at DATETIME(6) NOT NULL,
  -- When the background worker must look at it next; NULL when nothing is due any more.
  clock_at DATETIME(6) NULL,
  rating TINYINT UNSIGNED NULL,
  auto_confirmed BOOLEAN NOT NULL,
  overturn_by BINARY(16) NULL,
  import_ref VARCHAR(64) NULL,
  -- The ended wish it makes again; once.
  remade_from BINARY(16) NULL,
  KEY by_clock (clock_at),
  KEY by_maker (maker_id, made_at, id),
  KEY by_beneficiary (beneficiary_index, made_at, id),
  UNIQUE KEY imported_once (import_ref),
  UNIQUE KEY remade_once (remade_from),
  CONSTRAINT wish_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id),
  CONSTRAINT wish_of_category FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT content_once CHECK (
    (content IS NULL AND title IS NOT NULL AND text IS NOT NULL)
    OR (content IS NOT NULL AND title IS NULL AND text IS NULL AND answers IS NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Lists: one row per wish and ancestor of its unit, so that a district's page is one index range like a community's.
CREATE TABLE IF NOT EXISTS wish_in_unit (
  unit_id BINARY(16) NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  made_at DATETIME(6) NOT NULL,
  wish_id BINARY(16) NOT NULL,
  deadline_at DATETIME(6) NOT NULL,
  category_id BINARY(16) NOT NULL,
  effort_minutes SMALLINT UNSIGNED NOT NULL,
  remote BOOLEAN NOT NULL,
  public BOOLEAN NOT NULL,
  overdue BOOLEAN NOT NULL,
  PRIMARY KEY (unit_id, status, made_at, wish_id),
  KEY by_deadline (unit_id, status, deadline_at, wish_id),
  KEY by_wish (wish_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every claim there was. `live_wish_id` is the wish while the claim lives, so a wish has at most one.
CREATE TABLE IF NOT EXISTS wish_claim (
  id BINARY(16) NOT NULL PRIMARY KEY,
  wish_id BINARY(16) NOT NULL,
  live_wish_id BINARY(16) NULL,
  claimer_id BINARY(16) NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  credited_unit_id BINARY(16) NOT NULL,
  opened_at DATETIME(6) NOT NULL,
  claimed_at DATETIME(6) NOT NULL,
  due_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  UNIQUE KEY one_live (live_wish_id),
  KEY by_wish (wish_id),
  KEY by_claimer (claimer_id, claimed_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS wish_offer (
  wish_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  offered_at DATETIME(6) NOT NULL,
  PRIMARY KEY (wish_id, person_id),
  KEY by_person (person_id, offered_at, wish_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The journey: every move, numbered per wish by the version it produced. Append-only. Notes are sealed.
CREATE TABLE IF NOT EXISTS wish_step (
  wish_id BINARY(16) NOT NULL,
  number INT UNSIGNED NOT NULL,
  id BINARY(16) NOT NULL,
  move TINYINT UNSIGNED NOT NULL,
  from_status TINYINT UNSIGNED NOT NULL,
  to_status TINYINT UNSIGNED NOT NULL,
  at DATETIME(6) NOT NULL,
  actor TINYINT UNSIGNED NOT NULL,
  actor_id BINARY(16) NULL,
  -- For a claim: as what.
  claim_kind TINYINT UNSIGNED NULL,
  audience_unit_id BINARY(16) NOT NULL,
  note MEDIUMBLOB NULL,
  place VARBINARY(600) NULL,
  done_at DATETIME(6) NULL,
  verification TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (wish_id, number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Changes to counts, not folded yet: inserts only meet nobody, where a shared row would make moves queue.
CREATE TABLE IF NOT EXISTS wish_count_change (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  day DATE NOT NULL,
  measure SMALLINT UNSIGNED NOT NULL,
  amount BIGINT NOT NULL,
  KEY by_unit (unit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Per unit a wish belongs to; a parent's count is the sum over its subtree.
CREATE TABLE IF NOT EXISTS wish_count (
  unit_id BINARY(16) NOT NULL,
  measure SMALLINT UNSIGNED NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (unit_id, measure)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The same, split by day of China.
CREATE TABLE IF NOT EXISTS wish_count_day (
  unit_id BINARY(16) NOT NULL,
  day DATE NOT NULL,
  measure SMALLINT UNSIGNED NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (unit_id, day, measure)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The baton of whoever folds the changes.
INSERT IGNORE INTO data_version (name, version) VALUES ('wish-counts', 0);
