import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { Flow } from '#shared/contract/connect'
import type { Connection } from '#shared/contract/connections'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { descriptorsOf, firstLine, memoryOf, openClient, reconcile, startHost, startStand, stopHost } from './bench-host.ts'
import { failureCount, report } from './bench-report.ts'
import { say } from './tool.ts'

// Working days of a host in fast motion: `npm run bench:soak -- MINUTES`. Each action comes around in its own rhythm; every few
// seconds a look at what the host has in use.

/** Twice as many as the promises speak of: all their rows are more than the cache of the database holds, so that it is full from the start. */
const COUNT = 20_000
const LOOK_MS = 5000
/** Below this the slope is told, but no judgement: what comes and goes by two MiB in half an hour says nothing about one in an hour. */
const JUDGED_FROM_MINUTES = 240
/** What grows is seen in the lowest looks: memory that waits for its collection comes and goes by tens of MiB. */
const FLOOR_MINUTES = 5

const minutes = Number(process.argv.slice(2).find((arg) => /^[\d.]+$/.test(arg)) ?? 480)
const folder = mkdtempSync(join(tmpdir(), 'patchbay-soak-'))
const { stand, stop, change } = await startStand(COUNT, 'soak')
// Of a hardened host the descriptors are nobody's to count.
const host = startHost(stand, folder, [], { PATCHBAY_DEV: '1' })
const { url } = JSON.parse(await firstLine(host)) as { url: string }

let events = 0
const client = await openClient(folder, () => (events += 1))
await reconcile(client, COUNT)
await client.call('events.subscribe', {})

interface Window {
  readonly call: (method: string, params: object) => Promise<void>
  readonly close: () => void
}

/** The link of a window without its page: one session, as many links as it opens. */
const openSession = async (): Promise<() => Promise<Window>> => {
  const { port, host: name, pathname, search } = new URL(url)
  const cookie = await new Promise<string>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: `${pathname}${search}`, headers: { Host: name } }, (response) => {
      response.resume()
      resolve(response.headers['set-cookie']?.[0]?.split(';')[0] ?? '')
    })
      .once('error', reject)
      .end()
  })
  return async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { Host: name, Origin: `http://${name}`, Cookie: cookie } })
    await once(socket, 'open')
    const waiting = new Map<number, (error: Error | null) => void>()
    socket.on('message', (data: Buffer) => {
      const { id, error } = JSON.parse(data.toString('utf8')) as { id?: number; error?: { message: string; data?: { code?: string } } }
      if (id === undefined) events += 1
      else waiting.get(id)?.(error === undefined ? null : new Error(`${error.data?.code} ${error.message}`))
      waiting.delete(id ?? -1)
    })
    socket.on('close', () => {
      for (const end of waiting.values()) end(new Error('The link of the window broke.'))
    })
    let ids = 0
    return {
      call: (method, params) =>
        new Promise((resolve, reject) => {
          ids += 1
          waiting.set(ids, (error) => (error === null ? resolve() : reject(error)))
          socket.send(JSON.stringify({ jsonrpc: '2.0', id: ids, method, params }))
        }),
      close: () => socket.close(),
    }
  }
}

const openWindow = await openSession()
let page = await openWindow()
let known: readonly Connection[] = []
let turn = 0
const pick = <T>(list: readonly T[]): T | undefined => list[(turn * 7919) % Math.max(1, list.length)]

const list = async (): Promise<void> => {
  const { connections } = await client.call<{ connections: Connection[] }>('connections.list', {
    limit: 200,
    sort: 'createdAt',
    descending: true,
  })
  // What a sign-in or a form has just made is removed again: only the others are sure to be there when their turn comes.
  known = connections.filter(({ nangoConnectionId }) => nangoConnectionId?.startsWith('bench-'))
}

