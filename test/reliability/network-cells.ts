import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { HTTP_LIMITS, type HttpLimits } from '#core/http'
import { SILENT_LOG } from '#core/log'
import { createNangoClient } from '#core/nango/nango-client'
import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { makeCertificates } from '#test/core/nango/local-servers'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { type ChaosServer, startChaosServer } from './network-chaos-server.ts'
import type { Fault } from './network-faults.ts'
import { randomFrom } from './seeded-random.ts'

/** The calls that go out to Nango. */
export const KINDS = ['list', 'get', 'provider', 'integrations', 'session', 'refresh', 'delete'] as const
export type Kind = (typeof KINDS)[number]

export interface Cell {
  readonly fault: Fault
  readonly kind: Kind
  readonly seed: number
}

export interface CellReport extends Cell {
  /** `ok`, or the code of the error. */
  readonly outcome: string
  readonly ms: number
  readonly bytesRead: number
  readonly rssBytes: number
  /** What must not be, in words; empty for a good cell. */
  readonly faults: readonly string[]
}

const MEANT: Readonly<Record<Kind, (method: string, url: URL) => boolean>> = {
  list: (method, url) => method === 'GET' && url.pathname === '/connections',
  get: (method, url) => method === 'GET' && url.pathname.startsWith('/connections/') && !url.searchParams.has('force_refresh'),
  provider: (method, url) => method === 'GET' && url.pathname.startsWith('/providers/'),
  integrations: (method, url) => method === 'GET' && url.pathname === '/integrations',
  session: (method, url) => method === 'POST' && url.pathname === '/connect/sessions',
  refresh: (method, url) => method === 'GET' && url.searchParams.has('force_refresh'),
  delete: (method, url) => method === 'DELETE' && url.pathname.startsWith('/connections/'),
}
/** Reading calls may be made three times, the others once. */
const REQUESTS: Readonly<Record<Kind, number>> = { list: 3, get: 3, provider: 3, integrations: 3, session: 1, refresh: 1, delete: 1 }

const EXPECTED: Readonly<Record<Fault, readonly string[]>> = {
  refused: ['nango.unreachable'],
  black_hole: ['nango.timeout'],
  tls_hang: ['nango.timeout'],
  bad_certificate: ['nango.certificate'],
  reset_before_headers: ['nango.unreachable'],
  reset_in_headers: ['nango.unreachable'],
  reset_in_body: ['nango.unreachable'],
  end_in_body: ['nango.unreachable'],
  stall: ['nango.timeout'],
  one_byte_at_a_time: ['nango.timeout'],
  wrong_length: ['nango.unreachable', 'nango.protocol'],
  chunk_cut: ['nango.unreachable', 'nango.protocol'],
  truncated_json: ['nango.protocol'],
  wrong_shape: ['nango.protocol'],
  html_page: ['nango.not_nango'],
  // On a busy machine the deadline can come before the size; either is in time and within the limit.
  endless_body: ['nango.too_large', 'nango.timeout'],
  gzip_bomb: ['nango.too_large', 'nango.timeout'],
  deep_json: ['nango.protocol'],
  too_many_requests: ['nango.rate_limited'],
  server_error: ['nango.server_error'],
  refused_key: ['nango.key_refused'],
  redirects: ['nango.not_nango', 'nango.protocol'],
  latency: ['ok'],
  flapping: ['ok', 'nango.unreachable'],
}

/** Any 2xx says that it is deleted; nothing of its body is used. A repeated call may also meet Nango in a better moment. */
const expectedOf = ({ fault, kind }: Cell): readonly string[] => {
  const good = kind === 'delete' && fault === 'wrong_shape'
  return [...EXPECTED[fault], ...(good ? ['ok'] : [])]
}

export const MOST_BYTES = 8 * 1_048_576
const MOST_RSS = 32 * 1_048_576
/** One piece of a stream may be on its way when the limit is noticed, and a head before it. */
const BYTES_SLACK = 256 * 1_024
const LATE_MS = 1_200

/** The true deadlines, all made shorter by the same factor. */
export const limitsAt = (scale: number): HttpLimits => ({
  connectMs: HTTP_LIMITS.connectMs * scale,
  headersMs: HTTP_LIMITS.headersMs * scale,
  idleBodyMs: HTTP_LIMITS.idleBodyMs * scale,
  callMs: HTTP_LIMITS.callMs * scale,
  bodyBytes: HTTP_LIMITS.bodyBytes,
})

