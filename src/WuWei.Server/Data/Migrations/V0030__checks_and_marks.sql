-- Checks that belong together and stay with us, verdicts that come too early, pictures of a wish that is made again, and
-- wishes to be marked. MySQL has no ADD … IF NOT EXISTS.

-- What belongs to one wish, activity or thread gets another unit with it.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'content_check' AND index_name = 'of_whole'),
  'DO 0', 'ALTER TABLE content_check ADD KEY of_whole (part_of)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- No company looks at it.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'content_check' AND column_name = 'staff_only'),
  'DO 0', 'ALTER TABLE content_check ADD COLUMN staff_only BOOLEAN NOT NULL DEFAULT FALSE');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- The wish that it was first made as, whose pictures it shows; NULL when it shows its own.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'pictures_of'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN pictures_of BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Verdicts of WeChat on pictures that we do not know yet to have asked about.
CREATE TABLE IF NOT EXISTS content_early (
  app_id VARCHAR(32) NOT NULL,
  trace VARCHAR(128) NOT NULL,
  opinion TINYINT UNSIGNED NOT NULL,
  came_at DATETIME(6) NOT NULL,
  PRIMARY KEY (app_id, trace),
  KEY by_age (came_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Wishes whose marks a job makes anew.
CREATE TABLE IF NOT EXISTS wish_to_mark (
  wish_id BINARY(16) NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Those that were open before there were marks; the others are marked by other characters from now on.
INSERT IGNORE INTO wish_to_mark (wish_id)
SELECT id FROM wish WHERE status IN (2, 3, 4) AND visibility = 1 AND `sensitive` = 0;

UPDATE content_check c JOIN thread_message m ON m.id = c.content_id SET c.part_of = m.thread_id WHERE c.kind = 8;

UPDATE content_check c
LEFT JOIN wish_claim l ON l.id = c.part_of
JOIN wish w ON w.id = COALESCE(l.wish_id, c.part_of)
SET c.staff_only = TRUE
WHERE c.due_at IS NOT NULL AND w.content IS NOT NULL;

-- A wish that waits although its text was refused ends as others do from now on.
UPDATE content_check c JOIN wish w ON w.id = c.content_id
SET c.due_at = COALESCE(c.appeal_decided_at, c.decided_at + INTERVAL 7 DAY)
WHERE c.kind = 1 AND c.stage = 4 AND c.state = 3 AND c.due_at IS NULL AND w.status = 1;
