-- Satisfaction: the ratings that stand, and what staff do about low ones.

-- One per wish that is kept now and was rated. An overturned wish's is taken out; the journal keeps it.
CREATE TABLE IF NOT EXISTS wish_rating (
  wish_id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  claimer_id BINARY(16) NOT NULL,
  rating TINYINT UNSIGNED NOT NULL,
  -- Holds all that an average needs, so that a claimer's costs one index range.
  KEY by_claimer (claimer_id, unit_id, rating)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One per low rating. `open_wish_id` is the wish while it is open, so a wish has at most one open.
CREATE TABLE IF NOT EXISTS follow_up (
  id BINARY(16) NOT NULL PRIMARY KEY,
  wish_id BINARY(16) NOT NULL,
  open_wish_id BINARY(16) NULL,
  rating TINYINT UNSIGNED NOT NULL,
  -- The steps of the wish's journey that hold the beneficiary's comment and what came of it.
  rated_step INT UNSIGNED NOT NULL,
  closed_step INT UNSIGNED NULL,
  opened_at DATETIME(6) NOT NULL,
  due_at DATETIME(6) NOT NULL,
  closed_at DATETIME(6) NULL,
  closed_by BINARY(16) NULL,
  outcome TINYINT UNSIGNED NULL,
  UNIQUE KEY one_open (open_wish_id),
  KEY by_wish (wish_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Lists: one row per follow-up and ancestor of its wish's unit, like wish_in_unit.
CREATE TABLE IF NOT EXISTS follow_up_in_unit (
  unit_id BINARY(16) NOT NULL,
  closed BOOLEAN NOT NULL,
  due_at DATETIME(6) NOT NULL,
  follow_up_id BINARY(16) NOT NULL,
  PRIMARY KEY (unit_id, closed, due_at, follow_up_id),
  KEY by_follow_up (follow_up_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Ratings from before they were counted; by day they count from now on. The counts are set to what the wishes say less
-- what is not folded yet, so that running this again changes nothing.
INSERT IGNORE INTO wish_rating (wish_id, unit_id, claimer_id, rating)
SELECT id, unit_id, claimer_id, rating FROM wish
WHERE status = 5 AND rating IS NOT NULL AND claimer_id IS NOT NULL;

INSERT INTO wish_count (unit_id, measure, amount)
SELECT due.unit_id, due.measure, due.amount
FROM (
  SELECT unit_id, measure, SUM(amount) AS amount
  FROM (
    SELECT unit_id, 50 + rating AS measure, 1 AS amount FROM wish_rating
    UNION ALL
    SELECT unit_id, measure, -amount FROM wish_count_change WHERE measure BETWEEN 51 AND 55
  ) rated
  GROUP BY unit_id, measure
) due
ON DUPLICATE KEY UPDATE amount = due.amount;
