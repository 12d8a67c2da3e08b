import type { WritableDb } from '../sql.ts'

/**
 * An index for each order of the list that the one by status does not hold, with what a list is filtered by at its end, so that a
 * filter is answered from the index alone; and a full-text index that is filled behind the writes: a row without `search_id` is not
 * in it yet. A time that most rows have not got has an index of those that have it; the others go by when they were made.
 */
export const up = (db: WritableDb): void => {
  const filtered = 'connection_id, status_rank, is_foreign, connector_id'
  db.exec(`
    ALTER TABLE connections ADD COLUMN search_id INTEGER;
    CREATE UNIQUE INDEX connections_search_id ON connections (search_id) WHERE search_id IS NOT NULL;
    CREATE INDEX connections_unsearched ON connections (profile_id, connection_id) WHERE search_id IS NULL;

    CREATE INDEX connections_by_name ON connections
      (profile_id, is_foreign, substr(sort_name, instr(sort_name, char(1)) + 1), connection_id, status_rank, connector_id);
    CREATE INDEX connections_by_created ON connections (profile_id, created_at, ${filtered}, expires_at, last_used_at);
    CREATE INDEX connections_by_updated ON connections (profile_id, updated_at, ${filtered});
    CREATE INDEX connections_by_expiry ON connections (profile_id, expires_at, created_at, ${filtered}) WHERE expires_at IS NOT NULL;
    CREATE INDEX connections_by_use ON connections (profile_id, last_used_at, created_at, ${filtered}) WHERE last_used_at IS NOT NULL;
    CREATE INDEX connections_direct ON connections (profile_id) WHERE oauth_method = 'direct';

    CREATE VIRTUAL TABLE connection_search USING fts5 (
      document, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1', detail = none
    );
    -- Segments are merged a little with each slice that is taken in, not now and then a lot inside a commit.
    INSERT INTO connection_search (connection_search, rank) VALUES ('automerge', 0), ('crisismerge', 500);
    CREATE TRIGGER connections_out_of_search AFTER DELETE ON connections WHEN old.search_id IS NOT NULL BEGIN
      DELETE FROM connection_search WHERE rowid = old.search_id;
    END;
    CREATE TRIGGER connections_again_into_search AFTER UPDATE OF search_text, profile_id, connector_id, status_rank, is_foreign ON connections
      WHEN old.search_id IS NOT NULL AND (new.search_text <> old.search_text OR new.profile_id <> old.profile_id OR new.connector_id <> old.connector_id
        OR new.status_rank <> old.status_rank OR new.is_foreign <> old.is_foreign) BEGIN
      DELETE FROM connection_search WHERE rowid = old.search_id;
      UPDATE connections SET search_id = NULL WHERE connection_id = new.connection_id;
    END;
  `)
}
