import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { HttpFailure } from './http-failure.ts'

/** Large pieces: an answer that unpacks to a thousand times its size is at the limit after a few of them. */
const UNPACK = { chunkSize: 256 * 1024 } as const

/** The body of a reply, unpacked. Throws HttpFailure for an encoding that was not asked for. */
export const decompress = (response: IncomingMessage): Readable => {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase()
  switch (encoding) {
    case undefined:
    case '':
    case 'identity':
      return response
    case 'gzip':
    case 'x-gzip':
      return pipeThrough(response, createGunzip(UNPACK))
    case 'deflate':
      return pipeThrough(response, createInflate(UNPACK))
    case 'br':
      return pipeThrough(response, createBrotliDecompress(UNPACK))
    default:
      throw new HttpFailure('protocol', 'unknown_content_encoding')
  }
}

const pipeThrough = <T extends Duplex>(response: IncomingMessage, target: T): T => {
  response.on('error', (error) => target.destroy(error))
  return response.pipe(target)
}

/** Lower-case names; of a repeated header the values are joined with `, `. */
export const headersOf = (response: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

/** Calls `done` once the connection stands: TCP, then the proxy's tunnel, then TLS. */
export const whenConnected = (request: ClientRequest, done: () => void): void => {
  request.once('socket', (socket) => {
    const isTls = socket instanceof TLSSocket
    // Kept from an earlier call, or made through a proxy's tunnel, it has all of that behind it.
    if (request.reusedSocket || (isTls ? socket.authorized : !socket.connecting)) done()
    else socket.once(isTls ? 'secureConnect' : 'connect', done)
  })
}
