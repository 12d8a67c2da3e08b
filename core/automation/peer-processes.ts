import { closeSync, openSync, readlinkSync, readSync } from 'node:fs'
import { nativeCalls } from '../native-calls.ts'

/** A process as the system tells it, unclean: names are chosen by whoever started it. */
export interface ProcessReading {
  readonly parent: number
  /** Tells it from another process that gets its number later. */
  readonly startedAt: string
  /** The file that runs, as the process sees it; empty where it is not told, which other users' processes are not. */
  readonly path: string
  /** The name that the process gives itself. */
  readonly title: string
  /** Its command line, which it can rewrite. */
  readonly words: readonly string[]
  readonly folder: string
  /** Where its `/` is seen from here: empty where it is ours. */
  readonly root: string
  /** What opens the file that really runs, whatever lies at `path` by now. */
  readonly image: string
}

/** The beginning of a command line is enough: what runs is named there. */
const COMMAND_BYTES = 65_536

const quietly = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

const readBeginning = (file: string): string => {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(COMMAND_BYTES)
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(descriptor)
  }
}

const wordsOf = (text: string): readonly string[] => text.split('\0').slice(0, 4096)

/** Fields after the name, which may itself contain blanks and brackets: [1] is the parent, [19] the start in ticks since boot. */
const statOf = (pid: number): { readonly title: string; readonly fields: readonly string[] } => {
  const text = readBeginning(`/proc/${pid}/stat`)
  const end = text.lastIndexOf(')')
  return { title: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') }
}

const linuxProcess = (pid: number): ProcessReading => {
  const { title, fields } = statOf(pid)
  const folder = `/proc/${pid}`
  const namespace = (of: string): string => quietly(() => readlinkSync(`/proc/${of}/ns/mnt`), '')
  const own = namespace('self')
  const theirs = namespace(String(pid))
  return {
    parent: Number(fields[1]),
    startedAt: fields[19] ?? '',
    path: quietly(() => readlinkSync(`${folder}/exe`), ''),
    title,
    words: quietly(() => wordsOf(readBeginning(`${folder}/cmdline`)), []),
    folder: quietly(() => readlinkSync(`${folder}/cwd`), ''),
    root: own === theirs || theirs === '' ? '' : `${folder}/root`,
    image: `${folder}/exe`,
  }
}

/** The arguments in a block of KERN_PROCARGS2: their count, the path that was run, padding, then the words. */
export const wordsOfArgumentBlock = (block: Buffer): readonly string[] => {
  if (block.length < 4) return []
  const count = block.readUInt32LE()
  let at = block.indexOf(0, 4)
  if (at < 0) return []
  while (block[at] === 0) at += 1
  return wordsOf(block.toString('utf8', at, at + COMMAND_BYTES)).slice(0, count)
}

const darwinProcess = (pid: number): ProcessReading | null => {
  const told = nativeCalls()?.darwinProcess(pid) ?? null
  if (told === null) return null
  const { parent, startedAt, path, folder, argumentBlock } = told
  return { parent, startedAt, path, title: '', words: wordsOfArgumentBlock(argumentBlock), folder, root: '', image: path }
}

const readOnce = (pid: number): ProcessReading | null => {
  if (process.platform === 'linux') return quietly(() => linuxProcess(pid), null)
  return process.platform === 'darwin' ? darwinProcess(pid) : null
}

/** A process as it is now; null for one that is gone, changed while it was read, or is not told of. */
export const readProcess = (pid: number): ProcessReading | null => {
  if (!Number.isInteger(pid) || pid <= 0) return null
  const before = readOnce(pid)
  const after = readOnce(pid)
  return before !== null && after !== null && before.startedAt === after.startedAt && before.path === after.path ? after : null
}
