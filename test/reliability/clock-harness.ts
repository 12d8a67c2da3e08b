import { LOOKS_PER_TURN } from '#core/health/probe-runner'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { type ClockHost, startClockHost } from './clock-host-driver.ts'
import { randomFrom } from './seeded-random.ts'

export interface ClockReport {
  readonly rounds: number
  /** What must not be, in words. */
  readonly faults: readonly string[]
  /** How long the host took to be right again, the longest of all rounds. */
  readonly slowestMs: number
  readonly requests: number
}

const HOUR = 3_600
const DAY = 86_400
/** To a given time, which is another offset every moment. */
const until = (instant: string) => (): number => Math.round((Date.parse(instant) - Date.now()) / 1_000)
const by = (seconds: number) => (): number => seconds

export const JUMPS: readonly (() => number)[] = [
  by(HOUR),
  by(-HOUR),
  by(DAY),
  by(-DAY),
  by(400 * DAY),
  by(-400 * DAY),
  until('1970-01-02T00:00:00Z'),
  until('2100-01-01T00:00:00Z'),
  until('2000-02-29T23:59:58Z'),
  until('2026-10-25T00:59:58Z'),
  by(0),
]
const ZONES = ['Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu', 'UTC'] as const

interface Sync {
  readonly state: string
  readonly lastCompletedAt: string | null
  readonly lastError: unknown
  readonly clockSkewSeconds: number | null
}
interface Flow {
  readonly flowId: string
  readonly isListening: boolean
  readonly state: string
  readonly authorizationUrl?: string
}

const CONNECTIONS = 6
/** A look at the list, one at each open flow every two seconds, and what a new socket needs. */
const MOST_REQUESTS = 12

const startFlow = (clock: ClockHost, label: string): Promise<Flow> =>
  clock.call<Flow>('connect.start', { connectorId: 'github', label, open: false })

/** Waits for the state that must come; its words are a fault where it does not. */
const within = async (ms: number, words: string, probe: () => Promise<boolean>): Promise<string[]> =>
  eventually(probe, ms).then(
    () => [],
    () => [words],
  )

const isInStep = async (clock: ClockHost): Promise<boolean> => {
  const here = (await clock.listAll()).filter(({ status }) => status !== 'pending')
  const ids = here.map(({ nangoConnectionId }) => nangoConnectionId ?? '').toSorted()
  return here.every(({ status }) => status === 'connected') && ids.join() === (await clock.idsAtNango()).join()
}

const faultsOfEvents = async (clock: ClockHost, notes: readonly string[]): Promise<string[]> => {
  const events = await clock.eventsAfter(0)
  const gaps = events.filter(({ sequence }, index) => sequence !== (events[0]?.sequence ?? 1) + index)
  const written = events.filter(({ type }) => type === 'connection.updated').map(({ data }) => String(data['connectionId']))
  return [
    ...(gaps.length === 0 ? [] : [`the events have a gap before ${gaps[0]?.sequence}`]),
    ...(written.join() === notes.join() ? [] : [`of ${notes.length} changes ${written.length} are told, or in another order`]),
  ]
}

/** Sets the clock of a host again and again while a sign-in is open: nothing may run out, be asked for too often, be lost or change its place. */
export const runClockJumps = async (rounds: number, seed: number, program: string, tickMs: number): Promise<ClockReport> => {
  const random = randomFrom(seed)
  const clock = await startClockHost({ program, tickMs, connections: CONNECTIONS })
  const faults: string[] = []
  const notes: string[] = []
  let slowestMs = 0
  let lastOffset = 0
  const begun = clock.requestsMade()
  const status = (): Promise<Sync> => clock.call<Sync>('sync.status')
  try {
    await clock.call('sync.run')
    const flow = await startFlow(clock, 'open all the time')
    for (let round = 0; round < rounds; round++) {
      const jump =
        round < JUMPS.length ? JUMPS[round] : random.chance(0.7) ? random.pick(JUMPS) : by(Math.round((random() - 0.5) * 800 * DAY))
      const offset = jump?.() ?? 0
      const name = `round ${round} (${offset} s)`
      const isSame = Math.abs(offset - lastOffset) < 10
      lastOffset = offset
      const before = await status()
      const asked = clock.requestsMade()
      const seen = clock.nango.requests.length
      const startedAt = performance.now()
      clock.setClock(offset)
      // A restart where the time zone changes, as the system gives it to new programs; else the running host is set.
      const isZone = round % JUMPS.length === JUMPS.length - 1
      if (isZone) await clock.restart({ TZ: random.pick(ZONES) })
      const target = random.pick(
        await clock.listAll().then((all) => all.filter(({ nangoConnectionId }) => nangoConnectionId?.startsWith('filled'))),
      )
      await clock.call('connections.update', { connectionId: target.connectionId, notes: name })
      notes.push(target.connectionId)
      const rejoined = await within(15_000, `${name}: the list is not looked at again`, async () => {
        const { state, lastCompletedAt } = await status()
        const shown = Date.parse(lastCompletedAt ?? '') - (Date.now() + offset * 1_000)
        return state === 'idle' && (lastCompletedAt !== before.lastCompletedAt || isSame) && (isSame || Math.abs(shown) < 20_000)
      })
      faults.push(...rejoined)
      const tookMs = performance.now() - startedAt
      slowestMs = Math.max(slowestMs, tookMs)
      const requests = clock.requestsMade() - asked
      const reads = clock.nango.requests.slice(seen).filter(({ path }) => path.startsWith('/connections/'))
      if (reads.length > 0) faults.push(`${name}: ${reads.length} connections were read one by one`)
      if (requests > MOST_REQUESTS + (isZone ? 6 : 0) + tookMs / 1_000)
        faults.push(`${name}: ${requests} requests in ${Math.round(tookMs)} ms`)
      if (!(await isInStep(clock))) faults.push(`${name}: the list is not Nango's`)
      const { state } = await clock.call<Flow>('connect.get', { flowId: flow.flowId })
      if (state !== 'waiting') faults.push(`${name}: the open sign-in is ${state}`)
      if (round % 4 === 3) {
        for (let look = 0; look < 3; look++) await clock.call('sync.run')
        const { clockSkewSeconds } = await status()
        if (Math.abs((clockSkewSeconds ?? Number.NaN) - offset) > 5 || clockSkewSeconds === null)
          faults.push(`${name}: the clock is said to be off by ${clockSkewSeconds} s`)
      }
    }
    const last = await clock.call<Flow>('connect.get', { flowId: flow.flowId })
    if (last.authorizationUrl !== undefined) await walkSignIn(last.authorizationUrl)
    const patienceMs = last.state === 'waiting' ? 10_000 : 0
    faults.push(
      ...(await within(patienceMs, 'the sign-in never ends', async () => {
        const { state } = await clock.call<Flow>('connect.get', { flowId: flow.flowId })
        return state === 'connected'
      })),
      ...(await faultsOfEvents(clock, notes)),
    )
    return { rounds, faults, slowestMs, requests: clock.requestsMade() - begun }
  } finally {
    await clock.stop()
  }
}

