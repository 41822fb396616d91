-- What concerns somebody: the inbox, the messages that tell of it elsewhere, and notices of units.

-- The entry of the journal up to which inboxes have followed. What happened before there were inboxes concerns nobody any more.
CREATE TABLE IF NOT EXISTS inbox_head (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO inbox_head (id, number) SELECT 1, number FROM journal_head WHERE id = 1;

-- One thing somebody is told. Its words are made of kind, audience and amount when it is read.
CREATE TABLE IF NOT EXISTS inbox_item (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  -- What it is about, for the client to open.
  subject VARCHAR(20) NOT NULL,
  subject_id BINARY(16) NOT NULL,
  topic TINYINT UNSIGNED NOT NULL,
  -- Of the newest entry that is in it, and what the person is to that.
  kind VARCHAR(40) NOT NULL,
  audience TINYINT UNSIGNED NOT NULL,
  amount INT NULL,
  number BIGINT NOT NULL,
  at DATETIME(6) NOT NULL,
  -- How many entries it tells of.
  times INT UNSIGNED NOT NULL,
  important BOOLEAN NOT NULL,
  unread BOOLEAN NOT NULL,
  UNIQUE KEY told_once (person_id, number),
  KEY by_person (person_id, at, id),
  KEY not_read (person_id, unread, at, id),
  KEY of_subject (person_id, subject_id),
  KEY by_age (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What somebody does not want to be told elsewhere; without a row, the defaults.
CREATE TABLE IF NOT EXISTS inbox_preference (
  person_id BINARY(16) NOT NULL PRIMARY KEY,
  -- The bit of each topic is its number.
  wechat_off INT UNSIGNED NOT NULL,
  sms_off INT UNSIGNED NOT NULL,
  digest BOOLEAN NOT NULL,
  -- The day of the last one.
  digest_on DATE NULL,
  KEY by_digest (digest, digest_on)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How many messages by a template of WeChat somebody still allows: one for each time they said so.
CREATE TABLE IF NOT EXISTS message_allowance (
  person_id BINARY(16) NOT NULL,
  app_id VARCHAR(32) NOT NULL,
  template_id VARCHAR(64) NOT NULL,
  remaining SMALLINT UNSIGNED NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  PRIMARY KEY (person_id, app_id, template_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A message to one person by one channel. Whoever sends it claims it first: it is never sent twice by itself.
CREATE TABLE IF NOT EXISTS delivery (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  channel TINYINT UNSIGNED NOT NULL,
  topic TINYINT UNSIGNED NOT NULL,
  -- Of an item, of a notice or such, or of somebody's digest; and which of its entries, or which day.
  source TINYINT UNSIGNED NOT NULL,
  source_id BINARY(16) NOT NULL,
  number BIGINT NOT NULL,
  -- Without personal data.
  text VARCHAR(100) NOT NULL,
  at DATETIME(6) NOT NULL,
  state TINYINT UNSIGNED NOT NULL,
  -- Those to very many people come after those to one.
  bulk BOOLEAN NOT NULL,
  due_at DATETIME(6) NOT NULL,
  attempts TINYINT UNSIGNED NOT NULL,
  claimed_at DATETIME(6) NULL,
  -- What the provider said last, if it was no.
  fault INT NULL,
  UNIQUE KEY sent_once (source_id, person_id, channel, number),
  KEY by_due (state, channel, bulk, due_at),
  KEY of_source (source_id, state),
  KEY by_age (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a unit tells the people in it. It is in nobody's inbox: whoever lives there finds it when they look.
CREATE TABLE IF NOT EXISTS notice (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  title VARCHAR(40) NOT NULL,
  text VARCHAR(2500) NOT NULL,
  -- Only people with one of these; the bit of each role is its number. 0: everybody.
  roles INT UNSIGNED NOT NULL,
  important BOOLEAN NOT NULL,
  publish_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  made_by BINARY(16) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  withdrawn_at DATETIME(6) NULL,
  withdrawn_by BINARY(16) NULL,
  KEY by_unit (unit_id, made_at, id),
  CONSTRAINT notice_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- For whom: these units and everything below.
CREATE TABLE IF NOT EXISTS notice_in_unit (
  unit_id BINARY(16) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  notice_id BINARY(16) NOT NULL,
  PRIMARY KEY (unit_id, expires_at, notice_id),
  KEY of_notice (notice_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS notice_read (
  notice_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  -- Where they lived then.
  unit_id BINARY(16) NOT NULL,
  read_at DATETIME(6) NOT NULL,
  PRIMARY KEY (notice_id, person_id),
  KEY by_unit (notice_id, unit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How far the messages that tell of a notice have been queued: home by home, and there person by person.
CREATE TABLE IF NOT EXISTS notice_push (
  notice_id BINARY(16) NOT NULL PRIMARY KEY,
  publish_at DATETIME(6) NOT NULL,
  -- 1 until everybody was looked at, then NULL.
  live BOOLEAN NULL,
  unit_done BINARY(16) NOT NULL,
  person_done BINARY(16) NOT NULL,
  looked_at INT UNSIGNED NOT NULL,
  queued INT UNSIGNED NOT NULL,
  KEY by_due (live, publish_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
