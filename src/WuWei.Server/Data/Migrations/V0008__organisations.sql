-- Organisations: what a unit's staff list, who acts for them, and where they serve.

CREATE TABLE IF NOT EXISTS organisation (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  name VARCHAR(60) NOT NULL,
  own_number VARCHAR(40) NULL,
  -- 1 applied, 2 listed, 3 declined, 4 suspended. What is listed lapses after `listed_until`: nothing is stored for it.
  status TINYINT UNSIGNED NOT NULL,
  version INT UNSIGNED NOT NULL,
  contact VARBINARY(500) NOT NULL,
  number VARCHAR(40) NULL,
  listed_until DATE NULL,
  reason VARBINARY(2100) NULL,
  -- Live rows of the tables below, for their limits; `acting` are those who may act and whose term has no end.
  members INT UNSIGNED NOT NULL,
  acting INT UNSIGNED NOT NULL,
  scopes INT UNSIGNED NOT NULL,
  applied_at DATETIME(6) NOT NULL,
  UNIQUE KEY one_number (number),
  CONSTRAINT organisation_in_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Where it serves, or asked to: 1 applied, 2 approved, 3 declined or ended. Its own unit is the first.
CREATE TABLE IF NOT EXISTS organisation_scope (
  id BINARY(16) NOT NULL PRIMARY KEY,
  organisation_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  until DATE NULL,
  reason VARBINARY(2100) NULL,
  applied_at DATETIME(6) NOT NULL,
  UNIQUE KEY one_per_unit (organisation_id, unit_id),
  KEY by_unit (unit_id, status, until),
  CONSTRAINT scope_of_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id),
  CONSTRAINT scope_in_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- `live` is 1 until somebody ends it, then NULL: one live membership of a person in an organisation.
CREATE TABLE IF NOT EXISTS organisation_member (
  id BINARY(16) NOT NULL PRIMARY KEY,
  organisation_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  live TINYINT UNSIGNED NULL,
  kind TINYINT UNSIGNED NOT NULL,
  may_act BOOLEAN NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NULL,
  added_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  UNIQUE KEY one_live (organisation_id, person_id, live),
  KEY by_organisation (organisation_id, live, added_at, id),
  KEY by_person (person_id, live, added_at, id),
  CONSTRAINT member_of_organisation FOREIGN KEY (organisation_id) REFERENCES organisation (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL has no ADD … IF NOT EXISTS.
-- For whom a wish was claimed; NULL when the claimer claimed for themself.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'organisation_id'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN organisation_id BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish_claim' AND column_name = 'organisation_id'),
  'DO 0', 'ALTER TABLE wish_claim ADD COLUMN organisation_id BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
