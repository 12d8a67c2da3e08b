import { expect, test } from 'vitest'
import { insertConnection } from '#core/connections/connection-store'
import { RecentRemovals } from '#core/connections/recent-removals'
import { openMemoryDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { syncWithNango } from '#core/sync/nango-sync'
import { sampleConnection } from '#test/helpers/sample-connection'
import { json } from '../nango/local-servers.ts'
import { startScriptedNango } from '../nango/scripted-nango.ts'

const ROWS = 1_500

const listed = (index: number) => ({
  id: index + 1,
  connection_id: `n-${String(index).padStart(5, '0')}`,
  provider_config_key: 'github',
  provider: 'github',
  created: '2026-01-01T00:00:00.000Z',
  errors: [],
  end_user: null,
  tags: {},
  metadata: null,
})

test('a connection that is stored from elsewhere during a first look is not stored twice', async () => {
  const nango = await startScriptedNango(json(200, { connections: Array.from({ length: ROWS }, (_, index) => listed(index)) }))
  const open = openMemoryDatabase()
  try {
    const { db } = open
    let pauses = 0
    const pause = async (): Promise<void> => {
      pauses += 1
      if (pauses !== 3) return
      insertConnection(
        db,
        sampleConnection({
          connectionId: 'con_other',
          nangoConnectionId: listed(ROWS - 1).connection_id,
          nangoRowId: ROWS,
          label: 'Mine',
        }),
      )
    }
    const counts = await syncWithNango(
      {
        db,
        journal: createJournal(
          db,
          createEventBus(() => {}),
          Date.now,
        ),
        now: Date.now,
        connectorOf: () => ({ connectorId: 'github', authMode: 'OAUTH2' }),
        claim: () => ({ kind: 'foreign' }),
        serverOf: () => 'a server',
        removals: new RecentRemovals(() => 0),
        pause,
      },
      'p1',
      nango.client,
      { priority: 'person' },
    )
    expect(pauses).toBeGreaterThan(3)
    expect(counts).toMatchObject({ seen: ROWS, added: ROWS - 1 })
    expect(db.get('SELECT count(*) AS count FROM connections')).toEqual({ count: ROWS })
    expect(db.get("SELECT label FROM connections WHERE nango_connection_id = 'n-01499'")).toEqual({ label: 'Mine' })
  } finally {
    open.close()
    await nango.close()
  }
})
