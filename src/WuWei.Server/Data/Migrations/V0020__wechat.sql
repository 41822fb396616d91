-- WeChat accounts of people, what stands between a first sign-in and a phone, and the further tokens of sessions.

-- A session is kept under the hash of its first token. Those it got later are here, and the first as soon as it was replaced.
CREATE TABLE IF NOT EXISTS session_token (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  session_hash BINARY(32) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  -- Since when there is a newer one. Shown long after that, somebody else has it.
  replaced_at DATETIME(6) NULL,
  -- NULL for the first of a session: without its row it would be a good one again.
  forget_at DATETIME(6) NULL,
  KEY of_session (session_hash, replaced_at),
  KEY by_age (forget_at),
  CONSTRAINT token_of_session FOREIGN KEY (session_hash) REFERENCES session (token_hash) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Codes from WeChat that were shown here, as keyed hashes; kept as long as WeChat says they are good.
CREATE TABLE IF NOT EXISTS wechat_code (
  code_hash BINARY(32) NOT NULL PRIMARY KEY,
  expires_at DATETIME(6) NOT NULL,
  KEY by_age (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A WeChat account that nobody is known to own yet: whoever holds the ticket may prove a phone.
CREATE TABLE IF NOT EXISTS wechat_ticket (
  id BINARY(16) NOT NULL PRIMARY KEY,
  ticket_hash BINARY(32) NOT NULL,
  app_id VARCHAR(32) NOT NULL,
  openid VARBINARY(255) NOT NULL,
  unionid VARBINARY(255) NULL,
  -- Keyed hash of the device that began, if it told its name.
  device BINARY(32) NULL,
  expires_at DATETIME(6) NOT NULL,
  UNIQUE KEY by_ticket (ticket_hash),
  KEY by_age (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who owns a WeChat account whatever the app; as long as one of its bindings is left.
CREATE TABLE IF NOT EXISTS wechat_union (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  unionid VARBINARY(255) NOT NULL,
  unionid_index BINARY(32) NOT NULL,
  UNIQUE KEY one_owner (unionid_index),
  KEY by_person (person_id),
  CONSTRAINT wechat_union_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whose WeChat account it is in one app.
CREATE TABLE IF NOT EXISTS wechat_binding (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  app_id VARCHAR(32) NOT NULL,
  openid VARBINARY(255) NOT NULL,
  openid_index BINARY(32) NOT NULL,
  -- Null when WeChat told none.
  union_id BINARY(16) NULL,
  bound_at DATETIME(6) NOT NULL,
  UNIQUE KEY one_owner (app_id, openid_index),
  UNIQUE KEY one_per_app (person_id, app_id),
  KEY of_union (union_id),
  CONSTRAINT wechat_binding_of_person FOREIGN KEY (person_id) REFERENCES person (id),
  CONSTRAINT wechat_binding_of_union FOREIGN KEY (union_id) REFERENCES wechat_union (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
