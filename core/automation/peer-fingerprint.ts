import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { PeerProgram } from './peer-program.ts'

/** Of a larger file the beginning and the end are read, half of this each. */
const MOST_BYTES = 512 * 1_048_576
const CHUNK_BYTES = 1_048_576
const KEPT = 64

/** Digests of contents by what a file is told by, newest last. */
const known = new Map<string, string>()

const remember = (key: string, digest: string): string => {
  known.delete(key)
  known.set(key, digest)
  for (const oldest of known.keys()) {
    if (known.size <= KEPT) break
    known.delete(oldest)
  }
  return digest
}

const digestOf = async (handle: FileHandle, size: number): Promise<string | null> => {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(size, CHUNK_BYTES)))
  const half = MOST_BYTES / 2
  const parts = size <= MOST_BYTES ? [[0, size] as const] : [[0, half] as const, [size - half, size] as const]
  for (const [from, to] of parts) {
    for (let at = from; at < to;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, to - at), at)
      if (bytesRead === 0) return null
      hash.update(chunk.subarray(0, bytesRead))
      at += bytesRead
    }
  }
  return hash.digest('hex')
}

/** What tells a state of a file from its others; the time of change cannot be set back by a program. */
const stateOf = async (handle: FileHandle): Promise<{ readonly inode: string; readonly size: number; readonly key: string } | null> => {
  const { dev, ino, size, mtimeNs, ctimeNs, ...stats } = await handle.stat({ bigint: true })
  if (!isRegular(stats.mode)) return null
  return { inode: `${ino}`, size: Number(size), key: [dev, ino, size, mtimeNs, ctimeNs].join('.') }
}

const isRegular = (mode: bigint): boolean => (Number(mode) & constants.S_IFMT) === constants.S_IFREG

/**
 * SHA-256 in hexadecimal over the path, inode, size and content of the file that runs, and the path of its interpreter; null where it
 * cannot be read or changed meanwhile. Of a file beyond 512 MiB, the first and the last 256.
 */
export const fingerprintOf = async (program: Pick<PeerProgram, 'file' | 'path' | 'interpreter'>): Promise<string | null> => {
  let handle: FileHandle | null = null
  try {
    // A pipe of that name must not hold anybody up.
    handle = await open(program.file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const state = await stateOf(handle)
    if (state === null) return null
    const content = known.get(state.key) ?? (await digestOf(handle, state.size))
    if (content === null || (await stateOf(handle))?.key !== state.key) return null
    remember(state.key, content)
    const facts = [program.path, program.interpreter ?? '', state.inode, String(state.size), content]
    return createHash('sha256').update(facts.join('\0')).digest('hex')
  } catch {
    return null
  } finally {
    await handle?.close().catch(() => {})
  }
}

/** Whether a program is another one than it was; also when it could be read then and cannot be now. Without a first look nothing has changed. */
export const hasChanged = (before: string | null, now: string | null): boolean => before !== null && before !== now
