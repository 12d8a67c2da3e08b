import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Random } from './seeded-random.ts'

/** Everything that a network, and whatever answers on it, does wrong here. */
export const FAULTS = [
  'refused',
  'black_hole',
  'tls_hang',
  'bad_certificate',
  'reset_before_headers',
  'reset_in_headers',
  'reset_in_body',
  'end_in_body',
  'stall',
  'one_byte_at_a_time',
  'wrong_length',
  'chunk_cut',
  'truncated_json',
  'wrong_shape',
  'html_page',
  'endless_body',
  'gzip_bomb',
  'deep_json',
  'too_many_requests',
  'server_error',
  'refused_key',
  'redirects',
  'latency',
  'flapping',
] as const
export type Fault = (typeof FAULTS)[number]

/** What Nango answered, before it was spoilt on its way. */
export interface TrueReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface Scene {
  readonly response: ServerResponse
  /** Has the call carried out by Nango. */
  readonly process: () => Promise<TrueReply>
  readonly random: Random
  /** How long a caller waits for nothing between two pieces of a body, milliseconds. */
  readonly idleMs: number
  readonly isOver: () => boolean
  readonly url: string
  /** How often the fault was met before. */
  readonly times: number
}

const JSON_HEAD = { 'content-type': 'application/json; charset=utf-8' }
const LARGE = Buffer.alloc(65_536, ' ')
const GZIP_BOMB = gzipSync(Buffer.alloc(64 * 1_048_576, ' '))
const RETRY_AFTER = ['none', '5', 'future', 'past', '-1', '1e9', '1000000000', 'abc'] as const

const raw = ({ response }: Scene, text: string): void => void response.socket?.write(text)

const reset = ({ response }: Scene): void => void response.socket?.resetAndDestroy()

const head = (length: number): string => `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

/** Half of what Nango answered, never the whole. */
const halfOf = (reply: TrueReply): string => reply.body.subarray(0, Math.max(1, reply.body.length >> 1)).toString('latin1')

/** Either Nango did what was asked before the way broke, or it never heard of it. */
const maybeProcess = async (scene: Scene): Promise<TrueReply> =>
  scene.random.chance(0.5) ? scene.process() : { status: 200, headers: JSON_HEAD, body: Buffer.from('{"connections":[],"data":[]}') }

const flood = (scene: Scene): void => {
  const { response } = scene
  response.writeHead(200, JSON_HEAD)
  response.write('{"data":[')
  const more = (): void => {
    while (!response.destroyed && !scene.isOver() && response.write(LARGE));
    if (!response.destroyed && !scene.isOver()) response.once('drain', () => setImmediate(more))
  }
  more()
}

const drip = async (scene: Scene): Promise<void> => {
  const { body } = await maybeProcess(scene)
  raw(scene, head(body.length + 100_000))
  const timer = setInterval(() => {
    if (scene.isOver() || scene.response.destroyed) clearInterval(timer)
    else raw(scene, ' ')
  }, scene.idleMs / 10)
}

const retryAfter = (value: (typeof RETRY_AFTER)[number]): string | undefined => {
  if (value === 'none') return undefined
  if (value === 'future') return new Date(Date.now() + 60_000).toUTCString()
  return value === 'past' ? new Date(Date.now() - 86_400_000).toUTCString() : value
}

const answer = ({ response }: Scene, status: number, body: string, headers: Readonly<Record<string, string>> = JSON_HEAD): void => {
  response.writeHead(status, headers)
  response.end(body)
}

const NANGO_WORDS = (code: string): string => JSON.stringify({ error: { code, message: 'no' } })

/** How each fault answers a request; those of the connection itself never get one. */
export const PLAYS: Readonly<Record<Fault, (scene: Scene) => Promise<void> | void>> = {
  refused: () => {},
  black_hole: () => {},
  tls_hang: () => {},
  bad_certificate: () => {},
  reset_before_headers: async (scene) => {
    await maybeProcess(scene)
    reset(scene)
  },
  reset_in_headers: async (scene) => {
    await maybeProcess(scene)
    raw(scene, 'HTTP/1.1 200 OK\r\ncontent-type: applic')
    setTimeout(() => reset(scene), 5)
  },
  reset_in_body: async (scene) => {
    const reply = await maybeProcess(scene)
    raw(scene, head(reply.body.length) + halfOf(reply))
    setTimeout(() => reset(scene), 5)
  },
  end_in_body: async (scene) => {
    const reply = await maybeProcess(scene)
    raw(scene, head(reply.body.length) + halfOf(reply))
    scene.response.socket?.end()
  },
  stall: async (scene) => {
    const reply = await maybeProcess(scene)
    if (scene.random.chance(0.5)) raw(scene, head(reply.body.length) + halfOf(reply))
  },
  one_byte_at_a_time: drip,
  wrong_length: async (scene) => {
    const { body } = await maybeProcess(scene)
    raw(scene, head(scene.random.chance(0.5) ? body.length + 50 : Math.max(1, body.length - 2)) + body.toString('latin1'))
    scene.response.socket?.end()
  },
  chunk_cut: async (scene) => {
    const reply = await maybeProcess(scene)
    const half = halfOf(reply)
    raw(
      scene,
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${half.length.toString(16)}\r\n${half}\r\n`,
    )
    if (scene.random.chance(0.5)) raw(scene, 'zz\r\n')
    scene.response.socket?.end()
  },
  truncated_json: async (scene) => answer(scene, 200, halfOf(await maybeProcess(scene))),
  wrong_shape: (scene) =>
    answer(
      scene,
      200,
      scene.random.pick(['{}', '[]', '7', 'null', '"text"', '{"connections":{},"data":[1]}', '{"connections":[{"id":"x"}],"data":null}']),
    ),
  html_page: (scene) => answer(scene, 200, '<!doctype html><title>Sign in to the network</title>', { 'content-type': 'text/html' }),
  endless_body: flood,
  gzip_bomb: ({ response }) => {
    response.writeHead(200, { ...JSON_HEAD, 'content-encoding': 'gzip' })
    response.end(GZIP_BOMB)
  },
  deep_json: (scene) => answer(scene, 200, '['.repeat(100_000) + ']'.repeat(100_000)),
  too_many_requests: (scene) => {
    const value = retryAfter(scene.random.pick(RETRY_AFTER))
    answer(scene, 429, NANGO_WORDS('too_many_request'), { ...JSON_HEAD, ...(value === undefined ? {} : { 'retry-after': value }) })
  },
  server_error: async (scene) => {
    if (scene.random.chance(0.5)) await scene.process()
    const status = scene.random.pick([500, 502, 503, 504])
    if (scene.random.chance(0.5)) answer(scene, status, NANGO_WORDS('server_error'))
    else answer(scene, status, '<h1>Bad gateway</h1>', { 'content-type': 'text/html' })
  },
  refused_key: (scene) => answer(scene, 401, NANGO_WORDS('unknown_account')),
  redirects: (scene) => answer(scene, scene.random.pick([301, 302, 303, 307, 308]), '', { location: scene.url }),
  latency: async (scene) => {
    const reply = await scene.process()
    setTimeout(
      () => answer(scene, reply.status, reply.body.toString('utf8'), { 'content-type': reply.headers['content-type'] ?? '' }),
      scene.idleMs / 2,
    )
  },
  flapping: async (scene) => {
    if (scene.times % 2 === 0) return reset(scene)
    const reply = await scene.process()
    answer(scene, reply.status, reply.body.toString('utf8'), { 'content-type': reply.headers['content-type'] ?? '' })
  },
}
