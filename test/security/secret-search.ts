import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openDatabase } from '#core/database/open-database'
import { SILENT_LOG } from '#core/log'
import type { Platform } from '#core/platform'
import { Vault } from '#core/vault/vault'

/** A secret that was planted, by the name it is reported under. */
export interface Planted {
  readonly name: string
  readonly value: string
}

/** The forms in which a text can lie around: as it is, in base64 at each of three offsets, in hex, percent-encoded, in UTF-16. */
const formsOf = (value: string): readonly Buffer[] => {
  const bytes = Buffer.from(value)
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    // The characters at the ends depend on the neighbours; the middle is the secret's own.
    return text.slice(offset === 0 ? 0 : 4, -4)
  })
  const texts = [
    value,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    encodeURIComponent(value),
    [...value].reverse().join(''),
  ]
  return [...texts.filter((text) => text.length >= 8).map((text) => Buffer.from(text)), Buffer.from(value, 'utf16le')]
}

/** Where a planted secret was found, as `place: name`. */
export const searchBytes = (place: string, content: Buffer | string, planted: readonly Planted[]): string[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return planted.filter(({ value }) => formsOf(value).some((form) => bytes.includes(form))).map(({ name }) => `${place}: ${name}`)
}

/** Null where a host that lives has renamed or taken away the file meanwhile. */
const contentOf = (file: string): Buffer | null => {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Searches every file below a folder. */
export const searchFiles = (folder: string, planted: readonly Planted[]): { found: string[]; files: number } => {
  const found: string[] = []
  let files = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const content = contentOf(file)
    if (content === null) continue
    files += 1
    found.push(...searchBytes(`file ${relative(folder, file)}`, content, planted))
  }
  return { found, files }
}

/** Opens the database of a stopped host and searches every column of every table. */
export const searchTables = async (platform: Platform, planted: readonly Planted[]): Promise<{ found: string[]; cells: number }> => {
  const vault = new Vault({ platform, log: SILENT_LOG })
  await vault.open()
  const { db, close } = openDatabase({
    file: join(platform.dataFolder, 'patchbay.db'),
    key: vault.databaseKey(),
    now: Date.now,
    log: SILENT_LOG,
  })
  const found: string[] = []
  let cells = 0
  try {
    for (const { name } of db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
      for (const row of db.all<Record<string, unknown>>(`SELECT * FROM "${name}"`)) {
        for (const [column, value] of Object.entries(row)) {
          cells += 1
          const content = Buffer.isBuffer(value) ? value : String(value)
          found.push(...searchBytes(`table ${name}.${column}`, content, planted))
        }
      }
    }
  } finally {
    close()
    vault.lock()
  }
  return { found: [...new Set(found)], cells }
}
