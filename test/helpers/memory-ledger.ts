import { randomBytes } from 'node:crypto'
import { createFlowLedger, type FlowLedger } from '#core/connect/flow-ledger'
import type { StoredFlow } from '#core/connect/flow-store'
import { freshSteps } from '#core/connect/record-step'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { createSecretVault, type SecretVault } from '#core/vault/secret-vault'

/** A ledger of flows over a database of its own in memory. */
export interface MemoryLedger {
  readonly database: OpenDatabase
  readonly vault: SecretVault
  readonly ledger: FlowLedger
}

/** Opens a ledger; whoever does closes its database. */
export const openMemoryLedger = (now: () => number): MemoryLedger => {
  const database = openMemoryDatabase()
  const { db } = database
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
  return { database, vault, ledger }
}

/** A flow of GitHub in the system browser that waits and has no page yet, but for what is given. */
export const makeFlow = (given: Partial<StoredFlow> = {}): StoredFlow => ({
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
  createdAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  expiresAt: null,
  error: null,
  cleanupUntil: null,
  steps: freshSteps(),
  reconnect: null,
  ...given,
})
