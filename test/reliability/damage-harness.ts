import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { StorageStatus } from '#shared/contract/backup'
import { PatchbayError } from '#shared/errors'
import { startCoreSession } from '#test/helpers/core-session'
import { CATALOGUE_FILE, eventually } from '#test/helpers/make-core'
import { openFolder } from '#test/helpers/open-folder'
import { readStored } from '#test/helpers/storage-ledger'
import { StorageWorkload } from '#test/helpers/storage-workload'
import { readImage, scratchFolder, writeImage, type FolderImage } from './folder-image.ts'
import type { Random } from './seeded-random.ts'

const FILE = 'patchbay.db'
const PAGE = 4096
const SECTOR = 512

/** A data folder to be damaged. */
export interface Specimen {
  readonly image: FolderImage
  /** The last note that was acknowledged in it. */
  readonly note: number
}

/** How many commits the database itself counts. */
const countIn = async (folder: string): Promise<number> => {
  const { db, close } = await openFolder(folder)
  const row = db.get<{ value: string }>("SELECT value FROM facts WHERE name = 'commit_count'")
  close()
  return Number(row?.value)
}

/** A folder after some work: folded together by an orderly stop, or as a kill leaves it, with its commits in the WAL. */
export const makeSpecimen = async (end: 'stopped' | 'killed', notes: number): Promise<Specimen> => {
  const place = scratchFolder()
  const folder = join(place, 'data')
  try {
    const session = await startCoreSession({ folder, catalogueFile: CATALOGUE_FILE })
    const workload = new StorageWorkload(session, () => {})
    await workload.begin()
    for (let note = 0; note < notes; note += 1) await workload.note()
    const copy = join(place, 'copy')
    // Another process reads the files: this one may have them open.
    const take = (): void => void execFileSync('sh', ['-c', 'rm -rf "$2" && cp -r "$1" "$2"', 'sh', folder, copy])
    if (end === 'stopped') {
      await session.stop()
      take()
    } else {
      await eventually(async () => {
        take()
        const image = readImage(copy)
        const isSettled = (await countIn(copy)) === (JSON.parse(image.get('hwm')?.toString() ?? '{}') as { commits?: number }).commits
        writeImage(copy, image)
        return isSettled
      })
      await session.stop()
    }
    return { image: readImage(copy), note: notes }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** What became of damage: `announced` by an error or by the state, `harmless` when everything reads as before, else `silent`. */
export type Outcome = 'announced' | 'harmless' | 'silent'

/** Reads everything in a folder: a digest of it, or what was announced. */
export type Reader = (folder: string) => Promise<{ readonly digest: string } | { readonly announced: string }>

const digestOf = (rows: (sql: string) => unknown[]): string => {
  const hash = createHash('sha256')
  const tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") as { name: string }[]
  hash.update(JSON.stringify(rows('SELECT type, name, sql FROM sqlite_schema ORDER BY name')))
  for (const { name } of tables) {
    if (name.includes('_fts')) continue
    for (const row of rows(`SELECT * FROM "${name}"`)) hash.update(JSON.stringify(row))
  }
  return hash.digest('hex')
}

/** Reads with the product's own code, every page and every row. */
export const readWithProduct: Reader = async (folder) => {
  try {
    const { db, close } = await openFolder(folder)
    try {
      const digest = digestOf((sql) => db.all(sql))
      const [check] = db.all<{ integrity_check: string }>('PRAGMA integrity_check(1)')
      return check?.integrity_check === 'ok' ? { digest } : { announced: String(check?.integrity_check) }
    } finally {
      close()
    }
  } catch (error) {
    return { announced: error instanceof PatchbayError ? error.code : String(error) }
  }
}

/** The same rows in a plain file of SQLite, without a MAC on its pages: what must not be used. */
export const plainSpecimen = async (specimen: Specimen): Promise<Specimen> => {
  const place = scratchFolder()
  try {
    writeImage(join(place, 'sealed'), specimen.image)
    const { db, close } = await openFolder(join(place, 'sealed'))
    const plain = new DatabaseSync(join(place, FILE))
    const tables = db.all<{ name: string; sql: string }>(
      // The parts of a full-text index are made with it; it is not what is looked at here.
      `SELECT made.name, made.sql FROM sqlite_schema AS made JOIN pragma_table_list AS listed ON listed.name = made.name
       WHERE listed.schema = 'main' AND listed.type = 'table' AND made.name NOT LIKE 'sqlite_%'`,
    )
    for (const { name, sql } of tables) {
      plain.exec(sql)
      for (const row of db.all(`SELECT * FROM "${name}"`)) {
        const columns = Object.keys(row)
        plain
          .prepare(
            `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(',')}) VALUES (${columns.map(() => '?').join(',')})`,
          )
          .run(...(Object.values(row) as null[]))
      }
    }
    close()
    plain.close()
    return { image: new Map([[FILE, readImage(place).get(FILE) ?? Buffer.alloc(0)]]), note: specimen.note }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Reads the plain file, with SQLite's own check of it. */
export const readPlain: Reader = (folder) => {
  try {
    const plain = new DatabaseSync(join(folder, FILE), { readOnly: true })
    try {
      const digest = digestOf((sql) => plain.prepare(sql).all())
      const check = plain.prepare('PRAGMA integrity_check(1)').get() as { integrity_check: string }
      return Promise.resolve(check.integrity_check === 'ok' ? { digest } : { announced: check.integrity_check })
    } finally {
      plain.close()
    }
  } catch (error) {
    return Promise.resolve({ announced: String(error) })
  }
}

/** Damages the database file in one of the ways in which disks do. Gives back what was done, in words. */
export const damageFile = (image: FolderImage, random: Random): { readonly image: FolderImage; readonly what: string } => {
  const original = image.get(FILE) ?? Buffer.alloc(0)
  const content = Buffer.from(original)
  const flip = (at: number): string => {
    content[at] = (content[at] ?? 0) ^ (1 << random.below(8))
    return `a bit of byte ${at} flipped`
  }
  const kind = random()
  const withFile = (file: Buffer, what: string) => ({ image: new Map(image).set(FILE, file), what })
  if (kind < 0.7) return withFile(content, flip(random.below(content.length)))
  if (kind < 0.78) return withFile(content, flip(random.below(100)))
  if (kind < 0.88) {
    const at = random.below(content.length / SECTOR) * SECTOR
    content.fill(0, at, at + SECTOR)
    return withFile(content, `sector at ${at} zeroed`)
  }
  const pages = content.length / PAGE
  const one = random.below(pages)
  if (kind < 0.95) {
    const other = (one + 1 + random.below(pages - 1)) % pages
    original.copy(content, one * PAGE, other * PAGE, (other + 1) * PAGE)
    original.copy(content, other * PAGE, one * PAGE, (one + 1) * PAGE)
    return withFile(content, `pages ${one} and ${other} swapped`)
  }
  const size = random.below(content.length)
  return withFile(content.subarray(0, size), `cut to ${size} bytes`)
}

export interface DamageReport {
  readonly damaged: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly silent: readonly string[]
}

/** Damages copies of a specimen and reads each. */
export const damageFiles = async (specimen: Specimen, times: number, random: Random, read: Reader): Promise<DamageReport> => {
  const folder = join(scratchFolder(), 'data')
  const outcomes = { announced: 0, harmless: 0, silent: 0 }
  const silent: string[] = []
  try {
    writeImage(folder, specimen.image)
    const whole = await read(folder)
    if (!('digest' in whole)) throw new Error(`The specimen itself cannot be read: ${whole.announced}`)
    for (let time = 0; time < times; time += 1) {
      const { image, what } = damageFile(specimen.image, random)
      writeImage(folder, image)
      const found = await read(folder)
      const outcome: Outcome = 'announced' in found ? 'announced' : found.digest === whole.digest ? 'harmless' : 'silent'
      outcomes[outcome] += 1
      if (outcome === 'silent') silent.push(what)
    }
    return { damaged: times, outcomes, silent }
  } finally {
    rmSync(join(folder, '..'), { recursive: true, force: true })
  }
}

/** What a whole core does with a damaged folder: how it says so, and whether the damaged file is still there. */
export const startOnDamage = async (
  image: FolderImage,
): Promise<{ readonly storage: StorageStatus; readonly note: number | null; readonly label: string | null; readonly isKept: boolean }> => {
  const place = scratchFolder()
  const folder = join(place, 'data')
  try {
    writeImage(folder, image)
    const session = await startCoreSession({ folder, catalogueFile: CATALOGUE_FILE })
    try {
      // A page may be found damaged while the status is put together: then that says so, and the next one is of the rescue.
      const status = await session.call<{ storage: StorageStatus }>('system.status').catch((error: unknown) => {
        if (error instanceof PatchbayError && error.code === 'storage.corrupt')
          return session.call<{ storage: StorageStatus }>('system.status')
        throw error
      })
      let row: { notes: string | null; label: string | null } | undefined
      if (status.storage.state === 'open') [row] = (await readStored(session).catch(() => null))?.connections ?? []
      const { storage } = await session.call<{ storage: StorageStatus }>('system.status')
      await session.stop()
      // A page that is found damaged late may have others written beside it; the file itself stays, whole in its length.
      const isKept = (readImage(folder).get(FILE)?.length ?? 0) >= (image.get(FILE)?.length ?? 0)
      return { storage, note: row === undefined ? null : Number(row.notes ?? 0), label: row?.label ?? null, isKept }
    } finally {
      await session.stop()
    }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** What may happen to the files beside a database. Commits that were in the WAL may be gone after each. */
export const damageWal = (
  image: FolderImage,
  other: FolderImage,
  random: Random,
): { readonly image: FolderImage; readonly what: string } => {
  const wal = Buffer.from(image.get(`${FILE}-wal`) ?? Buffer.alloc(0))
  const withWal = (content: Buffer, what: string) => ({ image: new Map(image).set(`${FILE}-wal`, content), what })
  const kind = random()
  if (kind < 0.4) {
    const size = random.below(wal.length)
    return withWal(wal.subarray(0, size), `WAL cut to ${size} bytes`)
  }
  if (kind < 0.8) {
    const at = random.below(wal.length)
    wal[at] = (wal[at] ?? 0) ^ (1 << random.below(8))
    return withWal(wal, `a bit of byte ${at} of the WAL flipped`)
  }
  if (kind < 0.87) {
    const without = new Map(image)
    without.delete(`${FILE}-wal`)
    return { image: without, what: 'WAL deleted' }
  }
  if (kind < 0.94) return withWal(other.get(`${FILE}-wal`) ?? Buffer.alloc(0), 'WAL of another database')
  const shm = Buffer.from(Array.from({ length: image.get(`${FILE}-shm`)?.length ?? 32_768 }, () => random.below(256)))
  return { image: new Map(image).set(`${FILE}-shm`, shm), what: 'garbage in -shm' }
}

export interface WalReport {
  readonly damaged: number
  readonly lossless: number
  readonly announced: number
  readonly faults: readonly string[]
}

/** What is in a folder after a start, and whether that start said that something is gone. */
export type WalReader = (
  image: FolderImage,
) => Promise<{ readonly note: number | null; readonly label: string | null; readonly isAnnounced: boolean }>

/** Starts a whole core and believes what its status says. */
export const readWithCore: WalReader = async (image) => {
  const { storage, note, label } = await startOnDamage(image)
  return { note, label, isAnnounced: storage.state === 'rescue' || storage.notice?.kind === 'rolled_back' }
}

/** Opens the database alone, as a build without a mark outside it would: it cannot know of what is gone. */
export const readWithoutMark: WalReader = async (image) => {
  const place = scratchFolder()
  try {
    writeImage(join(place, 'data'), image)
    const { db, close } = await openFolder(join(place, 'data'))
    const row = db.get<{ notes: string | null; label: string | null }>('SELECT notes, label FROM connections')
    close()
    return { note: Number(row?.notes ?? 0), label: row?.label ?? null, isAnnounced: false }
  } catch {
    return { note: null, label: null, isAnnounced: true }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Damages the WAL of a killed core again and again: what is left must be a whole earlier state, and every loss announced. */
export const damageWals = async (
  specimens: readonly [Specimen, Specimen],
  times: number,
  random: Random,
  read: WalReader,
): Promise<WalReport> => {
  const [specimen, other] = specimens
  let lossless = 0
  let announced = 0
  const faults: string[] = []
  for (let time = 0; time < times; time += 1) {
    const { image, what } = damageWal(specimen.image, other.image, random)
    const { note, label, isAnnounced } = await read(image)
    if (isAnnounced) announced += 1
    if (note === specimen.note) lossless += 1
    else if (!isAnnounced) faults.push(`${what}: note ${note} of ${specimen.note}, and nothing was said`)
    if (note !== null && note > 0 && label !== `L${note}`) faults.push(`${what}: note ${note} stands beside the label ${label}`)
  }
  return { damaged: times, lossless, announced, faults }
}
