import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RecentRemovals } from '#core/connections/recent-removals'
import { type BulkFilter, taskFrom } from '#core/bulk/bulk-task'
import { bulkActions } from '#core/bulk/bulk-actions'
import { planBulk } from '#core/bulk/plan-bulk'
import { selectRows } from '#core/bulk/select-rows'
import type { ConnectionRow } from '#core/connections/connection-row'
import { insertConnection } from '#core/connections/connection-store'
import { indexForSearch } from '#core/connections/search-indexer'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { ConnectionGroup, ConnectionStatus, STATUSES_OF_GROUP } from '#shared/contract/connections'
import { sampleConnection } from '#test/helpers/sample-connection'

const seed = Number(process.env['PATCHBAY_TEST_SEED'] ?? Date.now() % 1_000_000_000)
const START = Date.parse('2026-01-01T00:00:00.000Z')
const at = (day: number): string => new Date(START + day * 86_400_000).toISOString()
const ONLINE = { lastCompletedAt: null, offlineSince: null }

describe(`choosing many connections (seed ${seed})`, () => {
  let open: OpenDatabase
  let rows: (ConnectionRow & { readonly search_text: string })[]
  const deps = () => ({ db: open.db, viewOf: () => ONLINE, resolve: (reference: string) => reference, pause: () => setImmediate() })

  beforeAll(() => {
    open = openMemoryDatabase()
    open.db.transaction(() => {
      for (let index = 0; index < 1500; index += 1) {
        const connectorId = ['github', 'slack', 'zoom'][index % 3] ?? 'github'
        insertConnection(
          open.db,
          sampleConnection({
            connectionId: `con_${String((index * 7919) % 10_007).padStart(5, '0')}`,
            profileId: index % 50 === 0 ? 'p2' : 'p1',
            connectorId,
            nangoConnectionId: index % 8 === 1 ? null : `n-${index}`,
            nangoRowId: index,
            authMode: index % 4 === 0 ? 'API_KEY' : 'OAUTH2',
            status: ConnectionStatus.options[index % 8] ?? 'connected',
            label: index % 5 === 0 ? null : `Label ${index % 11}`,
            createdAt: at(index % 100),
            at: at(0),
            isOurs: index % 10 === 0,
          }),
        )
      }
      open.db.run('UPDATE connections SET last_used_at = ? WHERE nango_row_id % 6 = 0', at(95))
    })
    indexForSearch(open.db, 900)
    rows = open.db.all<(typeof rows)[number]>('SELECT * FROM connections')
  })
  afterAll(() => open.close())

  const filters = fc.record(
    {
      connectorId: fc.constantFrom('github', 'slack', 'none'),
      statuses: fc.uniqueArray(fc.constantFrom(...ConnectionStatus.options), { minLength: 1 }),
      group: fc.constantFrom(...ConnectionGroup.options),
      isOurs: fc.boolean(),
      search: fc.constantFrom('label', 'label 7', '7', 'lack/lab', ''),
      unusedSince: fc.constantFrom(at(10), at(60), at(99)),
    },
    { requiredKeys: [] },
  )
  const isMatch =
    (filter: BulkFilter) =>
    (row: (typeof rows)[number]): boolean =>
      row.profile_id === 'p1' &&
      (filter.connectorId === undefined || row.connector_id === filter.connectorId) &&
      (filter.statuses === undefined || filter.statuses.includes(row.status)) &&
      (filter.group === undefined || STATUSES_OF_GROUP[filter.group].includes(row.status)) &&
      (filter.isOurs === undefined || (row.is_foreign === 0) === filter.isOurs) &&
      (filter.search ?? '').split(' ').every((word) => row.search_text.includes(word)) &&
      (filter.unusedSince === undefined ||
        (row.created_at < filter.unusedSince && (row.last_used_at ?? row.created_at) < filter.unusedSince))

  test('every connection that a filter means comes once, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const found: string[] = []
        for await (const page of selectRows(deps(), 'p1', { kind: 'filter', filter, expectedTotal: null }))
          found.push(...page.map(({ connectionId }) => connectionId))
        expect(new Set(found).size).toBe(found.length)
        expect(found.toSorted()).toEqual(
          rows
            .filter(isMatch(filter))
            .map((row) => row.connection_id)
            .toSorted(),
        )
      }),
      { seed, numRuns: 60 },
    )
  })

  test('a plan counts each exactly once: done, unchanged or refused', async () => {
    const unused = (): never => {
      throw new Error('A plan asks nobody.')
    }
    const actions = bulkActions({
      db: open.db,
      journal: { commit: unused },
      clientFor: unused,
      cancelFlowOf: unused,
      removals: new RecentRemovals(unused),
      now: Date.now,
      refresh: unused,
      verify: unused,
      revoke: unused,
    })
    await fc.assert(
      fc.asyncProperty(filters, fc.constantFrom('refresh', 'label', 'tag', 'remove', 'export'), async (filter, name) => {
        const task = taskFrom({ action: name, label: 'Label 7', tagMode: 'add', tags: { a: 'b' }, forgetOnly: false, revoke: false })
        const action = actions[name]
        const plan = await planBulk(deps(), { profileId: 'p1', task, action, selection: { kind: 'filter', filter, expectedTotal: null } })
        const meant = rows.filter(isMatch(filter))
        expect(plan.total).toBe(meant.length)
        expect(plan.willDo + plan.unchanged + plan.refused.reduce((sum, { count }) => sum + count, 0)).toBe(plan.total)
        if (name === 'refresh') {
          expect(plan.refused.find(({ code }) => code === 'connection.pending')?.count ?? 0).toBe(
            meant.filter((row) => row.nango_connection_id === null).length,
          )
          expect(plan.unchanged).toBe(meant.filter((row) => row.nango_connection_id !== null && row.auth_mode === 'API_KEY').length)
        }
        if (name === 'label') expect(plan.unchanged).toBe(meant.filter((row) => row.label === 'Label 7').length)
      }),
      { seed, numRuns: 30 },
    )
  })
})
