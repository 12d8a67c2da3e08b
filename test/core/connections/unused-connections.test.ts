import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryConnections } from '#core/connections/connection-query'
import { insertConnection } from '#core/connections/connection-store'
import { indexForSearch } from '#core/connections/search-indexer'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { ConnectionSort } from '#shared/contract/connections'
import { sampleConnection } from '#test/helpers/sample-connection'

const START = Date.parse('2026-01-01T00:00:00.000Z')
const DAY = 86_400_000
const ONLINE = { lastCompletedAt: null, offlineSince: null }
const at = (day: number): string => new Date(START + day * DAY).toISOString()

describe('connections that were not used for long', () => {
  let open: OpenDatabase
  beforeAll(() => {
    open = openMemoryDatabase()
    open.db.transaction(() => {
      for (let index = 0; index < 2400; index += 1) {
        const connectorId = index % 2 === 0 ? 'github' : 'slack'
        insertConnection(
          open.db,
          sampleConnection({
            connectionId: `con_${String(index).padStart(5, '0')}`,
            connectorId,
            nangoConnectionId: `n-${index}`,
            nangoRowId: index,
            status: index % 3 === 0 ? 'attention' : 'connected',
            label: `Label ${index % 97}`,
            createdAt: at(index % 200),
            at: at(0),
            isOurs: index % 5 === 0,
          }),
        )
      }
      open.db.run('UPDATE connections SET last_used_at = ? WHERE nango_row_id % 7 = 0', at(199))
      open.db.run('UPDATE connections SET last_used_at = ? WHERE nango_row_id % 7 = 1', at(60))
    })
    while (indexForSearch(open.db));
  })
  afterAll(() => open.close())

  const all = (query: Partial<Parameters<typeof queryConnections>[1]>): string[] => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = queryConnections(open.db, { profileId: 'p1', sort: 'status', isDescending: false, limit: 170, ...query, cursor }, ONLINE)
      ids.push(...page.rows.map((row) => row.connection_id))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return ids
  }
  const unused = (day: number, isIn: (index: number) => boolean = () => true): string[] =>
    Array.from({ length: 2400 }, (_, index) => index)
      .filter((index) => {
        const used = index % 7 === 0 ? 199 : index % 7 === 1 ? 60 : -1
        return index % 200 < day && used < day && isIn(index)
      })
      .map((index) => `con_${String(index).padStart(5, '0')}`)

  test.each(ConnectionSort.options.flatMap((sort) => [[sort, false] as const, [sort, true] as const]))(
    'come exactly once, many or few, in the order %s, descending %s',
    (sort, isDescending) => {
      for (const day of [3, 90, 180]) {
        expect(all({ sort, isDescending, unusedSince: at(day) }).toSorted()).toEqual(unused(day))
        expect(
          all({ sort, isDescending, unusedSince: at(day), connectorId: 'slack', statuses: ['attention'], isOurs: true }).toSorted(),
        ).toEqual(unused(day, (index) => index % 2 === 1 && index % 3 === 0 && index % 5 === 0))
      }
    },
  )

  test('are found by words too, short and long', () => {
    for (const search of ['label 13', '13', 'label'])
      expect(all({ search, unusedSince: at(90) }).toSorted()).toEqual(
        unused(90, (index) =>
          `label ${index % 97} ${index % 2 === 0 ? 'github' : 'slack'}/label-${index % 97}`.includes(search.replace('label ', '')),
        ),
      )
  })

  test('are sorted as asked where they are few; a place in them or a cursor of another list is refused', () => {
    const few = all({ sort: 'createdAt', isDescending: true, unusedSince: at(20) })
    const times = few.map((id) => Number(id.slice(4)) % 200)
    expect(times).toEqual(times.toSorted((left, right) => right - left))
    const query = { profileId: 'p1', sort: 'status', isDescending: false, limit: 5, unusedSince: at(180) } as const
    expect(() => queryConnections(open.db, { ...query, at: 3 }, ONLINE)).toThrow()
    const { nextCursor, total } = queryConnections(open.db, query, ONLINE)
    expect(total).toBeNull()
    expect(() => queryConnections(open.db, { ...query, unusedSince: undefined, cursor: nextCursor ?? '' }, ONLINE)).toThrow(/moved on/)
  })
})
