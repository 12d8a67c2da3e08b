import type { ReadableDb } from '../database/sql.ts'
import { countWithin, keysInOrder, type Place, type Scope, type Sort } from './connection-order.ts'
import { COUNTED_AT_MOST, type Key } from './search-connections.ts'

/** How many rows a list has; walks an index, never the table unless the holder is asked for. */
export const countAll = (db: ReadableDb, scope: Scope): number => {
  if (scope.ranks.length === 0) return 0
  const { sql, values } = countWithin(scope, -1)
  return db.get<{ count: number }>(sql, ...values)?.count ?? 0
}

/** How many rows of a list lie behind the row of a key, which need not be one of them. */
export const countBehind = (
  db: ReadableDb,
  scope: Scope,
  list: { readonly sort: Sort; readonly isDescending: boolean; readonly after: Place; readonly total: number },
): number =>
  keysInOrder(scope, list.sort, list.isDescending, list.after, list.total <= COUNTED_AT_MOST).reduce(
    (sum, { sql, values }) => sum + (db.get<{ count: number }>(`SELECT count(*) AS count FROM (${sql})`, ...values, -1)?.count ?? 0),
    0,
  )

/**
 * The keys from a place of the list on, in its order. What lies before is skipped within the index, from the nearer end, so that
 * the first and the last pages cost nothing and the middle of 100,000 some milliseconds. `total` must be what `countAll` gave.
 */
export const keysAt = (
  db: ReadableDb,
  scope: Scope,
  page: { readonly sort: Sort; readonly isDescending: boolean; readonly at: number; readonly limit: number; readonly total: number },
): Key[] => {
  const wanted = Math.min(page.limit, page.total - page.at)
  if (wanted <= 0) return []
  const behind = page.total - page.at - wanted
  const isBackwards = behind < page.at
  const found: Key[] = []
  let skip = isBackwards ? behind : page.at
  const runs = keysInOrder(scope, page.sort, isBackwards !== page.isDescending, null, page.total <= COUNTED_AT_MOST)
  for (const { sql, values } of runs) {
    if (found.length === wanted) break
    if (skip > 0 && runs.length > 1) {
      const size = db.get<{ count: number }>(`SELECT count(*) AS count FROM (${sql})`, ...values, skip + 1)?.count ?? 0
      if (size <= skip) {
        skip -= size
        continue
      }
    }
    found.push(...db.all<Key>(`${sql} OFFSET ?`, ...values, wanted - found.length, skip))
    skip = 0
  }
  return isBackwards ? found.toReversed() : found
}