/** Puts a host to sleep again and again: its sockets are cut, its clock goes on, and at Nango things happen meanwhile. */
export const runSleeps = async (
  rounds: number,
  seed: number,
  program: string,
  pace: { readonly tickMs: number; readonly limitMs: number },
): Promise<ClockReport> => {
  const random = randomFrom(seed)
  const clock = await startClockHost({ program, tickMs: pace.tickMs, connections: CONNECTIONS })
  const faults: string[] = []
  let slowestMs = 0
  let offset = 0
  const begun = clock.requestsMade()
  const { pid } = clock.host.ready
  try {
    await clock.call('sync.run')
    const open = await startFlow(clock, 'open all the time')
    for (let round = 0; round < rounds; round++) {
      const flow = round % 2 === 0 ? await startFlow(clock, `sleep ${round}`) : null
      const gap = Math.round(6 * (3 * 7_200) ** random() * 2)
      const name = `sleep ${round} (${gap} s)`
      process.kill(pid, 'SIGSTOP')
      clock.cut()
      clock.nango.seedConnections([
        { connectionId: `asleep-${round}`, integrationKey: 'n8n', credentials: { type: 'API_KEY', apiKey: 'k' }, connectionConfig: {} },
      ])
      if (round > 0) {
        const path = `${clock.nango.url}/connections/asleep-${round - 1}?provider_config_key=n8n`
        await fetch(path, { method: 'DELETE', headers: clock.nango.authorization })
      }
      // Signed in on another device, while this one slept.
      if (flow?.authorizationUrl !== undefined) await walkSignIn(flow.authorizationUrl.replace(/^http:\/\/[^/]+/, clock.nango.url))
      await wait(20 + random.below(60))
      offset += gap
      clock.setClock(offset)
      clock.cut()
      const startedAt = performance.now()
      const asked = clock.requestsMade()
      const seen = clock.nango.requests.length
      process.kill(pid, 'SIGCONT')
      const isRight = async (): Promise<boolean> => {
        const { state } = flow === null ? { state: 'connected' } : await clock.call<Flow>('connect.get', { flowId: flow.flowId })
        const { isListening, state: stillOpen } = await clock.call<Flow>('connect.get', { flowId: open.flowId })
        return state === 'connected' && isListening && stillOpen === 'waiting' && (await isInStep(clock))
      }
      faults.push(...(await within(pace.limitMs, `${name}: not right within ${pace.limitMs} ms`, isRight)))
      const tookMs = performance.now() - startedAt
      slowestMs = Math.max(slowestMs, tookMs)
      // Once a minute services are looked at too, a few at a time, whether it slept or not.
      const looks = clock.nango.requests.slice(seen).filter(({ path }) => path.startsWith('/proxy/')).length
      if (looks > LOOKS_PER_TURN) faults.push(`${name}: ${looks} looks at services in ${Math.round(tookMs)} ms`)
      const requests = clock.requestsMade() - asked - looks
      if (requests > MOST_REQUESTS + tookMs / 1_000) faults.push(`${name}: ${requests} requests in ${Math.round(tookMs)} ms`)
      const ids = (await clock.listAll()).map(({ nangoConnectionId }) => nangoConnectionId)
      if (new Set(ids).size !== ids.length) faults.push(`${name}: a connection is listed twice`)
    }
    faults.push(...(await faultsOfEvents(clock, [])))
    return { rounds, faults, slowestMs, requests: clock.requestsMade() - begun }
  } finally {
    clock.host.child.kill('SIGCONT')
    await clock.stop()
  }
}
