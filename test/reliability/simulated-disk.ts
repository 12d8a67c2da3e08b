import { dirname } from 'node:path'
import type { Random } from './seeded-random.ts'

const SECTOR = 512

type Change = { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer } | { readonly kind: 'truncate'; readonly size: number }

/** A file: what is safe on the disk, and what is only in memory, in order. */
interface Inode {
  safe: Buffer
  pending: Change[]
  size: number
}

type Entries = Map<string, Inode | 'folder'>

interface NameChange {
  readonly folders: readonly string[]
  readonly apply: (entries: Entries) => void
}

/** What a disk holds: files with their bytes, and folders. */
export interface DiskImage {
  readonly files: ReadonlyMap<string, Buffer>
  readonly folders: readonly string[]
}

const grown = (content: Buffer, size: number): Buffer =>
  content.length >= size ? content : Buffer.concat([content, Buffer.alloc(size - content.length)])

/** Changes the content where it is large enough, else a larger copy of it. */
const apply = (content: Buffer, change: Change): Buffer => {
  if (change.kind === 'truncate') return grown(content.subarray(0, change.size), change.size)
  const result = grown(content, change.at + change.bytes.length)
  change.bytes.copy(result, change.at)
  return result
}

/** The sectors of a write that reached the disk before the power went. */
const tear = (change: Extract<Change, { kind: 'write' }>, random: Random): Change[] => {
  const kept: Change[] = []
  const end = change.at + change.bytes.length
  for (let at = change.at; at < end;) {
    const next = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR)
    if (random.chance(0.5)) kept.push({ kind: 'write', at, bytes: change.bytes.subarray(at - change.at, next - change.at) })
    at = next
  }
  return kept
}

const STYLES = ['none', 'all', 'some', 'torn', 'first', 'last'] as const

/**
 * A disk that forgets at a power cut what was not synced: of the bytes any part, sector by sector and in any order; of the names
 * what came after some moment, as a journaling file system would. A name is safe once its folder was synced, not with its file.
 */
export class SimulatedDisk {
  readonly #names: Entries = new Map()
  readonly #safeNames: Entries = new Map()
  #nameChanges: NameChange[] = []

  /** A file or folder that was there before and is safe. */
  put(path: string, content: Buffer | 'folder'): void {
    const entry = content === 'folder' ? content : { safe: Buffer.from(content), pending: [], size: content.length }
    this.#names.set(path, entry)
    this.#safeNames.set(path, entry)
  }

  has(path: string): boolean {
    return this.#names.has(path)
  }

  isFolder(path: string): boolean {
    return this.#names.get(path) === 'folder'
  }

  /** The file of a path, made when it is not there. */
  open(path: string, isNew: boolean): Inode {
    const known = this.#names.get(path)
    if (known !== undefined && known !== 'folder') return known
    if (!isNew) throw new Error(`The recording opens ${path}, which nobody made.`)
    const inode: Inode = { safe: Buffer.alloc(0), pending: [], size: 0 }
    this.#rename([path], (entries) => void entries.set(path, inode))
    return inode
  }

  write(inode: Inode, at: number, bytes: Buffer): void {
    inode.pending.push({ kind: 'write', at, bytes })
    inode.size = Math.max(inode.size, at + bytes.length)
  }

  truncate(inode: Inode, size: number): void {
    inode.pending.push({ kind: 'truncate', size })
    inode.size = size
  }

  sync(inode: Inode): void {
    for (const change of inode.pending) inode.safe = apply(inode.safe, change)
    inode.pending = []
  }

  /** A sync that failed: what was to be written counts as clean from now on and never reaches the disk. */
  failSync(inode: Inode): void {
    inode.pending = []
  }

  syncFolder(folder: string): void {
    const last = this.#nameChanges.findLastIndex(({ folders }) => folders.includes(folder))
    for (const change of this.#nameChanges.splice(0, last + 1)) change.apply(this.#safeNames)
  }

  makeFolder(path: string): void {
    this.#rename([path], (entries) => void entries.set(path, 'folder'))
  }

  unlink(path: string): void {
    this.#rename([path], (entries) => void entries.delete(path))
  }

  link(from: string, to: string): void {
    this.#rename([to], (entries) => {
      const entry = entries.get(from)
      if (entry !== undefined) entries.set(to, entry)
    })
  }

  rename(from: string, to: string): void {
    this.#rename([from, to], (entries) => {
      for (const [path, entry] of Array.from(entries)) {
        if (path !== from && !path.startsWith(`${from}/`)) continue
        entries.delete(path)
        entries.set(to + path.slice(from.length), entry)
      }
    })
  }

  /** One of the disks that a power cut at this moment may leave; to be used before the recording goes on. */
  cut(random: Random): DiskImage {
    const names: Entries = new Map(this.#safeNames)
    for (const change of this.#nameChanges.slice(0, random.below(this.#nameChanges.length + 1))) change.apply(names)
    const style = random.pick(STYLES)
    const contents = new Map<Inode, Buffer>()
    const files = new Map<string, Buffer>()
    const folders: string[] = []
    for (const [path, entry] of names) {
      if (entry === 'folder') folders.push(path)
      else {
        const content = contents.get(entry) ?? this.#contentAfterCut(entry, style, random)
        contents.set(entry, content)
        files.set(path, content)
      }
    }
    return { files, folders }
  }

  #contentAfterCut(inode: Inode, style: (typeof STYLES)[number], random: Random): Buffer {
    const { pending } = inode
    const middle = random.below(pending.length + 1)
    let content = pending.length === 0 ? inode.safe : Buffer.from(inode.safe)
    for (const [index, change] of pending.entries()) {
      const isKept =
        style === 'all' ||
        (style === 'first' && index < middle) ||
        (style === 'last' && index >= middle) ||
        ((style === 'some' || style === 'torn') && random.chance(0.5))
      if (isKept) content = apply(content, change)
      else if (style === 'torn' && change.kind === 'write') for (const part of tear(change, random)) content = apply(content, part)
    }
    // The size of a file may be known to the disk before its bytes are.
    return style !== 'all' && random.chance(0.2) ? grown(content, inode.size) : content
  }

  #rename(paths: readonly string[], change: (entries: Entries) => void): void {
    change(this.#names)
    this.#nameChanges.push({ folders: paths.map((path) => dirname(path)), apply: change })
  }
}

export type SimulatedFile = Inode
