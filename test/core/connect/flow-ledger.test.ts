import { afterEach, expect, test } from 'vitest'
import { insertFlow } from '#core/connect/flow-store'
import { Secret } from '#core/vault/secret'
import type { SecretReference } from '#core/vault/secret-vault'
import { makeFlow, openMemoryLedger } from '#test/helpers/memory-ledger'

const now = (): number => Date.parse('2026-01-01T00:00:00Z')
const { database, vault, ledger } = openMemoryLedger(now)
afterEach(() => database.close())

test('the session of a flow goes when the flow is cancelled', () => {
  insertFlow(database.db, makeFlow({ expiresAt: new Date(now()).toISOString() }))
  const session: SecretReference = { kind: 'flow-session', owner: 'flw_1', binding: 'github' }
  vault.put(session, new Secret('nango_connect_session_planted'))
  expect(vault.has(session)).toBe(true)
  ledger.end('flw_1', 'cancelled', null)
  expect(ledger.get('flw_1')?.state).toBe('cancelled')
  expect(vault.has(session)).toBe(false)
})