const NEEDS_TLS = new Set<Fault>(['tls_hang', 'bad_certificate'])
let certificates: { good: ReturnType<typeof makeCertificates>; wrong: ReturnType<typeof makeCertificates> } | null = null
const bothCertificates = () => (certificates ??= { good: makeCertificates(), wrong: makeCertificates() })

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Counts what comes in on connections to one port, and how large the process gets. */
const measure = (port: number) => {
  const sockets: Socket[] = []
  const note = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    socket.once('connect', () => {
      if (socket.remotePort === port) sockets.push(socket)
    })
  }
  subscribe('net.client.socket', note)
  collectGarbage()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
  return () => {
    clearInterval(timer)
    unsubscribe('net.client.socket', note)
    most = Math.max(most, process.memoryUsage.rss())
    return { bytesRead: sockets.reduce((sum, socket) => sum + socket.bytesRead, 0), rssBytes: most - before }
  }
}

interface Stage {
  readonly nango: FakeNango
  readonly chaos: ChaosServer
  readonly core: TestCore
  readonly profileId: string
  readonly certificatePem: string | undefined
}

const idOf = async ({ core }: Stage, nangoConnectionId: string): Promise<string> => {
  const { connections } = await core.ui.connections.list({})
  const found = connections.find((connection) => connection.nangoConnectionId === nangoConnectionId)
  if (found === undefined) throw new Error(`${nangoConnectionId} is not listed`)
  return found.connectionId
}

const stageOf = async (cell: Cell, limits: HttpLimits): Promise<Stage> => {
  const nango = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
  nango.fillConnections(3)
  nango.seedConnections([
    {
      connectionId: 'oauth-one',
      integrationKey: 'github',
      credentials: { type: 'OAUTH2', access_token: 'at', expires_at: new Date(Date.now() + 3_600_000).toISOString(), raw: {} },
    },
  ])
  const tls = NEEDS_TLS.has(cell.fault) ? bothCertificates() : null
  const chaos = await startChaosServer(nango.url, tls)
  const core = await makeCore({ core: { httpLimits: limits } })
  const certificatePem = tls?.good.authorityPem
  const { profileId } = await core.ui.profiles.create({
    name: 'Chaos',
    kind: 'nango',
    nangoHost: chaos.url,
    secretKey: nango.secretKey,
    ...(certificatePem === undefined ? {} : { certificatePem }),
  })
  const stage = { nango, chaos, core, profileId, certificatePem }
  for (let tries = 0; ; tries++) {
    const error = await core.ui.sync.run({ profileId }).catch((failure: unknown) => failure)
    if (!(error instanceof Error)) break
    if (tries === 5) throw error
  }
  // A refresh without a known expiry reads the connection first.
  if (cell.kind === 'session') await core.ui.catalogue.list({ search: 'github' })
  if (cell.kind === 'refresh') await core.ui.connections.refresh({ connectionId: await idOf(stage, 'oauth-one') }).catch(() => {})
  return stage
}

const callOf = async (stage: Stage, kind: Kind, limits: HttpLimits): Promise<string> => {
  const { core, nango, chaos, profileId } = stage
  const connectionId = await idOf(stage, 'oauth-one')
  switch (kind) {
    case 'list':
      await core.ui.sync.run({ profileId })
      return 'ok'
    case 'get':
    case 'refresh':
      await core.ui.connections.refresh({ connectionId })
      return 'ok'
    case 'integrations':
      await core.ui.integrations.list({ profileId })
      return 'ok'
    case 'delete':
      await core.ui.connections.remove({ connectionId })
      return 'ok'
    case 'session': {
      const flow = await core.ui.connect.start({ profileId, connectorId: 'github', open: false })
      return flow.state === 'failed' ? (flow.error?.code ?? 'no code') : 'ok'
    }
    case 'provider': {
      const client = createNangoClient({
        host: chaos.url,
        secretKey: new Secret(nango.secretKey),
        certificatePem: stage.certificatePem,
        environment: {},
        log: SILENT_LOG,
        now: Date.now,
        limits,
      })
      try {
        await client.readProvider('github')
        return 'ok'
      } finally {
        client.close()
      }
    }
  }
}

const codeOf = (error: unknown): string => (error instanceof PatchbayError ? error.code : `no code: ${String(error)}`)

/** Right after the trouble nothing is lost, nobody is blamed, and nothing half made is left. */
const faultsNow = async ({ core }: Stage, cell: Cell, outcome: string): Promise<string[]> => {
  const { connections } = await core.ui.connections.list({})
  const gone = cell.kind === 'delete' && outcome === 'ok' ? 3 : 4
  const begun = cell.kind === 'session' && outcome === 'ok' ? 1 : 0
  const wrong = connections.filter(({ status }) => !['connected', 'unknown'].includes(status)).map(({ status }) => status)
  return [
    ...(connections.length === gone + begun ? [] : [`${connections.length} connections are listed`]),
    ...(wrong.length === begun ? [] : [`connections are ${wrong.join(', ')}`]),
  ]
}

