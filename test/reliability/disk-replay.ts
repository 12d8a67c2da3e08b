import { isAbsolute, join } from 'node:path'
import type { SimulatedDisk, SimulatedFile } from './simulated-disk.ts'
import { plainArgs, stringsOf, type SystemCall } from './strace-log.ts'

interface OpenFile {
  readonly file: SimulatedFile | null
  readonly folder: string | null
  readonly isAppending: boolean
  offset: number
}

const UNSUPPORTED = new Set([
  'dup',
  'dup2',
  'dup3',
  'sync_file_range',
  'fallocate',
  'copy_file_range',
  'sendfile',
  'pwritev',
  'pwritev2',
  'writev',
  'symlink',
  'symlinkat',
])

/** Does to a simulated disk what the calls of a recording did to a folder. */
export class DiskReplay {
  readonly #disk: SimulatedDisk
  readonly #root: string
  readonly #files = new Map<number, OpenFile>()

  constructor(disk: SimulatedDisk, root: string) {
    this.#disk = disk
    this.#root = root
  }

  /** What the program wrote to its standard output with this call, and whether the call changed the disk. */
  take(call: SystemCall): { readonly said: string | null; readonly hasChanged: boolean } {
    const { name, args, result } = call
    const fd = Number.parseInt(args, 10)
    if (result >= 0 && name === 'write' && fd === 1) return { said: stringsOf(args)[0]?.toString() ?? '', hasChanged: false }
    const open = this.#files.get(fd)
    if (result < 0) {
      if ((name === 'fsync' || name === 'fdatasync') && open?.file != null) this.#disk.failSync(open.file)
      return { said: null, hasChanged: false }
    }
    return { said: null, hasChanged: this.#change(call, fd, open) }
  }

  /** The paths that a call names, null for those outside the root. Some calls name them from a folder that is open. */
  #pathsOf(args: string): readonly (string | null)[] {
    const plain = plainArgs(args)
    const places = plain.flatMap((each, index) => (each === '""' ? [plain[index - 1] ?? 'AT_FDCWD'] : []))
    return stringsOf(args).map((bytes, index) => {
      const name = bytes.toString()
      const base = this.#files.get(Number.parseInt(places[index] ?? '', 10))?.folder
      const path = isAbsolute(name) || base == null ? name : join(base, name)
      return path === this.#root || path.startsWith(`${this.#root}/`) ? path : null
    })
  }

  #change({ name, args, result }: SystemCall, fd: number, open: OpenFile | undefined): boolean {
    const disk = this.#disk
    const paths = (): readonly (string | null)[] => this.#pathsOf(args)
    switch (name) {
      case 'open':
      case 'openat':
      case 'creat':
        return this.#open(args, name === 'creat', result)
      case 'close':
        this.#files.delete(fd)
        return false
      case 'lseek':
        if (open !== undefined) open.offset = result
        return false
      case 'write':
      case 'pwrite64': {
        if (open?.file == null) return false
        const bytes = (stringsOf(args)[0] ?? Buffer.alloc(0)).subarray(0, result)
        const at = name === 'pwrite64' ? Number(plainArgs(args)[3]) : open.isAppending ? open.file.size : open.offset
        if (name === 'write') open.offset = at + bytes.length
        disk.write(open.file, at, bytes)
        return true
      }
      case 'fsync':
      case 'fdatasync':
        if (open?.file != null) disk.sync(open.file)
        if (open?.folder != null) disk.syncFolder(open.folder)
        return open !== undefined
      case 'ftruncate':
        if (open?.file != null) disk.truncate(open.file, Number(plainArgs(args)[1]))
        return open !== undefined
      case 'truncate': {
        const [path] = paths()
        if (path != null) disk.truncate(disk.open(path, false), Number(plainArgs(args)[1]))
        return path != null
      }
      case 'mkdir':
      case 'mkdirat': {
        const [path] = paths()
        if (path != null) disk.makeFolder(path)
        return path != null
      }
      case 'unlink':
      case 'unlinkat':
      case 'rmdir': {
        const [path] = paths()
        if (path != null) disk.unlink(path)
        return path != null
      }
      case 'rename':
      case 'renameat':
      case 'renameat2':
      case 'link':
      case 'linkat': {
        const [from, to] = paths()
        if (from == null && to == null) return false
        if (from == null || to == null) throw new Error(`A ${name} leads across the edge of the folder.`)
        if (name.startsWith('link')) disk.link(from, to)
        else disk.rename(from, to)
        return true
      }
      default:
        if (open !== undefined && UNSUPPORTED.has(name)) throw new Error(`The replay does not know ${name} on a file.`)
        return false
    }
  }

  #open(args: string, isCreat: boolean, fd: number): boolean {
    this.#files.delete(fd)
    const [path] = this.#pathsOf(args)
    if (path == null) return false
    const isNew = isCreat || args.includes('O_CREAT')
    const isEmptied = isCreat || args.includes('O_TRUNC')
    const isChange = (isNew && !this.#disk.has(path)) || isEmptied
    if (this.#disk.isFolder(path)) {
      this.#files.set(fd, { file: null, folder: path, isAppending: false, offset: 0 })
      return false
    }
    const file = this.#disk.open(path, isNew)
    if (isEmptied && file.size > 0) this.#disk.truncate(file, 0)
    this.#files.set(fd, { file, folder: null, isAppending: args.includes('O_APPEND'), offset: 0 })
    return isChange
  }
}

/** Where in a folder a path of another one lies. */
export const movedTo = (path: string, from: string, to: string): string => join(to, path.slice(from.length))
