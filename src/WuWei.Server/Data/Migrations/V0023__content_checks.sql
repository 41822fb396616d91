-- What residents wrote or photographed, and whether others may see it. MySQL has no ADD … IF NOT EXISTS.

-- One row for each text or picture; an edit is its next version and starts over. Decided rows stay: an author may ask.
CREATE TABLE IF NOT EXISTS content_check (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind TINYINT UNSIGNED NOT NULL,
  content_id BINARY(16) NOT NULL,
  -- The wish or activity that it belongs to, or itself.
  part_of BINARY(16) NOT NULL,
  version INT UNSIGNED NOT NULL,
  -- All zeros: of somebody who lives in no unit yet.
  unit_id BINARY(16) NOT NULL,
  author_id BINARY(16) NOT NULL,
  channel TINYINT UNSIGNED NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  stage TINYINT UNSIGNED NOT NULL,
  made_at DATETIME(6) NOT NULL,
  -- When the worker looks at it, or gives up waiting for a verdict; NULL once it is with people.
  due_at DATETIME(6) NULL,
  tries TINYINT UNSIGNED NOT NULL,
  -- Why it is with people; 0 when it is not.
  finding TINYINT UNSIGNED NOT NULL,
  queued_at DATETIME(6) NULL,
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  reason TINYINT UNSIGNED NOT NULL,
  reason_text VARBINARY(2100) NULL,
  -- Whose staff decide the appeal, once there is one.
  appeal_unit_id BINARY(16) NULL,
  appealed_at DATETIME(6) NULL,
  appeal_text VARBINARY(2100) NULL,
  appeal_decided_at DATETIME(6) NULL,
  appeal_decided_by BINARY(16) NULL,
  appeal_answer VARBINARY(2100) NULL,
  UNIQUE KEY one_each (kind, content_id),
  KEY by_due (due_at, id),
  KEY of_unit (unit_id, stage, queued_at, id),
  KEY appealed_to (appeal_unit_id, stage, queued_at, id),
  KEY of_author (author_id, made_at, id),
  CONSTRAINT content_state_known CHECK (state BETWEEN 1 AND 3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Pictures that WeChat was asked about: what its push is matched to.
CREATE TABLE IF NOT EXISTS content_trace (
  app_id VARCHAR(32) NOT NULL,
  trace VARCHAR(128) NOT NULL,
  check_id BINARY(16) NOT NULL,
  version INT UNSIGNED NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  PRIMARY KEY (app_id, trace),
  KEY by_age (asked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- WeChat checks texts only of somebody who was in the app within two hours.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wechat_binding' AND column_name = 'active_at'),
  'DO 0', 'ALTER TABLE wechat_binding ADD COLUMN active_at DATETIME(6) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- 1 waiting, 2 passed or exempt, 3 refused. What was there before was seen already.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'content_state'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN content_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- As it was when written: 1 says that content_check knows how it stands.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish_step' AND column_name = 'content_state'),
  'DO 0', 'ALTER TABLE wish_step ADD COLUMN content_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity' AND column_name = 'content_state'),
  'DO 0', 'ALTER TABLE activity ADD COLUMN content_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity_step' AND column_name = 'content_state'),
  'DO 0', 'ALTER TABLE activity_step ADD COLUMN content_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity_feedback' AND column_name = 'content_state'),
  'DO 0', 'ALTER TABLE activity_feedback ADD COLUMN content_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'person' AND column_name = 'name_state'),
  'DO 0', 'ALTER TABLE person ADD COLUMN name_state TINYINT UNSIGNED NOT NULL DEFAULT 2');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Wishes that wait for review now: whoever approves one has read it.
UPDATE wish SET content_state = 1 WHERE status = 1 AND origin <> 4;
