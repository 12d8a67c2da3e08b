import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'
import { usageError } from '../usage-error.ts'

/** A file that is sent: its text where it fits a message, else the file itself, piece by piece. */
export type FileBody = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'pieces'; readonly descriptor: number }

const PIECE_BYTES = 393_216
/** In JSON a text may take twice its length and more. */
const MOST_TEXT_BYTES = 400_000

const reasonOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

const readWhole = (descriptor: number, size: number): Buffer => {
  const bytes = Buffer.alloc(size)
  for (let done = 0; done < size;) {
    const count = readSync(descriptor, bytes, done, size - done, null)
    if (count === 0) return bytes.subarray(0, done)
    done += count
  }
  return bytes
}

/** Opens a file that is to be sent. Throws a usage error for one that cannot be read. */
export const openFileBody = (file: string): FileBody => {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
    const stat = fstatSync(descriptor)
    if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    if (!stat.isFile() || stat.size > MOST_TEXT_BYTES) return { kind: 'pieces', descriptor }
    const bytes = readWhole(descriptor, stat.size)
    closeSync(descriptor)
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    try {
      return { kind: 'text', text: text.decode(bytes) }
    } catch {
      return { kind: 'pieces', descriptor: openSync(file, 'r') }
    }
  } catch (error) {
    throw usageError(`${file} cannot be read: ${reasonOf(error)}.`)
  }
}

/** Sends a file as the body of a call that names the stream; ends with the file, or when the call wants no more of it. */
export const sendPieces = async ({ session }: CommandContext, streamId: string, descriptor: number): Promise<void> => {
  try {
    for (;;) {
      const bytes = Buffer.alloc(PIECE_BYTES)
      const count = readSync(descriptor, bytes, 0, PIECE_BYTES, null)
      const data = bytes.subarray(0, count).toString('base64')
      await session.call('connections.sendBody', { streamId, data, isLast: count === 0 })
      if (count === 0) return
    }
  } catch (error) {
    // The call has its answer, or its own error, which says more.
    if (!(error instanceof PatchbayError) || !error.code.startsWith('stream.')) throw error
  } finally {
    closeSync(descriptor)
  }
}

interface Piece {
  readonly data: string
  readonly isLast: boolean
}

const receive = async ({ session }: CommandContext, streamId: string, take: (bytes: Buffer) => void): Promise<void> => {
  for (;;) {
    const { data, isLast } = (await session.call('connections.readBody', { streamId })) as Piece
    take(Buffer.from(data, 'base64'))
    if (isLast) return
  }
}

/** Writes an answer's body to stdout as it comes, or to a file that is there only once it is whole. */
export const receiveInto = async (context: CommandContext, streamId: string, output: string): Promise<void> => {
  const { io } = context
  if (output === '-') {
    const out = io.outBytes ?? ((bytes: Uint8Array) => io.out(Buffer.from(bytes).toString('latin1')))
    return receive(context, streamId, out)
  }
  const partial = `${output}.part`
  let descriptor: number
  try {
    descriptor = openSync(partial, 'w')
  } catch (error) {
    throw usageError(`${partial} cannot be written: ${reasonOf(error)}.`)
  }
  try {
    await receive(context, streamId, (bytes) => {
      for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done)
    })
    closeSync(descriptor)
    renameSync(partial, output)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
