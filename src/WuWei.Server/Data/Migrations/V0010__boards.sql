-- Boards: sums of the ledger of points, kept so that a ranking is one index range. Everything here can be computed anew
-- from the ledger, except the boards of settled periods, which stay as they were when the tree changes.

-- What a person or an organisation was credited for a unit and all below it in a period, and what people were credited for
-- a unit (its own unit_id). In this order, all that a payment changes for somebody lies together.
CREATE TABLE IF NOT EXISTS board_score (
  -- 1 person, 2 organisation, 3 unit.
  kind TINYINT UNSIGNED NOT NULL,
  subject_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  -- 1 day, 2 week, 3 month, 4 quarter, 5 year, 6 all time.
  period TINYINT UNSIGNED NOT NULL,
  starts_on DATE NOT NULL,
  points BIGINT NOT NULL,
  -- When it last changed, to the second: who had as many first comes first.
  reached_at DATETIME NOT NULL,
  PRIMARY KEY (kind, subject_id, unit_id, period, starts_on),
  KEY ranked (kind, unit_id, period, starts_on, points DESC, reached_at, subject_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: how far the boards have followed.
CREATE TABLE IF NOT EXISTS board_state (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  -- The last number of the journal whose transfers are in the scores.
  number BIGINT UNSIGNED NOT NULL,
  -- What ended on this day or before is settled.
  settled_on DATE NOT NULL,
  -- Which unit lies below which, as a hash, in the scores that are not settled.
  tree BINARY(32) NOT NULL,
  -- Another one after each rebuild.
  generation BINARY(16) NOT NULL,
  -- The last account that the running rebuild is through with; NULL when none runs.
  rebuilt_to BINARY(16) NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A hash that no tree has: the first rebuild brings what the ledger holds already.
INSERT IGNORE INTO board_state (id, number, settled_on, tree, generation, rebuilt_to)
VALUES (1, 0, '1970-01-01', REPEAT('\0', 32), REPEAT('\0', 16), NULL);

-- Ratings of a unit in a period without its other counts, for boards of how content people are.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'wish_count_day' AND index_name = 'by_measure'),
  'DO 0', 'ALTER TABLE wish_count_day ADD KEY by_measure (unit_id, measure, day, amount)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- MySQL has no ADD … IF NOT EXISTS.
-- How boards name somebody: 1 as 王**, 2 in full, 3 not at all.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'person' AND column_name = 'name_on_boards'),
  'DO 0', 'ALTER TABLE person ADD COLUMN name_on_boards TINYINT UNSIGNED NOT NULL DEFAULT 1');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
