import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countByConnector, countConnections, placeInGroup, queryConnections } from '#core/connections/connection-query'
import { insertConnection, updateConnection } from '#core/connections/connection-store'
import { resolveConnection } from '#core/connections/resolve-connection'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { ConnectionGroup, ConnectionSort, ConnectionStatus, type OAuthMethod } from '#shared/contract/connections'
import { sampleConnection } from '#test/helpers/sample-connection'

const AT = '2026-03-01T10:00:00.000Z'
const ONLINE = { lastCompletedAt: AT, offlineSince: null }
const OFFLINE = { lastCompletedAt: AT, offlineSince: AT }

describe('pages of connections', () => {
  let open: OpenDatabase
  const connectors = ['github', 'slack', 'notion']

  beforeAll(() => {
    open = openMemoryDatabase()
    const { db } = open
    for (let index = 0; index < 230; index += 1) {
      const connectorId = connectors[index % 3] ?? 'github'
      insertConnection(
        db,
        sampleConnection({
          connectionId: `con_${String(index).padStart(4, '0')}`,
          connectorId,
          nangoConnectionId: `n-${index}`,
          nangoRowId: index,
          status: ConnectionStatus.options[index % 8] ?? 'connected',
          label: index % 5 === 0 ? null : `Label ${index % 7}`,
          identity:
            index % 4 === 0
              ? {
                  accountId: null,
                  displayName: `Person ${index}`,
                  username: null,
                  email: `p${index}@example.test`,
                  avatarUrl: null,
                  workspace: null,
                }
              : null,
          createdAt: new Date(Date.parse(AT) + (index % 10) * 1000).toISOString(),
          at: AT,
          tags: { team: index % 2 === 0 ? '50%_off' : 'Blue' },
          isOurs: index % 2 === 0,
        }),
      )
      if (index % 3 === 0)
        updateConnection(
          db,
          `con_${String(index).padStart(4, '0')}`,
          { expiresAt: new Date(Date.parse(AT) + index * 60_000).toISOString() },
          AT,
        )
    }
  })
  afterAll(() => open.close())

  const pages = (query: Omit<Parameters<typeof queryConnections>[1], 'profileId' | 'cursor'>): string[] => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = queryConnections(open.db, { ...query, profileId: 'p1', cursor }, ONLINE)
      ids.push(...page.rows.map((row) => row.connection_id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return ids
  }

  test.each(ConnectionSort.options.flatMap((sort) => [[sort, false] as const, [sort, true] as const]))(
    'every connection comes exactly once in the order %s, descending %s',
    (sort, isDescending) => {
      const ids = pages({ sort, isDescending, limit: 17 })
      expect(ids).toHaveLength(230)
      expect(new Set(ids).size).toBe(230)
      expect(pages({ sort, isDescending, limit: 500 })).toEqual(ids)
    },
  )

  test.each(ConnectionSort.options.flatMap((sort) => [[sort, false] as const, [sort, true] as const]))(
    'a page asked for by its place holds what the walk finds there, in the order %s, descending %s',
    (sort, isDescending) => {
      for (const filter of [{}, { group: 'waiting' as const }, { connectorId: 'slack' }, { isOurs: true }]) {
        const ids = pages({ sort, isDescending, limit: 500, ...filter })
        for (const at of [0, 1, 16, 40, 113, 114, 200, ids.length - 1, ids.length, 10_000]) {
          const page = queryConnections(open.db, { profileId: 'p1', sort, isDescending, limit: 17, at, ...filter }, ONLINE)
          expect(page.rows.map((row) => row.connection_id)).toEqual(ids.slice(at, at + 17))
          expect(page.total).toBe(ids.length)
          expect(page.nextCursor === null).toBe(at + 17 >= ids.length)
        }
        const { nextCursor } = queryConnections(open.db, { profileId: 'p1', sort, isDescending, limit: 5, at: 3, ...filter }, ONLINE)
        const next = queryConnections(
          open.db,
          { profileId: 'p1', sort, isDescending, limit: 4, cursor: nextCursor ?? undefined, ...filter },
          ONLINE,
        )
        expect(next.rows.map((row) => row.connection_id)).toEqual(ids.slice(8, 12))
      }
    },
  )

  test.each(ConnectionSort.options.flatMap((sort) => [[sort, false] as const, [sort, true] as const]))(
    'by %s (descending: %s) a connection is told to stand where the list of its group has it',
    (sort, isDescending) => {
      for (const filter of [{}, { connectorId: 'slack' }, { isOurs: true }, { oauthMethod: 'nango' as OAuthMethod }]) {
        for (const group of ConnectionGroup.options) {
          const list = { ...filter, sort, isDescending }
          const { rows } = queryConnections(open.db, { ...list, group, profileId: 'p1', limit: 500, at: 0 }, ONLINE)
          const places = rows.map((row) => placeInGroup(open.db, row, list, ONLINE))
          expect(places).toEqual(rows.map((_, at) => ({ group, at })))
        }
      }
    },
  )

  test('a connection that the filter leaves out has a group and no place', () => {
    const [row] = queryConnections(
      open.db,
      { connectorId: 'slack', profileId: 'p1', sort: 'status', isDescending: false, limit: 1 },
      ONLINE,
    ).rows
    if (row === undefined) throw new Error('no row')
    const place = (filter: object) => placeInGroup(open.db, row, { ...filter, sort: 'status', isDescending: false }, ONLINE)
    expect(place({})).toEqual({ group: 'needs_you', at: expect.any(Number) as number })
    for (const filter of [{ connectorId: 'github' }, { isOurs: row.is_foreign === 1 }, { oauthMethod: 'direct' }])
      expect(place(filter)).toEqual({ group: 'needs_you', at: null })
  })

  test('a place goes with neither a search nor a cursor', () => {
    const query = { profileId: 'p1', sort: 'name', isDescending: false, limit: 5 } as const
    const { nextCursor } = queryConnections(open.db, query, ONLINE)
    for (const more of [{ search: 'blue' }, { cursor: nextCursor ?? '' }])
      expect(() => queryConnections(open.db, { ...query, at: 2, ...more }, ONLINE)).toThrow(
        expect.objectContaining({ code: 'request.invalid' }),
      )
  })

  test('trouble comes first, and among equals what was connected here', () => {
    const { rows } = queryConnections(open.db, { profileId: 'p1', sort: 'status', isDescending: false, limit: 500 }, ONLINE)
    const statuses = [...new Set(rows.map((row) => row.status))]
    expect(statuses).toEqual(['attention', 'expired', 'error', 'pending', 'unknown', 'connected', 'paused', 'revoked'])
    const attention = rows.filter((row) => row.status === 'attention').map((row) => row.is_foreign)
    expect(attention).toEqual([...attention].toSorted())
  })

  test('search finds labels, handles, accounts and tags, takes every word, and takes signs literally', () => {
    const find = (search: string): number => pages({ sort: 'name', isDescending: false, limit: 500, search }).length
    expect(find('PERSON 8')).toBeGreaterThan(0)
    expect(find('p8@example')).toBe(1)
    expect(find('blue github')).toBe(
      open.db.all("SELECT 1 AS one FROM connections WHERE connector_id = 'github' AND tags LIKE '%Blue%'").length,
    )
    expect(find('50%_off')).toBe(115)
    expect(find('5_%')).toBe(0)
    expect(find('"; DROP TABLE connections; --')).toBe(0)
  })

  test('filters add up: connector, status, group, ours', () => {
    const all = pages({ sort: 'name', isDescending: false, limit: 500, connectorId: 'slack', group: 'needs_you', isOurs: true })
    expect(all.length).toBeGreaterThan(0)
    expect(pages({ sort: 'name', isDescending: false, limit: 500, statuses: ['paused', 'revoked'] })).toHaveLength(
      countConnections(open.db, 'p1', ONLINE).byGroup.off,
    )
  })

  test('the holder filters: held by Nango finds all of them, held directly finds none', () => {
    const count = (oauthMethod: OAuthMethod): number => pages({ sort: 'name', isDescending: false, limit: 500, oauthMethod }).length
    expect(count('nango')).toBe(230)
    expect(count('direct')).toBe(0)
  })

  test('one call counts the accounts of every connector with the worst status among them', () => {
    const { rows } = queryConnections(open.db, { profileId: 'p1', sort: 'status', isDescending: false, limit: 500 }, ONLINE)
    const expected = connectors.toSorted().map((connectorId) => {
      const ofIt = rows.filter((row) => row.connector_id === connectorId)
      const needsYou = ofIt.filter(({ status }) => status === 'attention' || status === 'expired').length
      // The rows come trouble first.
      return { connectorId, count: ofIt.length, needsYou, worstStatus: ofIt[0]?.status }
    })
    expect(countByConnector(open.db, 'p1', ONLINE)).toEqual(expected)
    expect(countByConnector(open.db, 'p2', ONLINE)).toEqual([])
  })

  test('while offline the count of a connector says unknown where it said connected, and trouble stays trouble', () => {
    const other = openMemoryDatabase()
    const put = (connectorId: string, status: ConnectionStatus, number: number): string =>
      insertConnection(
        other.db,
        sampleConnection({
          connectionId: `con_${connectorId}_${number}`,
          connectorId,
          nangoConnectionId: `n-${number}`,
          nangoRowId: number,
          status,
          createdAt: AT,
          at: AT,
        }),
      )
    put('github', 'paused', 1)
    put('github', 'connected', 2)
    put('slack', 'connected', 3)
    put('slack', 'expired', 4)
    const worst = (view: typeof ONLINE | typeof OFFLINE) => countByConnector(other.db, 'p1', view).map(({ worstStatus }) => worstStatus)
    expect(worst(ONLINE)).toEqual(['connected', 'expired'])
    expect(worst(OFFLINE)).toEqual(['unknown', 'expired'])
    other.close()
  })

  test('a cursor of another order, a torn one and a foreign one are refused', () => {
    const query = { profileId: 'p1', sort: 'name', isDescending: false, limit: 5 } as const
    const { nextCursor } = queryConnections(open.db, query, ONLINE)
    for (const cursor of [`${nextCursor ?? ''}x`, 'e30', '', Buffer.from('{"sort":"name"}').toString('base64url')]) {
      expect(() => queryConnections(open.db, { ...query, cursor }, ONLINE)).toThrow(expect.objectContaining({ code: 'cursor.invalid' }))
    }
    expect(() => queryConnections(open.db, { ...query, sort: 'status', cursor: nextCursor ?? '' }, ONLINE)).toThrow(
      expect.objectContaining({ code: 'cursor.invalid' }),
    )
  })

  test('the total is told up to a thousand', () => {
    expect(queryConnections(open.db, { profileId: 'p1', sort: 'name', isDescending: false, limit: 5 }, ONLINE).total).toBe(230)
  })

  test('a reference is an id, a handle, or a slug with exactly one connection', () => {
    const context = { activeProfileId: 'p1', slugOf: (name: string) => (name === 'gh' ? 'github' : name) }
    const { handle } = open.db.get<{ handle: string }>("SELECT handle FROM connections WHERE connection_id = 'con_0001'") ?? { handle: '' }
    expect(resolveConnection(open.db, 'con_0001', context)).toBe('con_0001')
    expect(resolveConnection(open.db, handle.toUpperCase(), context)).toBe('con_0001')
    expect(() => resolveConnection(open.db, 'gh', context)).toThrow(expect.objectContaining({ code: 'connection.ambiguous' }))
    expect(() => resolveConnection(open.db, 'asana', context)).toThrow(expect.objectContaining({ code: 'connection.not_found' }))
    expect(() => resolveConnection(open.db, 'github/none', context)).toThrow(expect.objectContaining({ code: 'connection.not_found' }))
  })
})
