-- A tree that changes: units are renamed, closed, merged and split on a day. `unit` and `unit_ancestor` stay the tree as
-- it is now, for rights and lists; the history is for reports.

-- What a unit was called and below which it was, from a day on until its next row. It was there from unit.opened_on and
-- is closed from unit.closed_on; a closed unit lies below its successor.
CREATE TABLE IF NOT EXISTS unit_history (
  unit_id BINARY(16) NOT NULL,
  since DATE NOT NULL,
  name VARCHAR(60) NOT NULL,
  parent_id BINARY(16) NULL,
  PRIMARY KEY (unit_id, since),
  CONSTRAINT history_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Nothing has changed before this table is there.
INSERT IGNORE INTO unit_history (unit_id, since, name, parent_id) SELECT id, opened_on, name, parent_id FROM unit;

-- A change of the tree: proposed, approved for its day, done; or declined or cancelled. Reasons are sealed.
CREATE TABLE IF NOT EXISTS unit_change (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind TINYINT UNSIGNED NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  effective_on DATE NOT NULL,
  -- The new name, or the new units of a split, as JSON.
  plan MEDIUMTEXT NOT NULL,
  reason VARBINARY(2100) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  made_by BINARY(16) NOT NULL,
  -- Who approved, declined or cancelled it, and why.
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  decided_reason VARBINARY(2100) NULL,
  done_at DATETIME(6) NULL,
  KEY by_day (status, effective_on, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS unit_in_change (
  change_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  -- 1: changed or closed by it; 2: a successor.
  part TINYINT UNSIGNED NOT NULL,
  -- 1 until the change is done or dropped, then NULL: a unit has one planned change at a time.
  live BOOLEAN NULL,
  PRIMARY KEY (change_id, unit_id),
  UNIQUE KEY one_live (unit_id, live),
  KEY by_unit (unit_id, change_id),
  CONSTRAINT unit_of_change FOREIGN KEY (change_id) REFERENCES unit_change (id),
  CONSTRAINT changed_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Units whose ancestors changed, until the lists of wishes have followed. The wishes of a unit are done up to an id.
CREATE TABLE IF NOT EXISTS unit_moved (
  unit_id BINARY(16) NOT NULL PRIMARY KEY,
  change_id BINARY(16) NOT NULL,
  done_to BINARY(16) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL has no ADD … IF NOT EXISTS.
-- Who is at home in a unit.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'person' AND index_name = 'by_home'),
  'DO 0', 'ALTER TABLE person ADD KEY by_home (home_unit_id, id)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Where a wish belongs from this step on; NULL when the step left it where it was.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish_step' AND column_name = 'unit_id'),
  'DO 0', 'ALTER TABLE wish_step ADD COLUMN unit_id BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