/** Waits for the end of a flow and answers its connection. */
const untilConnected = async ({ flowId }: Flow): Promise<string> => {
  for (let look = 0; look < 400; look += 1) {
    const { state, connectionId } = await client.call<Flow>('connect.get', { flowId })
    if (state === 'connected') return connectionId
    if (['failed', 'cancelled', 'expired'].includes(state)) throw new Error(`The flow ended as ${state}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The flow did not end.')
}

const connectByForm = async (): Promise<string> =>
  untilConnected(
    await client.call<Flow>('connect.start', {
      connectorId: 'n8n',
      label: `form ${turn}`,
      fields: { baseUrl: 'https://soak.example.com' },
      credentials: { apiKey: `demo-${turn}` },
    }),
  )

const startSignIn = (): Promise<Flow> => client.call<Flow>('connect.start', { connectorId: 'github', label: `page ${turn}`, open: false })

/** A sign-in on the provider's page, walked through as a person does. */
const connectByPage = async (): Promise<string> => {
  const flow = await startSignIn()
  await walkSignIn(flow.authorizationUrl ?? '')
  return untilConnected(flow)
}

const remove = (connectionId: string): Promise<unknown> => client.call('connections.remove', { connectionId })

/** Each action with its rhythm in seconds, and how long it waits before its first turn. */
const ACTIONS: readonly (readonly [name: string, seconds: number, act: () => Promise<unknown>, after?: number])[] = [
  ['get', 0.1, () => client.call('connections.get', { connectionId: pick(known)?.connectionId ?? '' })],
  ['list', 0.5, list],
  ['search', 0.5, () => client.call('connections.list', { search: `bench-00${turn % 1000}`, limit: 50 })],
  ['window reads', 1, () => Promise.all(['system.status', 'connections.counts', 'connect.list'].map((name) => page.call(name, {})))],
  ['window list', 1, () => page.call('connections.list', { limit: 100, sort: 'status' })],
  ['refresh', 2, () => client.call('connections.refresh', { connectionId: pick(renewable), acceptRisk: true })],
  ['nothing to refresh', 5, () => client.call('connections.refresh', { connectionId: pick(known)?.connectionId })],
  ['rename', 5, () => client.call('connections.update', { connectionId: pick(known)?.connectionId ?? '', label: `name ${turn}` })],
  [
    'changes at Nango',
    10,
    async () => {
      await change(5)
      await client.call('sync.run', {})
    },
  ],
  [
    'window anew',
    20,
    async () => {
      const old = page
      page = await openWindow()
      // What it has asked for is answered first.
      setTimeout(() => old.close(), 2000)
    },
  ],
  ['form', 20, async () => remove(await connectByForm())],
  ['sign-in', 30, async () => remove(await connectByPage())],
  ['cancelled sign-in', 60, async () => client.call('connect.cancel', { flowId: (await startSignIn()).flowId })],
  [
    'lock and unlock',
    60,
    async () => {
      await client.call('vault.lock', {})
      await client.call('vault.unlock', {})
    },
    // Between the sign-ins: locking ends those that are on their way.
    10,
  ],
  [
    'command',
    30,
    async () => {
      const other = await openClient(folder)
      await other.call('system.status', {})
      other.close()
    },
  ],
]

// Signed in before the clock runs: those whose tokens Nango really renews.
const renewable: string[] = []
for (; turn < 3; turn += 1) renewable.push(await connectByPage())
await list()

const counts = new Map<string, number>()
const faults = new Map<string, number>()
const add = (to: Map<string, number>, name: string): void => void to.set(name, (to.get(name) ?? 0) + 1)

interface Look {
  readonly hours: number
  readonly memory: number
  readonly descriptors: readonly string[]
}

const NO_LOOK: Look = { hours: 0, memory: 0, descriptors: [] }
const looks: Look[] = []
let largestWal = 0
let largestLog = 0
const begun = performance.now()
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
const look = (): void => {
  looks.push({ hours: (performance.now() - begun) / 3_600_000, memory: memoryOf(host.pid), descriptors: descriptorsOf(host.pid) })
  const logs = join(folder, 'logs')
  largestLog = Math.max(
    largestLog,
    readdirSync(logs).reduce((sum, name) => sum + sizeOf(join(logs, name)), 0),
  )
  largestWal = Math.max(largestWal, sizeOf(join(folder, 'patchbay.db-wal')))
}

/** What a line through all looks rises by in an hour, by least squares. */
const slopeOf = (points: readonly { readonly hours: number; readonly memory: number }[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(points.map(({ hours }) => hours))
  const y = mean(points.map(({ memory }) => memory))
  const over = points.reduce((sum, { hours, memory }) => sum + (hours - x) * (memory - y), 0)
  return over / points.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
}

/** The lowest of the looks in each few minutes. */
const floorsOf = (all: readonly Look[]): Look[] => {
  const floors = new Map<number, Look>()
  for (const one of all) {
    const part = Math.floor((one.hours * 60) / FLOOR_MINUTES)
    if (one.memory < (floors.get(part)?.memory ?? Infinity)) floors.set(part, one)
  }
  return [...floors.values()]
}

const tell = (): void => {
  const { hours, memory, descriptors } = looks.at(-1) ?? NO_LOOK
  say(
    `    ${(hours * 60).toFixed(1)} min: ${memory.toFixed(1)} MB, ${descriptors.length} descriptors, ${events} events, ${[...counts.values()].reduce((sum, value) => sum + value, 0)} actions`,
  )
}

// One action at a time in each rhythm; a slow one is not started again before it has ended.
let isOver = false
const timers: NodeJS.Timeout[] = []
const running = new Set<Promise<void>>()
for (const [name, seconds, act, after = 0] of ACTIONS) {
  let isBusy = false
  const once = async (): Promise<void> => {
    if (isBusy || isOver) return
    isBusy = true
    turn += 1
    try {
      await act()
      add(counts, name)
    } catch (error) {
      add(faults, `${name}: ${error instanceof Error ? error.message.slice(0, 120) : String(error)}`)
    }
    isBusy = false
  }
  const begin = (): void => {
    const one = once()
    running.add(one)
    void one.then(() => running.delete(one))
  }
  setTimeout(() => timers.push(setInterval(begin, seconds * 1000)), after * 1000).unref()
}
timers.push(setInterval(look, LOOK_MS), setInterval(tell, Math.max(60_000, (minutes * 60_000) / 48)))
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
const died = once(host, 'exit').then(() => 'died' as const)
const ended = await Promise.race([
  new Promise<'done'>((resolve) => {
    const timer = setTimeout(() => resolve('done'), minutes * 60_000)
    stopped.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve('done')
    })
  }),
  died,
])
isOver = true
for (const timer of timers) clearInterval(timer)
await Promise.race([Promise.allSettled(running), new Promise((resolve) => setTimeout(resolve, 10_000))])
if (ended === 'done') look()
page.close()
client.close()
await stopHost(host)
stop()

const took = (looks.at(-1)?.hours ?? 0) * 60
// The first third, at most an hour, is what a host fills after its start.
const warm = Math.min(1, took / 60 / 3)
const settled = looks.filter(({ hours }) => hours >= warm)
const part = Math.max(1, Math.floor(settled.length / 3))
const slope = slopeOf(floorsOf(settled))
const isJudged = took >= JUDGED_FROM_MINUTES
// The fewest of the first and of the last third: what comes and goes with an action is no drift.
const fewest = (of: readonly Look[]): Look => of.toSorted((left, right) => left.descriptors.length - right.descriptors.length)[0] ?? NO_LOOK
const from = fewest(settled.slice(0, part)).descriptors
const to = fewest(settled.slice(-part)).descriptors
const countOf = (list: readonly string[], kind: string): number => list.filter((one) => one === kind).length
const drifted = [...new Set([...from, ...to])].filter((kind) => countOf(from, kind) !== countOf(to, kind))
const memories = settled.map(({ memory }) => memory)
const range = `from ${Math.min(...memories).toFixed(1)} to ${Math.max(...memories).toFixed(1)} MB over ${took.toFixed(1)} minutes, the first ${(warm * 60).toFixed(1)} left out; the lowest of each ${FLOOR_MINUTES} minutes: ${floorsOf(
  settled,
)
  .map(({ memory }) => memory.toFixed(0))
  .join(', ')}`
if (isJudged) report('soak-rss-slope', slope, 1, 'MB/h', range)
else {
  say(`soak-rss-slope ${slope.toFixed(1)}/1 MB/h  (an indication: it is judged from ${JUDGED_FROM_MINUTES} minutes on)`)
  say(`    ${range}`)
}
report(
  'soak-descriptors',
  to.length - from.length,
  0,
  'drift',
  `${from.length} after the warm-up, ${to.length} at the end${drifted.map((kind) => `; ${kind} ${countOf(from, kind)} and ${countOf(to, kind)}`).join('')}`,
)
report('soak-log-size', largestLog / 1_048_576, 11, 'MB', 'two files of at most 5 MiB, and what a start says')
report('soak-wal', largestWal / 1_048_576, 16, 'MB', 'the largest that was seen')
report(
  'soak-faults',
  [...faults.values()].reduce((sum, value) => sum + value, 0),
  0,
  'actions',
  ...[...faults].map(([name, count]) => `${count} x ${name}`),
)
if (ended === 'died') report('soak-host-ended', 1, 0, 'times', `exit code ${host.exitCode}, signal ${host.signalCode}`)
say(`    done: ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}; ${events} events; load ${loadavg()[0]?.toFixed(1)}`)
rmSync(folder, { recursive: true, force: true })
process.exit(failureCount() > 0 ? 1 : 0)
