-- What every capability stands on: snapshots' versions, keys of repeated requests, leases, the journal.
-- Ids are UUIDv7, times are UTC, and every statement may run again.

-- Goes up with each change to what processes keep in memory (the unit tree, the categories).
CREATE TABLE IF NOT EXISTS data_version (
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  version BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row per successful keyed request, written with its effect; kept 7 days.
CREATE TABLE IF NOT EXISTS request_key (
  caller_id BINARY(16) NOT NULL,
  request_key VARCHAR(64) NOT NULL,
  rpc VARCHAR(100) NOT NULL,
  request_hash BINARY(32) NOT NULL,
  reply MEDIUMBLOB NULL,
  made_at DATETIME(6) NOT NULL,
  PRIMARY KEY (caller_id, request_key),
  KEY by_age (made_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which copy of the server does a background job now. Saves work; correctness never depends on it.
CREATE TABLE IF NOT EXISTS lease (
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  holder BINARY(16) NOT NULL,
  ends_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The one record of every change. Append-only: the service may insert and read, nothing else.
-- Ids, enums, numbers and keyed hashes of free text; never the text.
CREATE TABLE IF NOT EXISTS journal_entry (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  kind VARCHAR(40) NOT NULL,
  actor_id BINARY(16) NULL,
  actor_role VARCHAR(24) NOT NULL,
  channel TINYINT UNSIGNED NOT NULL,
  subject VARCHAR(24) NOT NULL,
  subject_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NULL,
  detail TEXT NOT NULL,
  KEY by_subject (subject_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Entries without a number yet.
CREATE TABLE IF NOT EXISTS journal_pending (
  entry_id BINARY(16) NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The gapless number of an entry, and the hash over it and all before it. Append-only.
CREATE TABLE IF NOT EXISTS journal_seal (
  number BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  entry_id BINARY(16) NOT NULL,
  hash BINARY(32) NOT NULL,
  UNIQUE KEY once (entry_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: the last seal. Moved by a conditional UPDATE, so two sealers cannot both number.
CREATE TABLE IF NOT EXISTS journal_head (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  number BIGINT UNSIGNED NOT NULL,
  hash BINARY(32) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO journal_head (id, number, hash) VALUES (1, 0, REPEAT(X'00', 32));

-- Refusals worth an operator's eye, added up per source and minute; kept 180 days.
CREATE TABLE IF NOT EXISTS security_event (
  minute DATETIME NOT NULL,
  kind VARCHAR(40) NOT NULL,
  source VARCHAR(64) NOT NULL,
  person_id BINARY(16) NOT NULL,
  rpc VARCHAR(100) NOT NULL,
  times INT UNSIGNED NOT NULL,
  PRIMARY KEY (minute, kind, source, person_id, rpc)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How often something limited was done: sign-ins, codes, reveals. The subject is a keyed hash or an id.
CREATE TABLE IF NOT EXISTS limit_count (
  rule VARCHAR(24) NOT NULL,
  subject BINARY(32) NOT NULL,
  period_start DATETIME NOT NULL,
  times INT UNSIGNED NOT NULL,
  PRIMARY KEY (rule, subject, period_start),
  KEY by_age (period_start)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
