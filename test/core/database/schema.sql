-- version 100

CREATE TRIGGER connections_again_into_search AFTER UPDATE OF search_text, profile_id, connector_id, status_rank, is_foreign ON connections
  WHEN old.search_id IS NOT NULL AND (new.search_text <> old.search_text OR new.profile_id <> old.profile_id OR new.connector_id <> old.connector_id
    OR new.status_rank <> old.status_rank OR new.is_foreign <> old.is_foreign) BEGIN
  DELETE FROM connection_search WHERE rowid = old.search_id;
  UPDATE connections SET search_id = NULL WHERE connection_id = new.connection_id;
END;

CREATE TRIGGER connections_out_of_search AFTER DELETE ON connections WHEN old.search_id IS NOT NULL BEGIN
  DELETE FROM connection_search WHERE rowid = old.search_id;
END;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  caller TEXT NOT NULL CHECK (caller IN ('ui', 'cli', 'automation', 'unproven')),
  via TEXT NOT NULL CHECK (via IN ('window', 'terminal', 'socket', 'mcp', 'host')),
  client_id TEXT,
  client_name TEXT,
  grant_id TEXT,
  program TEXT,
  pid INTEGER,
  method TEXT NOT NULL,
  profile_id TEXT,
  connection_id TEXT,
  handle TEXT,
  target TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'denied', 'failed', 'cancelled')),
  code TEXT,
  duration_ms INTEGER,
  count INTEGER NOT NULL CHECK (count > 0),
  hash BLOB NOT NULL
) STRICT;

CREATE TABLE audit_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  last_sequence INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  first_sequence INTEGER NOT NULL,
  before_hash BLOB NOT NULL,
  unproven_from INTEGER,
  seal BLOB NOT NULL
) STRICT;

