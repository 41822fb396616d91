-- Awards that were paid before what is odd about them came to light. They are taken back by a reversal and wait for the same
-- decision as those that were held at once; paid after all, that reversal is reversed. Each only once.

CREATE TABLE IF NOT EXISTS points_recall (
  award_id BINARY(16) NOT NULL PRIMARY KEY,
  -- The reversal that took it back.
  transfer_id BINARY(16) NOT NULL,
  suspicion INT UNSIGNED NOT NULL,
  -- The award whose act showed it.
  shown_by BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  UNIQUE KEY one_per_transfer (transfer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
