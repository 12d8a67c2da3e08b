import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { createFlowLedger } from '#core/connect/flow-ledger'
import { insertFlow } from '#core/connect/flow-store'
import { freshSteps } from '#core/connect/record-step'
import { openMemoryDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { Secret } from '#core/vault/secret'
import { createSecretVault, type SecretReference } from '#core/vault/secret-vault'

const database = openMemoryDatabase()
afterEach(() => database.close())

test('the session of a flow goes when the flow is cancelled', () => {
  const { db } = database
  const now = (): number => Date.parse('2026-01-01T00:00:00Z')
  const key = randomBytes(32)
  const vault = createSecretVault(db, { keyId: 'k1', secretsKey: () => key }, now)
  const bus = createEventBus((error) => {
    throw error
  })
  const ledger = createFlowLedger({
    log: SILENT_LOG,
    db,
    vault,
    now,
    journal: createJournal(db, bus, now),
    nameOf: (name) => name,
    connectorOf: (provider) => ({ connectorId: provider, authMode: 'OAUTH2' }),
    onOver: () => {},
  })
  const at = new Date(now()).toISOString()
  insertFlow(db, {
    flowId: 'flw_1',
    profileId: 'env',
    connectionId: 'con_1',
    connectorId: 'github',
    integrationId: 'github',
    label: null,
    via: 'browser',
    page: 'provider',
    anyOf: [],
    state: 'waiting',
    params: {},
    scopes: null,
    createdAt: at,
    endedAt: null,
    expiresAt: at,
    error: null,
    cleanupUntil: null,
    steps: freshSteps(),
  })
  const session: SecretReference = { kind: 'flow-session', owner: 'flw_1', binding: 'github' }
  vault.put(session, new Secret('nango_connect_session_planted'))
  expect(vault.has(session)).toBe(true)
  ledger.end('flw_1', 'cancelled', null)
  expect(ledger.get('flw_1')?.state).toBe('cancelled')
  expect(vault.has(session)).toBe(false)
})
