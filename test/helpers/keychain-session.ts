import { createNodeKeychain } from '#core/node-keychain'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { createFakePlatform } from './fake-platform.ts'

// Runs inside a session bus of its own: opens a vault with this desktop's real keychain and prints what became of it.
const folder = process.argv[2] ?? ''
const keychain = createNodeKeychain({ environment: process.env, isHeadless: true })
const keySealers = keychain === null ? [] : [keychain]
const vault = new Vault({ platform: createFakePlatform({ folder, keySealers, environment: {} }), log: SILENT_LOG })
const status = await vault.open()
const key = status.state === 'open' ? Buffer.from(vault.databaseKey()).toString('hex') : null
process.stdout.write(`${JSON.stringify({ ...status, key })}\n`)
