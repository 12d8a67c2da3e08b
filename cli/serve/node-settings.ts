import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { syncFolder } from '#core/database/durable-file'
import { withStorageErrors } from '#core/database/storage-error'
import type { SettingsFile } from '#core/platform'
import { DEFAULT_SETTINGS, Settings } from '#shared/contract/settings'

type ConfModule = typeof import('conf')

// `conf` takes a quarter of a second to load, which a host that only reads its preferences should not spend at its start.
const loadConf = (): ConfModule => createRequire(import.meta.url)('conf') as ConfModule

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const parse = (text: string): { readonly settings: Settings; readonly isWhole: boolean; readonly isReadable: boolean } => {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    content = null
  }
  if (!isRecord(content)) return { settings: DEFAULT_SETTINGS, isWhole: false, isReadable: false }
  const stored = content
  const bad = Object.entries(Settings.shape).filter(([name, schema]) => name in stored && !schema.safeParse(stored[name]).success)
  const good = Object.fromEntries(
    Object.keys(Settings.shape).flatMap((name) =>
      bad.some(([other]) => other === name) || !(name in stored) ? [] : [[name, stored[name]]],
    ),
  )
  return { settings: Settings.parse({ ...DEFAULT_SETTINGS, ...good }), isWhole: bad.length === 0, isReadable: true }
}

/**
 * `settings.json` in the data folder, in the format that `conf` and electron-store share. What is not understood counts as not
 * chosen; before such a file is written over, it is kept as `settings.json.bad`.
 */
export const openNodeSettings = (dataFolder: string): SettingsFile => {
  const file = join(dataFolder, 'settings.json')

  const load = (): ReturnType<typeof parse> => {
    try {
      return parse(readFileSync(file, 'utf8'))
    } catch {
      return { settings: DEFAULT_SETTINGS, isWhole: true, isReadable: true }
    }
  }

  const keepBad = (): void => {
    copyFileSync(file, `${file}.bad`)
    if (process.platform !== 'win32') chmodSync(`${file}.bad`, 0o600)
  }

  return {
    read: () => load().settings,
    write: (change) =>
      withStorageErrors({ file: 'settings.json' }, () => {
        const { settings, isWhole, isReadable } = load()
        if (!isWhole) keepBad()
        if (!isReadable) writeFileSync(file, '{}', { mode: 0o600 })
        const next = Settings.parse({ ...settings, ...change })
        const { default: Conf } = loadConf()
        const store = new Conf<Record<string, unknown>>({ cwd: dataFolder, configName: 'settings', configFileMode: 0o600 })
        // Keys of the other host, such as where its window was, stay.
        store.set(next)
        // The content is safe with that, its new name only now.
        syncFolder(dataFolder)
        return next
      }),
  }
}
