-- What the two sides of a claim write to each other, who follows a wish, and what finds wishes that are alike.

-- The thread of a claim, whose id it has; none until somebody writes, agrees or reports. When it opens and closes is the
-- claim's matter.
CREATE TABLE IF NOT EXISTS thread (
  id BINARY(16) NOT NULL PRIMARY KEY,
  wish_id BINARY(16) NOT NULL,
  -- How many messages were written, and how many of them were shown to all: the number of the last.
  written INT UNSIGNED NOT NULL,
  shown INT UNSIGNED NOT NULL,
  -- Since when each side wants numbers and doors shown.
  wisher_agreed_at DATETIME(6) NULL,
  claimer_agreed_at DATETIME(6) NULL,
  -- By staff, before its time.
  closed_at DATETIME(6) NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS thread_message (
  id BINARY(16) NOT NULL PRIMARY KEY,
  thread_id BINARY(16) NOT NULL,
  sent_at DATETIME(6) NOT NULL,
  author_id BINARY(16) NOT NULL,
  side TINYINT UNSIGNED NOT NULL,
  -- Sealed: 500 characters of at most 4 bytes.
  text VARBINARY(2100) NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  -- NULL until it is shown to all.
  number INT UNSIGNED NULL,
  hidden_at DATETIME(6) NULL,
  UNIQUE KEY shown_once (thread_id, number),
  KEY of_thread (thread_id, sent_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whose list a thread is in, since when there is something in it for them, and how far they read.
CREATE TABLE IF NOT EXISTS thread_party (
  person_id BINARY(16) NOT NULL,
  thread_id BINARY(16) NOT NULL,
  last_at DATETIME(6) NOT NULL,
  read_to INT UNSIGNED NOT NULL,
  PRIMARY KEY (person_id, thread_id),
  KEY latest (person_id, last_at, thread_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS thread_report (
  id BINARY(16) NOT NULL PRIMARY KEY,
  thread_id BINARY(16) NOT NULL,
  wish_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  message_id BINARY(16) NULL,
  reporter_id BINARY(16) NOT NULL,
  side TINYINT UNSIGNED NOT NULL,
  -- Sealed.
  reason VARBINARY(2100) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  decided BOOLEAN NOT NULL,
  -- The reporter while it is open: one at a time.
  open_by BINARY(16) NULL,
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  outcome TINYINT UNSIGNED NULL,
  answer VARBINARY(2100) NULL,
  UNIQUE KEY one_open (thread_id, open_by),
  KEY of_reporter (thread_id, reporter_id, made_at),
  KEY of_unit (unit_id, decided, made_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who follows a wish. Those of one that was merged stay, and follow the other, too.
CREATE TABLE IF NOT EXISTS wish_watch (
  wish_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  watched_at DATETIME(6) NOT NULL,
  PRIMARY KEY (wish_id, person_id),
  KEY by_person (person_id, watched_at, wish_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- By what public wishes that are not kept yet are found to be alike: keyed hashes of pairs of characters. Nothing is kept
-- of wishes whose texts are sealed, nor of those that have ended.
CREATE TABLE IF NOT EXISTS wish_mark (
  -- Of its community.
  unit_id BINARY(16) NOT NULL,
  mark INT UNSIGNED NOT NULL,
  wish_id BINARY(16) NOT NULL,
  cell INT UNSIGNED NULL,
  PRIMARY KEY (unit_id, mark, wish_id),
  KEY by_cell (cell, mark, wish_id),
  KEY by_wish (wish_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'merged_into'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN merged_into BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
