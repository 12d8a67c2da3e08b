import { join } from 'node:path'
import { openBeside, openDatabase, verifyDatabase, type OpenDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import { Vault } from '#core/vault/vault'
import { createFakePlatform, type FakePlatform } from './fake-platform.ts'

const keyOf = async (folder: string, platform = createFakePlatform({ folder, keySealers: [] })): Promise<Uint8Array> => {
  const vault = new Vault({ platform, log: SILENT_LOG })
  const status = await vault.open()
  if (status.state !== 'open') throw new Error(`The vault is ${status.state}: ${status.reason}`)
  return vault.databaseKey()
}

/** Opens the database of a data folder whose key is in a key file, with the product's own code. Throws what that throws. */
export const openFolder = async (folder: string): Promise<OpenDatabase> =>
  openDatabase({ file: join(folder, 'patchbay.db'), key: await keyOf(folder), now: Date.now, log: SILENT_LOG })

/** Reads the database that a host on this platform has open. */
export const openFolderBeside = async (platform: FakePlatform) =>
  openBeside(join(platform.dataFolder, 'patchbay.db'), await keyOf(platform.dataFolder, platform), { readonly: true })

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

/** Why a backup in a data folder cannot be used, or null; every page of it is read. */
export const faultOfBackup = async (folder: string, name: string): Promise<string | null> => {
  try {
    // SQLite takes an empty file for an empty database.
    return verifyDatabase(join(folder, 'backups', name), await keyOf(folder)) > 0 ? null : 'there is no schema in it'
  } catch (error) {
    return String(error)
  }
}
