import { acquireInstanceLock } from '#core/database/instance-lock'
import { openDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { createSecretVault } from '#core/vault/secret-vault'
import { Secret } from '#core/vault/secret'
import { Vault } from '#core/vault/vault'
import { createFakePlatform } from './fake-platform.ts'
import { join } from 'node:path'

// A host reduced to its storage: starts on a data folder, then writes one number after the other, and says each one once it is safe.
const folder = process.argv[2] ?? ''
process.stdout.write('loaded\n')
process.stdin.once('data', () => void run())

const run = async (): Promise<void> => {
  acquireInstanceLock(folder)
  const vault = new Vault({ platform: createFakePlatform({ folder, keySealers: [] }), log: SILENT_LOG })
  const status = await vault.open()
  if (status.state !== 'open') throw new Error(`The vault is ${status.state}: ${status.reason}`)
  const { db } = openDatabase({ file: join(folder, 'patchbay.db'), key: vault.databaseKey(), now: Date.now, log: SILENT_LOG })
  const secrets = createSecretVault(db, vault, Date.now)
  const reference = { kind: 'nango-key', owner: 'p1', binding: 'https://api.nango.dev' } as const
  const first = Number(db.get<{ value: string }>("SELECT value FROM facts WHERE name = 'last'")?.value ?? 0)
  const sealed = Number(secrets.open(reference)?.reveal() ?? 0)
  if (sealed !== first) throw new Error(`Half a transaction: ${sealed} and ${first}`)
  process.stdout.write(`began ${first}\n`)
  for (let number = first + 1; ; number++) {
    db.transaction(() => {
      db.run("INSERT INTO facts VALUES ('last', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", String(number))
      secrets.put(reference, new Secret(String(number)))
    })
    process.stdout.write(`kept ${number}\n`)
  }
}
