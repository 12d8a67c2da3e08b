import type { WritableDb } from '../sql.ts'

/** An index for each order of the list by status, the same within a connector, and a full-text index that follows every write. */
export const up = (db: WritableDb): void => {
  // A mark of three signs for each fact that a list is filtered by, so that the full-text index leaves out most of what differs.
  const document = (row: string): string =>
    `${row}.search_text || char(2) || substr(${row}.profile_id, -2) || char(4) || substr(${row}.connector_id, 1, 2) ||
     char(3) || ${row}.status_rank || ${row}.is_foreign`
  db.exec(`
    ALTER TABLE connections ADD COLUMN search_id INTEGER;
    UPDATE connections SET search_id = numbered.number
      FROM (SELECT connection_id AS id, row_number() OVER (ORDER BY created_at DESC, connection_id) AS number FROM connections) AS numbered
      WHERE connection_id = numbered.id;
    CREATE UNIQUE INDEX connections_search_id ON connections (search_id);

    CREATE INDEX connections_by_name ON connections (profile_id, status_rank, is_foreign, ifnull(label, handle), connection_id);
    CREATE INDEX connections_by_created ON connections (profile_id, status_rank, is_foreign, created_at, connection_id);
    CREATE INDEX connections_by_updated ON connections (profile_id, status_rank, is_foreign, updated_at, connection_id);
    CREATE INDEX connections_by_expiry ON connections (profile_id, status_rank, is_foreign, ifnull(expires_at, '~'), connection_id);
    CREATE INDEX connections_by_use ON connections (profile_id, status_rank, is_foreign, ifnull(last_used_at, '~'), connection_id);
    CREATE INDEX connections_of_connector ON connections (profile_id, connector_id, status_rank, is_foreign, sort_name, connection_id);
    CREATE INDEX connections_of_connector_by_name ON connections
      (profile_id, connector_id, status_rank, is_foreign, ifnull(label, handle), connection_id);
    CREATE INDEX connections_of_connector_by_expiry ON connections
      (profile_id, connector_id, status_rank, is_foreign, ifnull(expires_at, '~'), connection_id);
    CREATE INDEX connections_of_connector_by_use ON connections
      (profile_id, connector_id, status_rank, is_foreign, ifnull(last_used_at, '~'), connection_id);
    CREATE INDEX connections_direct ON connections (profile_id) WHERE oauth_method = 'direct';

    CREATE VIRTUAL TABLE connection_search USING fts5 (
      document, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = none
    );
    INSERT INTO connection_search (rowid, document) SELECT search_id, ${document('connections')} FROM connections ORDER BY search_id;
    CREATE TRIGGER connections_into_search AFTER INSERT ON connections WHEN new.search_id IS NOT NULL BEGIN
      INSERT INTO connection_search (rowid, document) VALUES (new.search_id, ${document('new')});
    END;
    CREATE TRIGGER connections_out_of_search AFTER DELETE ON connections WHEN old.search_id IS NOT NULL BEGIN
      DELETE FROM connection_search WHERE rowid = old.search_id;
    END;
    CREATE TRIGGER connections_again_into_search AFTER UPDATE OF search_text, profile_id, connector_id, status_rank, is_foreign ON connections
      WHEN old.search_id IS NOT NULL AND (new.search_text <> old.search_text OR new.profile_id <> old.profile_id OR new.connector_id <> old.connector_id
        OR new.status_rank <> old.status_rank OR new.is_foreign <> old.is_foreign) BEGIN
      DELETE FROM connection_search WHERE rowid = old.search_id;
      INSERT INTO connection_search (rowid, document) VALUES (new.search_id, ${document('new')});
    END;
  `)
}