/** Once the trouble is over the list is Nango's again. */
const faultsAfter = async (stage: Stage): Promise<string[]> => {
  const { core, nango, profileId } = stage
  for (const { flowId } of (await core.ui.connect.list({ isOpen: true })).flows) await core.ui.connect.cancel({ flowId })
  // Whatever pause was asked for has gone by.
  core.platform.advance(3_601_000)
  let failure: unknown = null
  for (let tries = 0; tries < 5; tries++) {
    failure = await core.ui.sync.run({ profileId }).then(
      () => null,
      (error: unknown) => error,
    )
    if (failure === null) break
  }
  if (failure !== null) return [`it stays out of step: ${codeOf(failure)}`]
  const reply = await fetch(`${nango.url}/connections`, { headers: nango.authorization })
  const { connections: there } = (await reply.json()) as { connections: { connection_id: string }[] }
  const { connections: here } = await core.ui.connections.list({})
  const left = there.map(({ connection_id: id }) => id).toSorted()
  const right = here.map(({ nangoConnectionId }) => nangoConnectionId ?? 'pending').toSorted()
  const wrong = here.filter(({ status }) => status !== 'connected').map(({ status }) => status)
  return [
    ...(left.join() === right.join() ? [] : [`Nango has ${left.join()}, the list ${right.join()}`]),
    ...(wrong.length === 0 ? [] : [`connections stay ${wrong.join(', ')}`]),
  ]
}

/** Plays one fault against one call, on a core and a Nango of its own. `scale` makes all deadlines shorter by that factor. */
export const playCell = async (cell: Cell, scale: number, limits: HttpLimits = limitsAt(scale)): Promise<CellReport> => {
  const stage = await stageOf(cell, limits)
  const faults: string[] = []
  const { callMs, idleBodyMs } = limitsAt(scale)
  try {
    const random = randomFrom(cell.seed)
    await stage.chaos.begin({ fault: cell.fault, isMeant: MEANT[cell.kind], random, idleMs: idleBodyMs })
    const stop = measure(stage.chaos.port)
    const startedAt = performance.now()
    // A way out without deadlines would wait for ever.
    const rescue = setTimeout(() => void stage.chaos.end(), callMs + 2 * LATE_MS)
    const outcome = await callOf(stage, cell.kind, limits).catch(codeOf)
    clearTimeout(rescue)
    const ms = performance.now() - startedAt
    const { met } = stage.chaos
    const { bytesRead, rssBytes } = stop()
    if (!expectedOf(cell).includes(outcome)) faults.push(`it ended as ${outcome}`)
    if (ms > callMs + LATE_MS) faults.push(`it took ${Math.round(ms)} ms of ${callMs}`)
    if (bytesRead > MOST_BYTES + BYTES_SLACK) faults.push(`it read ${bytesRead} bytes`)
    if (rssBytes > MOST_RSS) faults.push(`it took ${Math.round(rssBytes / 1_048_576)} MiB`)
    if (met > REQUESTS[cell.kind]) faults.push(`it asked ${met} times`)
    faults.push(...(await faultsNow(stage, cell, outcome)))
    await stage.chaos.end()
    faults.push(...(await faultsAfter(stage)))
    return { ...cell, outcome, ms, bytesRead, rssBytes, faults }
  } finally {
    await stage.core.stop()
    await stage.chaos.stop()
    await stage.nango.stop()
  }
}

const MORE_TIME = 8

/** What these send is held against the memory of the whole process: no other may take any meanwhile. */
const IS_LARGE: ReadonlySet<Fault> = new Set<Fault>(['endless_body', 'gzip_bomb'])

/** Plays cells: most of them wait, those some at a time; then those that are judged by the memory they take, one by one. */
export const playCells = async (cells: readonly Cell[], scale: number, lanes = 3): Promise<CellReport[]> => {
  const reports: CellReport[] = []
  const lane = async (left: Cell[]): Promise<void> => {
    for (let cell = left.shift(); cell !== undefined; cell = left.shift()) {
      const report = await playCell(cell, scale)
      // On a busy machine a shortened deadline comes before anything can: what counts is how the cell ends with more time.
      const isShort = report.outcome === 'nango.timeout' && report.faults.length > 0 && scale < 1
      reports.push(isShort ? await playCell(cell, Math.min(1, scale * MORE_TIME)) : report)
    }
  }
  const waiting = cells.filter(({ fault }) => !IS_LARGE.has(fault))
  await Promise.all(Array.from({ length: lanes }, () => lane(waiting)))
  await lane(cells.filter(({ fault }) => IS_LARGE.has(fault)))
  return reports
}

/** A line for people about a cell that failed. */
export const describeCell = ({ fault, kind, seed, faults }: CellReport): string => `${fault} / ${kind} / seed ${seed}: ${faults.join('; ')}`
