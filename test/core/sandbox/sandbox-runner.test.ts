import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openMemoryDatabase } from '#core/database/open-database'
import { createLog } from '#core/log'
import { SandboxRunner } from '#core/sandbox/sandbox-runner'
import { createSecretVault } from '#core/vault/secret-vault'

test('a sandbox whose profile was removed writes nothing more, not even at its end', async () => {
  const database = openMemoryDatabase()
  const key = randomBytes(32)
  const vault = createSecretVault(database.db, { keyId: 'k1', secretsKey: () => key }, Date.now)
  const log = createLog(
    () => 'error',
    () => {},
    Date.now,
  )
  const runner = new SandboxRunner({ vault, log, now: Date.now })
  await runner.ensureRunning('p1')
  expect(vault.has({ kind: 'sandbox-state', owner: 'p1', binding: 'sandbox' })).toBe(true)
  const stopped = runner.forget('p1')
  vault.removeOwner('p1')
  await stopped
  expect(database.db.all('SELECT kind FROM secrets')).toEqual([])
  database.close()
})
