-- The first schema. See docs/storage-format.md. Instants are microseconds since 1970 in UTC; enumerations are the numbers of
-- the headers of gateway/store.

CREATE TABLE store_state (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  commit_seq  INTEGER NOT NULL,
  audit_seq   INTEGER NOT NULL,
  audit_hash  BLOB NOT NULL
) STRICT;
INSERT INTO store_state VALUES (1, 0, 0, zeroblob(32));

CREATE TABLE setting (
  name   TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Small vocabularies of the search index: resource types, parameters, systems.
CREATE TABLE name (
  id    INTEGER PRIMARY KEY,
  text  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE message (
  seq             INTEGER PRIMARY KEY,
  direction       INTEGER NOT NULL,
  partner         TEXT NOT NULL,
  door            TEXT NOT NULL,
  media_type      TEXT NOT NULL,
  request_id      TEXT NOT NULL,
  correlation_id  TEXT NOT NULL,
  business_id     TEXT NOT NULL,
  event           TEXT NOT NULL,
  digest          BLOB NOT NULL,
  received_at     INTEGER NOT NULL,
  verdict         INTEGER NOT NULL,
  byte_count      INTEGER NOT NULL,
  request_key     BLOB,     -- digest of partner and request ids when they are used up by this message
  business_key    INTEGER,  -- 8 bytes of the digest of partner and business id when the message took effect
  digest_key      INTEGER   -- 8 bytes of the digest of the bytes when the message took effect
) STRICT;
CREATE UNIQUE INDEX message_request ON message (request_key) WHERE request_key IS NOT NULL;
CREATE INDEX message_business ON message (business_key) WHERE business_key IS NOT NULL;
CREATE INDEX message_digest ON message (digest_key) WHERE digest_key IS NOT NULL;

CREATE TABLE message_body (
  seq    INTEGER PRIMARY KEY,  -- of message
  bytes  BLOB NOT NULL
) STRICT;

-- Of bodies with inserts, here and in outbox_body, see bodies.hpp.
CREATE TABLE message_reply (
  seq      INTEGER PRIMARY KEY REFERENCES message (seq),
  status   INTEGER NOT NULL,
  body     BLOB NOT NULL,
  inserts  BLOB
) STRICT;

-- The current version of each resource. entries is what search parameters find in it, dates too, in the encoding of
-- index_entries.hpp: searches compare it, and an update takes what is no longer in it out of value_index.
CREATE TABLE resource (
  key       INTEGER PRIMARY KEY,
  type      INTEGER NOT NULL,  -- a name
  id        TEXT NOT NULL,
  version   INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  audience  INTEGER NOT NULL,  -- a name
  message   INTEGER,
  entries   BLOB NOT NULL,
  json      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX resource_id ON resource (type, id);

-- A set of partners a resource is shown to is a name of its own; its members are here.
CREATE TABLE audience_member (
  partner   INTEGER NOT NULL REFERENCES name (id),
  audience  INTEGER NOT NULL REFERENCES name (id),
  PRIMARY KEY (partner, audience)
) STRICT, WITHOUT ROWID;

-- Versions that another one replaced. seq is key * 2^20 + version, so that the versions of a resource lie side by side.
CREATE TABLE resource_version (
  seq      INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  message  INTEGER,
  json     BLOB NOT NULL
) STRICT;

-- Tokens, references and strings. param is the name of type and parameter together: "Task.status". The value comes first, so
-- that what one message says of one patient lies together.
CREATE TABLE value_index (
  value   TEXT NOT NULL,
  param   INTEGER NOT NULL,
  key     INTEGER NOT NULL,
  system  INTEGER NOT NULL,
  PRIMARY KEY (value, param, key, system)
) STRICT, WITHOUT ROWID;

CREATE TABLE referral (
  seq                 INTEGER PRIMARY KEY,
  parent              INTEGER REFERENCES referral (seq),
  service_request_id  TEXT NOT NULL,
  task_id             TEXT NOT NULL,
  state               TEXT NOT NULL,
  open                INTEGER NOT NULL,
  task_version        INTEGER NOT NULL,
  holder_ods          TEXT NOT NULL,
  owner_ods           TEXT NOT NULL,
  owner_role          TEXT NOT NULL,
  deadline_at         INTEGER,
  deadline_what       TEXT NOT NULL,
  deadline_role       TEXT NOT NULL,
  correlation_id      TEXT NOT NULL,
  service             TEXT NOT NULL,
  destination         TEXT NOT NULL,
  priority            TEXT NOT NULL,
  flags               INTEGER NOT NULL,
  patient_key         BLOB,
  received_at         INTEGER NOT NULL,
  received_on         TEXT NOT NULL,
  sender_partner      TEXT NOT NULL,
  memory              TEXT NOT NULL,  -- of the state machine; opaque here
  version             INTEGER NOT NULL,
  identifiers         BLOB NOT NULL   -- in the encoding of timeline.hpp
) STRICT;
CREATE UNIQUE INDEX referral_task ON referral (task_id);
CREATE INDEX referral_request ON referral (service_request_id);
CREATE INDEX referral_correlation ON referral (correlation_id);
CREATE INDEX referral_parent ON referral (parent) WHERE parent IS NOT NULL;
CREATE INDEX referral_patient ON referral (patient_key) WHERE open = 1 AND patient_key IS NOT NULL;
CREATE INDEX referral_deadline ON referral (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX referral_state ON referral (state, open);

-- Where identifiers are looked up; in their order they stand in referral.identifiers.
CREATE TABLE referral_identifier (
  value     TEXT NOT NULL,
  system    TEXT NOT NULL,
  referral  INTEGER NOT NULL,
  PRIMARY KEY (value, system, referral)
) STRICT, WITHOUT ROWID;

-- What one unit of work added to the timeline, in the encoding of timeline.hpp.
CREATE TABLE referral_event (
  referral  INTEGER NOT NULL REFERENCES referral (seq),
  number    INTEGER NOT NULL,
  events    BLOB NOT NULL,
  PRIMARY KEY (referral, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  seq              INTEGER PRIMARY KEY,
  referral         INTEGER REFERENCES referral (seq),
  lane             TEXT NOT NULL,
  destination      TEXT NOT NULL,
  kind             TEXT NOT NULL,
  media_type       TEXT NOT NULL,
  request_id       TEXT NOT NULL,
  correlation_id   TEXT NOT NULL,
  business_id      TEXT NOT NULL,
  priority         INTEGER NOT NULL,
  state            INTEGER NOT NULL,
  attempts         INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  next_attempt_at  INTEGER NOT NULL,
  answer_deadline  INTEGER,
  finished_at      INTEGER,
  last_error       TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_lane ON outbox (lane, seq) WHERE state NOT IN (3, 6);
CREATE INDEX outbox_pending ON outbox (destination, priority, next_attempt_at, seq) WHERE state = 1;
CREATE INDEX outbox_awaiting ON outbox (answer_deadline) WHERE state = 2 AND answer_deadline IS NOT NULL;
CREATE UNIQUE INDEX outbox_business ON outbox (destination, business_id)
  WHERE state NOT IN (3, 6) AND business_id <> '';
CREATE INDEX outbox_referral ON outbox (referral);

CREATE TABLE outbox_body (
  seq      INTEGER PRIMARY KEY,  -- of outbox
  body     BLOB NOT NULL,
  inserts  BLOB
) STRICT;

CREATE TABLE work (
  seq           INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL,
  referral      INTEGER REFERENCES referral (seq),
  message       INTEGER REFERENCES message (seq),
  owner_role    TEXT NOT NULL,
  reason        TEXT NOT NULL,
  step          INTEGER NOT NULL,
  next_step_at  INTEGER,
  created_at    INTEGER NOT NULL,
  state         INTEGER NOT NULL,
  confirmed_by  TEXT NOT NULL,
  confirmed_at  INTEGER,
  closed_at     INTEGER
) STRICT;
CREATE INDEX work_due ON work (next_step_at) WHERE state = 1 AND next_step_at IS NOT NULL;
CREATE INDEX work_state ON work (state, seq);
CREATE INDEX work_referral ON work (referral) WHERE referral IS NOT NULL;

CREATE TABLE audit (
  seq       INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  partner   TEXT NOT NULL,
  ods       TEXT NOT NULL,
  role      TEXT NOT NULL,
  action    INTEGER NOT NULL,
  event     TEXT NOT NULL,
  subject   TEXT NOT NULL,
  referral  INTEGER REFERENCES referral (seq),
  message   INTEGER REFERENCES message (seq),
  outcome   INTEGER NOT NULL,
  hash      BLOB NOT NULL
) STRICT;
