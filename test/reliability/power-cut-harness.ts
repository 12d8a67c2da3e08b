import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleProgram, CHECKPOINTS_OFTEN, type Weakness } from '#test/helpers/bundle-program'
import { startCoreSession } from '#test/helpers/core-session'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { faultOfPages } from '#test/helpers/open-folder'
import { readAudited, readStored, type StorageLedger } from '#test/helpers/storage-ledger'
import { DiskReplay, movedTo } from './disk-replay.ts'
import { scratchFolder } from './folder-image.ts'
import type { Random } from './seeded-random.ts'
import { SimulatedDisk, type DiskImage } from './simulated-disk.ts'
import { readStrace, TRACED_CALLS, type SystemCall } from './strace-log.ts'

const run = promisify(execFile)

/** What a core did to its data folder, call by call. */
export interface Recording {
  readonly folder: string
  /** The folder before. */
  readonly before: DiskImage
  readonly calls: readonly SystemCall[]
}

/** What a run of power cuts brought. */
export interface PowerCutReport {
  readonly cuts: number
  readonly changes: number
  readonly faults: readonly string[]
}

const readFolder = (folder: string): DiskImage => {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const isFolder = (path: string): boolean => statSync(path).isDirectory()
  return {
    folders: names.filter(isFolder),
    files: new Map(names.filter((path) => statSync(path).isFile()).map((path) => [path, readFileSync(path)])),
  }
}

/** Lives of a core on one folder, each recorded by strace: the first one from nothing, each so many steps long. */
export const recordLives = async (steps: readonly number[], weaknesses: readonly Weakness[] = []): Promise<Recording[]> => {
  const program = await bundleProgram('storage-host', [...CHECKPOINTS_OFTEN, ...weaknesses])
  const place = scratchFolder()
  const folder = join(place, 'data')
  mkdirSync(folder, { mode: 0o700 })
  const log = join(place, 'strace.log')
  try {
    const recordings: Recording[] = []
    for (const count of steps) {
      const before = readFolder(folder)
      const traced = ['-f', '-xx', '-s', '100000000', '-o', log, '-e', `trace=${TRACED_CALLS.join(',')}`]
      // Writes through io_uring would not be seen.
      const env = { ...process.env, UV_USE_IO_URING: '0' }
      await run('strace', [...traced, process.execPath, program.file, folder, CATALOGUE_FILE, String(count)], { env, maxBuffer: 1e9 })
      recordings.push({ folder, before, calls: [...readStrace(readFileSync(log, 'latin1'))] })
    }
    return recordings
  } finally {
    program.remove()
    rmSync(place, { recursive: true, force: true })
  }
}

const putOnDisk = (image: DiskImage, from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const path of [...image.folders].sort()) mkdirSync(movedTo(path, from, to), { recursive: true, mode: 0o700 })
  for (const [path, content] of image.files) writeFileSync(movedTo(path, from, to), content, { mode: 0o600 })
}

/** Starts a core on what a cut left, compares, and reads every page. */
const inspect = async (folder: string, ledger: StorageLedger): Promise<string[]> => {
  let session
  try {
    session = await startCoreSession({ folder, catalogueFile: CATALOGUE_FILE })
  } catch (error) {
    return [`does not start: ${String(error)}`]
  }
  const faults: string[] = []
  try {
    faults.push(...ledger.compare(await readStored(session)), ...ledger.compareAudit(await readAudited(session)))
  } catch (error) {
    faults.push(`cannot be read: ${String(error)}`)
  } finally {
    await session.stop()
  }
  const fault = await faultOfPages(folder).catch(String)
  return fault === null ? faults : [...faults, `corrupt: ${fault}`]
}

const diskBefore = ({ folder, before }: Recording): SimulatedDisk => {
  const disk = new SimulatedDisk()
  disk.put(folder, 'folder')
  for (const path of before.folders) disk.put(path, 'folder')
  for (const [path, content] of before.files) disk.put(path, content)
  return disk
}

/** Cuts the power at random moments of a recording, and has a core start on each disk that is left. The ledger knows the lives before. */
export const cutPower = async (recording: Recording, cuts: number, random: Random, ledger: StorageLedger): Promise<PowerCutReport> => {
  const { folder, calls } = recording
  const probe = new DiskReplay(diskBefore(recording), folder)
  const changing = calls.flatMap((call, index) => (probe.take(call).hasChanged ? [index] : []))
  const moments = Array.from({ length: cuts }, () => random.pick(changing)).sort((a, b) => a - b)

  const disk = diskBefore(recording)
  const replay = new DiskReplay(disk, folder)
  const place = scratchFolder()
  const faults: string[] = []
  let next = 0
  let said = ''
  try {
    for (const [index, call] of calls.entries()) {
      const { said: text } = replay.take(call)
      const lines = (said + (text ?? '')).split('\n')
      said = lines.pop() ?? ''
      for (const line of lines) ledger.hear(line)
      for (; moments[next] === index; next += 1) {
        const target = join(place, 'data')
        putOnDisk(disk.cut(random), folder, target)
        faults.push(...(await inspect(target, ledger)).map((fault) => `cut ${next} at call ${index}: ${fault}`))
      }
    }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  return { cuts, changes: changing.length, faults }
}

const OPENING = 'core/database/open-database.ts'

/** A build with SQLite's usual setting for a WAL, which syncs at checkpoints alone. */
export const SYNCS_LESS: readonly Weakness[] = [
  { file: OPENING, from: 'synchronous = FULL', to: 'synchronous = NORMAL' },
  { file: OPENING, from: 'synchronous: 2', to: 'synchronous: 1' },
]

/** A build that leaves it all to the operating system. */
export const SYNCS_NEVER: readonly Weakness[] = [
  { file: OPENING, from: 'synchronous = FULL', to: 'synchronous = OFF' },
  { file: OPENING, from: 'synchronous: 2', to: 'synchronous: 0' },
]

/** A build that syncs neither its files nor their folders. */
export const SYNCS_NO_FILES: readonly Weakness[] = [{ file: 'core/database/durable-file.ts', from: 'fsyncSync(handle)', to: 'void handle' }]
