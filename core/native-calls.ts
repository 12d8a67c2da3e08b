import { closeSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { LibraryHandle } from 'koffi'

/** Who made a connection, as the system tells it. */
export interface SocketPeer {
  readonly pid: number
  readonly uid: number
}

/** What macOS tells about a process. */
export interface DarwinProcess {
  readonly parent: number
  readonly startedAt: string
  readonly path: string
  readonly folder: string
  /** As `sysctl` with KERN_PROCARGS2 writes it. */
  readonly argumentBlock: Buffer
}

/** Calls of the system that Node has no words for. None of them throws. */
export interface NativeCalls {
  /** The process at the other end of a connected unix socket; null where the system does not tell. */
  readonly peerOf: (descriptor: number) => SocketPeer | null
  /** Whether `pid` is still the process that made the connection, not another that got its number; null where it cannot be told. */
  readonly isStillPeer: (descriptor: number, pid: number) => boolean | null
  /** No process of the same user may read this one's memory or environment from now on. False where that cannot be had. */
  readonly forbidReading: () => boolean
  /** A crash leaves no image of the memory on the disk. */
  readonly forbidCoreFiles: () => boolean
  /** macOS alone; null elsewhere, and for a process that is gone. */
  readonly darwinProcess: (pid: number) => DarwinProcess | null
}

const SOL_SOCKET = 1
const SO_PEERCRED = 17
/** Linux 6.5 and later. */
const SO_PEERPIDFD = 77
const ENOPROTOOPT = 92
const NOBODY = 0xffff_ffff
const PR_SET_DUMPABLE = 4
const RLIMIT_CORE = 4

const SOL_LOCAL = 0
const LOCAL_PEERPID = 2
const PROC_PIDTBSDINFO = { flavour: 3, bytes: 136, parentAt: 16, startedAt: 120 }
const PROC_PIDVNODEPATHINFO = { flavour: 9, bytes: 2352, folderAt: 152, folderBytes: 1024 }
const PATH_BYTES = 4096
const KERN_PROCARGS2 = [1, 49] as const
/** Where the arguments of a process are longer, their beginning is enough. */
const ARGUMENT_BYTES = 262_144

type Option = (descriptor: number, level: number, name: number, bytes: number) => Buffer | null

const optionReader = (library: LibraryHandle): Option => {
  const getsockopt = library.func('int getsockopt(int descriptor, int level, int name, void *value, void *length)')
  return (descriptor, level, name, bytes) => {
    const value = Buffer.alloc(bytes)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes)
    return getsockopt(descriptor, level, name, value, length) === 0 && length.readUInt32LE() === bytes ? value : null
  }
}

const coreFileForbidder = (library: LibraryHandle): (() => boolean) => {
  const setrlimit = library.func('int setrlimit(int resource, void *limits)')
  return () => setrlimit(RLIMIT_CORE, Buffer.alloc(16)) === 0
}

