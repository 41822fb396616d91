-- By when appeals are answered, and what somebody wrote before a message. MySQL has no ADD … IF NOT EXISTS.

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'thread_message' AND column_name = 'previous_id'),
  'DO 0',
  -- What its author wrote before in the thread: a number may begin there.
  'ALTER TABLE thread_message ADD COLUMN previous_id BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

UPDATE thread_message m
JOIN (
  SELECT id, LAG(id) OVER (PARTITION BY thread_id, author_id ORDER BY sent_at, id) AS previous_id FROM thread_message
) o ON o.id = m.id
SET m.previous_id = o.previous_id
WHERE m.previous_id IS NULL AND o.previous_id IS NOT NULL;

-- Nobody needs to answer an appeal for a wish that has ended.
UPDATE content_check c JOIN wish w ON w.id = c.content_id SET c.stage = 6 WHERE c.kind = 1 AND c.stage = 5 AND w.status <> 1;

-- Nor appeals anybody about one.
UPDATE content_check c JOIN wish w ON w.id = c.content_id SET c.due_at = NULL
WHERE c.kind = 1 AND c.stage = 4 AND w.status <> 1;

-- The others go up when their time is over.
UPDATE content_check SET due_at = appealed_at + INTERVAL 7 DAY WHERE stage = 5 AND due_at IS NULL;

-- Reports of wishes that got another unit.
UPDATE thread_report r JOIN wish w ON w.id = r.wish_id SET r.unit_id = w.unit_id WHERE r.unit_id <> w.unit_id;
