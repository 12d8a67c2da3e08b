import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertConnection } from '#core/connections/connection-store'
import { createRefresher } from '#core/connections/refresh-connection'
import { createRenewals } from '#core/connections/renewals'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { PatchbayError } from '#shared/errors'
import { sampleConnection } from '#test/helpers/sample-connection'
import { json } from '../nango/local-servers.ts'
import { type ScriptedNango, startScriptedNango } from '../nango/scripted-nango.ts'

const CONNECTION = {
  id: 1,
  connection_id: 'n-1',
  provider_config_key: 'github',
  provider: 'github',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  metadata: null,
  connection_config: {},
  tags: {},
  errors: [],
  end_user: null,
  credentials: { type: 'OAUTH2', access_token: 'a', expires_at: '2026-03-01T00:00:00.000Z', raw: {} },
}

let nango: ScriptedNango
let open: OpenDatabase

beforeAll(async () => {
  nango = await startScriptedNango(json(200, CONNECTION))
  open = openMemoryDatabase()
  insertConnection(
    open.db,
    sampleConnection({
      connectionId: 'con_1',
    }),
  )
})
afterAll(async () => {
  open.close()
  await nango.close()
})

test('refreshes of one connection at once are one call at Nango, and a person does not go without for the limit that others reached', async () => {
  const { db } = open
  const others = Promise.withResolvers<never>()
  const clients = [() => others.promise, async () => nango.client]
  const refresh = createRefresher({
    db,
    journal: createJournal(
      db,
      createEventBus(() => {}),
      Date.now,
    ),
    clientFor: async () => (clients.shift() ?? (async () => nango.client))(),
    now: Date.now,
    renewals: createRenewals({ openFlowOf: () => null, renewed: async () => {} }),
  })
  const bulk = refresh('con_1', false, { priority: 'bulk' })
  const second = refresh('con_1', false, { priority: 'bulk' })
  const people = [refresh('con_1', false), refresh('con_1', false)]
  others.reject(new PatchbayError('nango.rate_limited', { data: { isHeldBack: true, retryInMs: 60_000 } }))
  await expect(bulk).rejects.toMatchObject({ code: 'nango.rate_limited' })
  await expect(second).rejects.toMatchObject({ code: 'nango.rate_limited' })
  expect(await Promise.all(people)).toEqual(['nothing_to_refresh', 'nothing_to_refresh'])
  const forced = nango.seen.filter(({ url }) => url.includes('force_refresh=true'))
  expect(forced).toHaveLength(1)
})
