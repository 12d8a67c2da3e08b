import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keysInOrder } from '#core/connections/connection-order'
import { queryConnections } from '#core/connections/connection-query'
import { rankOf } from '#core/connections/connection-row'
import { deleteConnection, insertConnection, updateConnection } from '#core/connections/connection-store'
import { indexForSearch } from '#core/connections/search-indexer'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { ConnectionGroup, ConnectionSort, ConnectionStatus, STATUSES_OF_GROUP } from '#shared/contract/connections'
import { sampleConnection } from '#test/helpers/sample-connection'

const AT = '2026-03-01T10:00:00.000Z'
const ONLINE = { lastCompletedAt: AT, offlineSince: null }
const CONNECTORS = ['github', 'slack', 'google-mail', 'zoom']
const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Date.now() % 1_000_000_000)

/** mulberry32 */
const randomFrom = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe(`connections in great numbers (seed ${seed})`, () => {
  let open: OpenDatabase
  const put = (index: number, profileId: string, status: ConnectionStatus): void => {
    const connectorId = CONNECTORS[index % 4] ?? 'github'
    insertConnection(
      open.db,
      sampleConnection({
        connectionId: `con_${profileId}_${String(index).padStart(6, '0')}`,
        profileId,
        connectorId,
        nangoConnectionId: `n-${index}`,
        nangoRowId: index,
        status,
        label: index % 5 === 0 ? null : `Label ${index * 7919} "quoted" 50% 田中 🚀`,
        createdAt: new Date(Date.parse(AT) + index * 1000).toISOString(),
        at: AT,
        tags: { team: `team ${index % 7}` },
        isOurs: index % 10 === 0,
      }),
    )
  }

  beforeAll(() => {
    open = openMemoryDatabase()
    open.db.transaction(() => {
      for (let index = 0; index < 3000; index += 1) put(index, 'prf_1', ConnectionStatus.options[index % 8] ?? 'connected')
      for (let index = 0; index < 50; index += 1) put(index, 'prf_2', 'connected')
      // Most have no such time: they lie in another index than those that have.
      const time = `strftime('%Y-%m-%dT%H:%M:%SZ', 1790000000 + nango_row_id * 7919 % 2111, 'unixepoch')`
      open.db.run(`UPDATE connections SET expires_at = ${time} WHERE nango_row_id % 3 = 0`)
      open.db.run(`UPDATE connections SET last_used_at = ${time} WHERE nango_row_id % 50 = 0`)
    })
  })
  afterAll(() => open.close())
  beforeEach(() => {
    while (indexForSearch(open.db));
  })
  /** Has only so many rows in the full-text index. */
  const indexOnly = (many: number): void => {
    open.db.run('UPDATE connections SET search_id = NULL')
    open.db.run("INSERT INTO connection_search (connection_search) VALUES ('delete-all')")
    indexForSearch(open.db, many)
  }

  const all = (query: Partial<Parameters<typeof queryConnections>[1]>): string[] => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = queryConnections(
        open.db,
        { profileId: 'prf_1', sort: 'status', isDescending: false, limit: 170, ...query, cursor },
        ONLINE,
      )
      ids.push(...page.rows.map((row) => row.connection_id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return ids
  }
  /** What a plain look at every row finds. */
  const plain = (search: string, where = "profile_id = 'prf_1'"): string[] =>
    open.db
      .all<{ connection_id: string; search_text: string }>(`SELECT connection_id, search_text FROM connections WHERE ${where}`)
      .filter(({ search_text }) =>
        search
          .toLowerCase()
          .split(/\s+/)
          .every((word) => search_text.includes(word)),
      )
      .map(({ connection_id }) => connection_id)

  // The window asks for each group by each of these, with and without a connector, and for what was connected here.
  const ofWindow = (['status', 'name', 'connector', 'expiresAt', 'lastUsedAt'] as const).flatMap((sort) =>
    [...ConnectionGroup.options, null].flatMap((group) => [null, 'github'].map((connectorId) => ({ sort, group, connectorId }))),
  )
  test.each([...ofWindow, ...(['createdAt', 'updatedAt'] as const).flatMap((sort) => [{ sort, group: null, connectorId: null }])])(
    'a page by $sort of the group $group and the connector $connectorId is read from an index, unsorted',
    (one) => {
      const ranks = (one.group === null ? ConnectionStatus.options : STATUSES_OF_GROUP[one.group]).map(rankOf)
      for (const isDescending of [false, true]) {
        for (const foreign of [[0, 1], [0]]) {
          const scope = { profileId: 'prf_1', connectorId: one.connectorId, ranks, foreign, oauthMethod: null }
          const isTimed = one.sort === 'expiresAt' || one.sort === 'lastUsedAt'
          const after = one.sort === 'status' ? [ranks[0] ?? 0, 0, 'm', 'con'] : isTimed ? ['m', 'm', 'con'] : ['m', 'con']
          for (const place of [null, after]) {
            for (const { sql, values } of keysInOrder(scope, one.sort, isDescending, place, false)) {
              const plan = open.db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values, 100).map(({ detail }) => detail)
              const looks = plan.filter((detail) => /SEARCH|SCAN|TEMP/.test(detail) && !detail.startsWith('SCAN (subquery'))
              expect(looks.length).toBeGreaterThan(0)
              for (const detail of looks) expect(detail).toMatch(/^SEARCH connections USING COVERING INDEX/)
              if (place !== null && one.sort !== 'status' && !isTimed)
                for (const detail of looks) expect(detail).toMatch(isDescending ? /</ : />/)
            }
          }
        }
      }
    },
  )

  test('pages by every order, filtered, are what one sort of all rows is', () => {
    const columns = {
      status: 'status_rank, is_foreign, sort_name',
      name: 'lower(ifnull(label, handle))',
      connector: 'connector_id, sort_name',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      expiresAt: "ifnull(expires_at, '~'), created_at",
      lastUsedAt: "ifnull(last_used_at, '~'), created_at",
    }
    for (const sort of ConnectionSort.options) {
      for (const connectorId of [undefined, 'google-mail']) {
        for (const group of [undefined, 'waiting'] as const) {
          const statuses = group === undefined ? ConnectionStatus.options : STATUSES_OF_GROUP[group]
          const sorted = open.db.all<{ connection_id: string }>(
            `SELECT connection_id FROM connections WHERE profile_id = 'prf_1' AND status IN (${statuses.map(() => '?').join(', ')})
             ${connectorId === undefined ? '' : 'AND connector_id = ?'} ORDER BY ${columns[sort]}, connection_id`,
            ...statuses,
            ...(connectorId === undefined ? [] : [connectorId]),
          )
          const ids = sorted.map(({ connection_id }) => connection_id)
          expect(all({ sort, connectorId, group })).toEqual(ids)
          expect(all({ sort, connectorId, group, isDescending: true })).toEqual(ids.toReversed())
        }
      }
    }
  })

  test.each(['label', 'LABEL 79', 'team', 'team 3', '"quoted"', '50%', '田中', '🚀', 'github team', 'a', 'zq', 'nothing here', '田中 🚀'])(
    'a search for %s finds what a look at every row finds, each once',
    (search) => {
      const found = all({ search })
      expect(new Set(found).size).toBe(found.length)
      expect(found.toSorted()).toEqual(plain(search).toSorted())
      const attention = all({ search, group: 'needs_you', connectorId: 'slack' })
      expect(attention.toSorted()).toEqual(
        plain(search, "profile_id = 'prf_1' AND connector_id = 'slack' AND status IN ('attention', 'expired')").toSorted(),
      )
    },
  )

  test('more than a thousand matches have no total, a thousand and fewer have', () => {
    const total = (search: string | undefined): number | null =>
      queryConnections(open.db, { profileId: 'prf_1', sort: 'name', isDescending: false, limit: 10, search }, ONLINE).total
    expect(total(undefined)).toBeNull()
    expect(total('team')).toBeNull()
    expect(total('team 3 zoom')).toBe(plain('team 3 zoom').length)
  })

  test.each([0, 1200, 2600])('what is written is found before the full-text index has it: %i of 3,050 are in it', (many) => {
    for (const search of ['label', 'team 3', '田中', 'team 3 zoom', 'label 79', 'nothing here']) {
      indexOnly(many)
      const found = all({ search })
      expect(new Set(found).size).toBe(found.length)
      expect(found.toSorted()).toEqual(plain(search).toSorted())
    }
  })

  test('a search that is paged while the full-text index takes rows in gives each match once', () => {
    indexOnly(200)
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const query = { profileId: 'prf_1', sort: 'name', isDescending: false, limit: 40, search: 'team 3', cursor } as const
      const page = queryConnections(open.db, query, ONLINE)
      ids.push(...page.rows.map((row) => row.connection_id))
      cursor = page.nextCursor ?? undefined
      indexForSearch(open.db, 180)
    } while (cursor !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(plain('team 3').toSorted())
  })

  test('up to a thousand matches come in the order asked for', () => {
    const byName = all({ search: 'zoom team', sort: 'name' })
    const wanted = new Set(byName)
    expect(byName.length).toBeGreaterThan(100)
    expect(byName).toEqual(all({ sort: 'name' }).filter((id) => wanted.has(id)))
  })

  test('the search follows a label, a status, another profile and a removal in the same transaction', () => {
    const id = 'con_prf_2_000001'
    const inTwo = (search: string, group?: ConnectionGroup): string[] => all({ profileId: 'prf_2', search, group })
    updateConnection(open.db, id, { label: 'Zanzibar' }, AT)
    expect(inTwo('zanzibar')).toEqual([id])
    updateConnection(open.db, id, { status: 'attention' }, AT)
    expect(inTwo('zanzibar', 'working')).toEqual([])
    expect(inTwo('zanzibar', 'needs_you')).toEqual([id])
    expect(() =>
      open.db.transaction(() => {
        updateConnection(open.db, id, { label: 'Mombasa' }, AT)
        throw new Error('undone')
      }),
    ).toThrow('undone')
    expect(inTwo('mombasa')).toEqual([])
    expect(inTwo('zanzibar')).toEqual([id])
    open.db.run("UPDATE connections SET profile_id = 'prf_3' WHERE connection_id = ?", id)
    expect(inTwo('zanzibar')).toEqual([])
    expect(all({ profileId: 'prf_3', search: 'zanzibar' })).toEqual([id])
    deleteConnection(open.db, id)
    expect(all({ profileId: 'prf_3', search: 'zanzibar' })).toEqual([])
    const entries = open.db.all<{ rowid: number }>("SELECT rowid FROM connection_search WHERE connection_search MATCH 'zan'")
    expect(entries).toEqual([])
  })

  test('1,500 hostile texts are no error and find nothing that does not hold them', () => {
    const random = randomFrom(seed)
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
    const parts = [
      '"',
      '""',
      "'",
      '*',
      'NEAR(',
      ')',
      'AND',
      'OR',
      'NOT',
      '^',
      ':',
      '{a b}',
      '-',
      '+',
      '%',
      '_',
      '\\',
      '\u0000',
      '\u0001',
      '\u0003',
      '\ud800',
      '🚀',
      '👩‍👩‍👧',
      '\u202e',
      'ﬃ',
      'İ',
      ' ',
      '\n',
      'label',
      'team',
      'document:',
      'rowid',
      ';--',
      '(',
      '1',
      'é',
    ]
    const biggest = '"*NEAR(🚀'.repeat(8192)
    const once = (search: string): void => {
      const query = { profileId: 'prf_1', sort: pick(ConnectionSort.options), isDescending: random() < 0.5, limit: 5, search }
      const { rows } = queryConnections(open.db, query, ONLINE)
      if (search.length > 200) return
      const words = search
        .toWellFormed()
        .toLowerCase()
        .split(/[\s\p{Cc}]+/u)
        .filter((word) => word !== '')
        .slice(0, 12)
      for (const row of rows) {
        const { search_text = '' } =
          open.db.get<{ search_text: string }>('SELECT search_text FROM connections WHERE connection_id = ?', row.connection_id) ?? {}
        for (const word of words) expect(search_text).toContain(word)
      }
    }
    once(biggest)
    for (let round = 1; round < 1500; round += 1) once(Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(parts)).join(''))
  }, 60_000)
})
