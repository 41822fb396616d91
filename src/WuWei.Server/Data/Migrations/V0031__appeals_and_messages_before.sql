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