CREATE TABLE bulk_rows (
  bulk_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  connection_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  outcome TEXT NOT NULL DEFAULT 'waiting' CHECK (outcome IN ('waiting', 'running', 'done', 'unchanged', 'refused', 'failed')),
  started_at TEXT,
  ended_at TEXT,
  -- JSON: what undoing brings back, and what an undo wants instead of what is there.
  former TEXT,
  wanted TEXT,
  detail TEXT,
  error_code TEXT,
  error_message TEXT,
  PRIMARY KEY (bulk_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE bulks (
  bulk_id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  action TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('selecting', 'waiting', 'running', 'done', 'cancelled', 'stopped')),
  -- JSON: what is to be done, and what it is to be done to.
  task TEXT NOT NULL,
  selection TEXT NOT NULL,
  retry_of TEXT,
  undo_of TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  ended_at TEXT,
  error_code TEXT,
  error_message TEXT,
  total INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE client_defaults (
  client_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  PRIMARY KEY (client_id, connection_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
  client_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('socket', 'mcp')),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE connection_defaults (
  connection_id TEXT PRIMARY KEY REFERENCES connections (connection_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE connection_health (
  connection_id TEXT PRIMARY KEY REFERENCES connections (connection_id) ON DELETE CASCADE,
  -- Null before the first look.
  checked_at TEXT,
  outcome TEXT,
  http_status INTEGER,
  -- The call that was made: GET /user.
  probe TEXT,
  good_at TEXT,
  -- Looks in a row that speak against it, each after a pause; of what kind, and since when.
  failing TEXT CHECK (failing IN ('refused', 'down')),
  failures INTEGER NOT NULL DEFAULT 0,
  failing_since TEXT,
  counted_at TEXT,
  -- When it was last read when the token runs out, be it that it does not say.
  expiry_read_at TEXT
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE connection_search USING fts5 (
  document, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = none
);

CREATE TABLE 'connection_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'connection_search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'connection_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'connection_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE connections (
  connection_id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  provider_config_key TEXT NOT NULL,
  nango_connection_id TEXT,
  nango_row_id INTEGER,
  oauth_method TEXT NOT NULL CHECK (oauth_method IN ('nango', 'direct')),
  auth_mode TEXT NOT NULL,
  status TEXT NOT NULL,
  status_rank INTEGER NOT NULL,
  label TEXT,
  sort_name TEXT NOT NULL,
  identity TEXT,
  scopes_requested TEXT,
  scopes_granted TEXT,
  expires_at TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  last_synced_at TEXT,
  last_verified_at TEXT,
  last_refreshed_at TEXT,
  last_used_at TEXT,
  error_code TEXT,
  error_message TEXT,
  error_at TEXT,
  tags TEXT NOT NULL DEFAULT '{}',
  notes TEXT,
  is_foreign INTEGER NOT NULL DEFAULT 1,
  missing_since TEXT,
  search_text TEXT NOT NULL
, search_id INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  at TEXT NOT NULL,
  profile_id TEXT,
  connection_id TEXT,
  data TEXT NOT NULL
) STRICT;

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flows (
  flow_id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  connector_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  label TEXT,
  via TEXT NOT NULL CHECK (via IN ('browser', 'window', 'form')),
  oauth_method TEXT NOT NULL,
  state TEXT NOT NULL,
  params TEXT NOT NULL DEFAULT '{}',
  scopes TEXT,
  created_at TEXT NOT NULL,
  ended_at TEXT,
  expires_at TEXT,
  error_code TEXT,
  error_message TEXT,
  error_data TEXT,
  cleanup_until TEXT,
  steps TEXT NOT NULL
, page TEXT NOT NULL DEFAULT 'provider' CHECK (page IN ('provider', 'connect_ui')), any_of TEXT NOT NULL DEFAULT '[]', reconnect TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten_connections (
  profile_id TEXT NOT NULL,
  provider_config_key TEXT NOT NULL,
  nango_connection_id TEXT NOT NULL,
  forgotten_at TEXT NOT NULL,
  PRIMARY KEY (profile_id, provider_config_key, nango_connection_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
  grant_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  client_name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('socket', 'mcp')),
  program TEXT,
  program_hash TEXT,
  profile_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'denied', 'ended')),
  ended_because TEXT,
  terms TEXT NOT NULL,
  requested_at TEXT NOT NULL,
  approved_at TEXT,
  ends_at TEXT,
  ended_at TEXT,
  last_call_at TEXT,
  calls_day TEXT,
  calls_on_day INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE imported_rows (
  profile_id TEXT NOT NULL,
  -- Keyed digest of what the row says; the key is a sealed secret.
  fingerprint TEXT NOT NULL,
  provider_config_key TEXT NOT NULL,
  nango_connection_id TEXT NOT NULL,
  -- begun: sent, the answer is not known; done.
  state TEXT NOT NULL CHECK (state IN ('begun', 'done')),
  at TEXT NOT NULL,
  PRIMARY KEY (profile_id, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE integrations (
  profile_id TEXT NOT NULL,
  integration_id TEXT NOT NULL,
  provider_key TEXT NOT NULL,
  display_name TEXT NOT NULL,
  created_at TEXT,
  updated_at TEXT,
  PRIMARY KEY (profile_id, integration_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE profiles (
  profile_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('nango', 'direct', 'sandbox')),
  nango_host TEXT,
  key_ending TEXT,
  certificate_pem TEXT,
  allows_insecure_http INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'unknown',
  status_reason TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE queue_items (
  queue_id TEXT NOT NULL REFERENCES queues (queue_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  connector_id TEXT NOT NULL,
  label TEXT,
  -- JSON: how it is to be connected, without what its form was given; that is in the vault.
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'connected', 'failed', 'skipped', 'cancelled')),
  flow_id TEXT,
  connection_id TEXT,
  error_code TEXT,
  error_message TEXT,
  started_at TEXT,
  ended_at TEXT,
  PRIMARY KEY (queue_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE queues (
  queue_id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
  -- Whether each page is opened here.
  opens INTEGER NOT NULL CHECK (opens IN (0, 1)),
  created_at TEXT NOT NULL,
  ended_at TEXT,
  -- Why it is paused.
  pause_code TEXT,
  pause_message TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
  kind TEXT NOT NULL,
  owner TEXT NOT NULL,
  binding TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (kind, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_state (
  profile_id TEXT PRIMARY KEY,
  last_completed_at TEXT,
  offline_since TEXT,
  error_code TEXT,
  error_message TEXT,
  error_at TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_client ON audit (client_id, sequence, connection_id, caller, method, outcome, at, count)
  WHERE client_id IS NOT NULL;

CREATE INDEX audit_by_connection ON audit (sequence >> 12, connection_id) WHERE connection_id IS NOT NULL;

CREATE INDEX bulk_rows_by_outcome ON bulk_rows (bulk_id, outcome, position);

CREATE INDEX bulks_open ON bulks (bulk_id) WHERE ended_at IS NULL;

CREATE INDEX connections_by_created ON connections (profile_id, created_at, connection_id, status_rank, is_foreign, connector_id, expires_at, last_used_at);

CREATE INDEX connections_by_expiry ON connections (profile_id, expires_at, created_at, connection_id, status_rank, is_foreign, connector_id) WHERE expires_at IS NOT NULL;

CREATE INDEX connections_by_name ON connections
  (profile_id, is_foreign, substr(sort_name, instr(sort_name, char(1)) + 1), connection_id, status_rank, connector_id);

CREATE INDEX connections_by_status ON connections (profile_id, status_rank, is_foreign, sort_name, connection_id);

CREATE INDEX connections_by_updated ON connections (profile_id, updated_at, connection_id, status_rank, is_foreign, connector_id);

CREATE INDEX connections_by_use ON connections (profile_id, last_used_at, created_at, connection_id, status_rank, is_foreign, connector_id) WHERE last_used_at IS NOT NULL;

CREATE INDEX connections_direct ON connections (profile_id) WHERE oauth_method = 'direct';

CREATE UNIQUE INDEX connections_handle ON connections (profile_id, handle);

CREATE UNIQUE INDEX connections_nango ON connections (profile_id, provider_config_key, nango_connection_id)
  WHERE nango_connection_id IS NOT NULL;

CREATE UNIQUE INDEX connections_search_id ON connections (search_id) WHERE search_id IS NOT NULL;

CREATE INDEX connections_unsearched ON connections (profile_id, connection_id) WHERE search_id IS NULL;

CREATE INDEX events_by_connection ON events (connection_id, sequence);

CREATE INDEX flows_by_connection ON flows (connection_id);

CREATE INDEX flows_by_state ON flows (profile_id, state, created_at);

CREATE INDEX grants_by_client ON grants (client_id, requested_at);

CREATE INDEX grants_by_state ON grants (state, requested_at);

CREATE INDEX queue_items_by_flow ON queue_items (flow_id) WHERE flow_id IS NOT NULL;

CREATE INDEX queues_open ON queues (profile_id) WHERE ended_at IS NULL;
