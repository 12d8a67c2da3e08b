import { join } from 'node:path'
import { openDatabase, type OpenDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { createFakePlatform } from './fake-platform.ts'

/** Opens the database of a data folder whose key is in a key file, with the product's own code. Throws what that throws. */
export const openFolder = async (folder: string): Promise<OpenDatabase> => {
  const vault = new Vault({ platform: createFakePlatform({ folder, keySealers: [] }), log: SILENT_LOG })
  const status = await vault.open()
  if (status.state !== 'open') throw new Error(`The vault is ${status.state}: ${status.reason}`)
  return openDatabase({ file: join(folder, 'patchbay.db'), key: vault.databaseKey(), now: Date.now, log: SILENT_LOG })
}

/** Reads every page; the first fault, or null. */
export const faultOfPages = async (folder: string): Promise<string | null> => {
  const database = await openFolder(folder)
  try {
    const [first] = database.db.all<{ integrity_check: string }>('PRAGMA integrity_check(1)')
    return first?.integrity_check === 'ok' ? null : (first?.integrity_check ?? 'no answer')
  } catch (error) {
    return String(error)
  } finally {
    database.close()
  }
}
