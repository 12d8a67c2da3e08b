import type { ReadableDb, WritableDb } from '../database/sql.ts'

/** One sealed secret as it is stored. */
export interface SealedRow {
  readonly kind: string
  readonly owner: string
  readonly binding: string
  readonly keyId: string
  readonly sealed: Uint8Array
}

/** Writes a sealed secret in place of the one its kind and owner had. */
export const putSealed = (db: WritableDb, row: SealedRow, createdAt: string): void => {
  db.run(
    `INSERT INTO secrets (kind, owner, binding, key_id, sealed, created_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, owner) DO UPDATE SET
       binding = excluded.binding, key_id = excluded.key_id, sealed = excluded.sealed, created_at = excluded.created_at`,
    row.kind,
    row.owner,
    row.binding,
    row.keyId,
    row.sealed,
    createdAt,
  )
}

/** The sealed secret of a kind and owner, or undefined. */
export const getSealed = (db: ReadableDb, kind: string, owner: string): SealedRow | undefined =>
  db.get<SealedRow>('SELECT kind, owner, binding, key_id AS keyId, sealed FROM secrets WHERE kind = ? AND owner = ?', kind, owner)

/** Whose secrets of a kind there are. */
export const ownersOf = (db: ReadableDb, kind: string): string[] =>
  db.all<{ owner: string }>('SELECT owner FROM secrets WHERE kind = ?', kind).map(({ owner }) => owner)

/** Removes the secret of a kind and owner. */
export const removeSealed = (db: WritableDb, kind: string, owner: string): void => {
  db.run('DELETE FROM secrets WHERE kind = ? AND owner = ?', kind, owner)
}

/** Removes every secret of an owner. */
export const removeSealedOf = (db: WritableDb, owner: string): void => {
  db.run('DELETE FROM secrets WHERE owner = ?', owner)
}