const linuxCalls = (library: LibraryHandle, errno: () => number): NativeCalls => {
  const option = optionReader(library)
  const prctl = library.func('int prctl(int option, ulong a, ulong b, ulong c, ulong d)')
  return {
    peerOf: (descriptor) => {
      const value = option(descriptor, SOL_SOCKET, SO_PEERCRED, 12)
      if (value === null || value.readUInt32LE(4) === NOBODY) return null
      return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4) }
    },
    isStillPeer: (descriptor, pid) => {
      const value = option(descriptor, SOL_SOCKET, SO_PEERPIDFD, 4)
      if (value === null) return errno() === ENOPROTOOPT ? null : false
      const handle = value.readInt32LE()
      try {
        return Number(/^Pid:\s*(-?\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${handle}`, 'latin1'))?.[1]) === pid
      } catch {
        return null
      } finally {
        closeSync(handle)
      }
    },
    forbidReading: () => prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) === 0,
    forbidCoreFiles: coreFileForbidder(library),
    darwinProcess: () => null,
  }
}

const textUntilNull = (buffer: Buffer): string => {
  const end = buffer.indexOf(0)
  return buffer.toString('utf8', 0, end < 0 ? buffer.length : end)
}

const darwinCalls = (library: LibraryHandle): NativeCalls => {
  const option = optionReader(library)
  const getpeereid = library.func('int getpeereid(int descriptor, void *user, void *group)')
  const pidinfo = library.func('int proc_pidinfo(int pid, int flavour, uint64_t argument, void *buffer, int bytes)')
  const pidpath = library.func('int proc_pidpath(int pid, void *buffer, uint32_t bytes)')
  const sysctl = library.func('int sysctl(void *name, uint count, void *old, void *oldBytes, void *next, size_t nextBytes)')

  const infoOf = (pid: number, { flavour, bytes }: { readonly flavour: number; readonly bytes: number }): Buffer | null => {
    const buffer = Buffer.alloc(bytes)
    return pidinfo(pid, flavour, 0, buffer, bytes) === bytes ? buffer : null
  }
  const argumentsOf = (pid: number): Buffer => {
    const name = Buffer.alloc(12)
    for (const [index, word] of [...KERN_PROCARGS2, pid].entries()) name.writeInt32LE(word, 4 * index)
    const block = Buffer.alloc(ARGUMENT_BYTES)
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(BigInt(block.length))
    return sysctl(name, 3, block, bytes, null, 0) === 0 ? block.subarray(0, Number(bytes.readBigUInt64LE())) : Buffer.alloc(0)
  }

  return {
    peerOf: (descriptor) => {
      const user = Buffer.alloc(4)
      if (getpeereid(descriptor, user, Buffer.alloc(4)) !== 0) return null
      const pid = option(descriptor, SOL_LOCAL, LOCAL_PEERPID, 4)
      return { pid: pid?.readInt32LE() ?? 0, uid: user.readUInt32LE() }
    },
    isStillPeer: () => null,
    forbidReading: () => false,
    forbidCoreFiles: coreFileForbidder(library),
    darwinProcess: (pid) => {
      const info = infoOf(pid, PROC_PIDTBSDINFO)
      const path = Buffer.alloc(PATH_BYTES)
      if (info === null || pidpath(pid, path, path.length) <= 0) return null
      const { folderAt, folderBytes } = PROC_PIDVNODEPATHINFO
      const folders = infoOf(pid, PROC_PIDVNODEPATHINFO)
      return {
        parent: info.readUInt32LE(PROC_PIDTBSDINFO.parentAt),
        startedAt: info.toString('hex', PROC_PIDTBSDINFO.startedAt),
        path: textUntilNull(path),
        folder: folders === null ? '' : textUntilNull(folders.subarray(folderAt, folderAt + folderBytes)),
        argumentBlock: argumentsOf(pid),
      }
    },
  }
}

/** Processors whose Linux numbers the calls as above. */
const USUAL = ['x64', 'arm64', 'arm', 'ia32', 'riscv64', 'loong64']

let loaded: { readonly calls: NativeCalls | null; readonly failure: Error | null } | null = null

const load = (): NonNullable<typeof loaded> => {
  const isKnown = process.platform === 'darwin' || (process.platform === 'linux' && USUAL.includes(process.arch))
  if (!isKnown) return { calls: null, failure: null }
  try {
    // Here and not above: the library takes 15 ms to load, which the start of a host has not got.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const library = koffi.load(null)
    return { calls: process.platform === 'darwin' ? darwinCalls(library) : linuxCalls(library, () => koffi.errno()), failure: null }
  } catch (error) {
    return { calls: null, failure: error instanceof Error ? error : new Error('unknown') }
  }
}

/** The calls of this system, loaded at the first use; null on Windows and where the library cannot be loaded. */
export const nativeCalls = (): NativeCalls | null => (loaded ??= load()).calls

/** Why there are none, where there should be. */
export const nativeCallsFailure = (): Error | null => (loaded ??= load()).failure
