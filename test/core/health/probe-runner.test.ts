import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getConnection, insertConnection, updateConnection } from '#core/connections/connection-store'
import { createRenewals } from '#core/connections/renewals'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { blankHealth, getHealth, putHealth } from '#core/health/health-store'
import { ProbeCatalogue } from '#core/health/probe-calls'
import { type ConnectionProbe, createConnectionProbe, noteExpiry } from '#core/health/probe-connection'
import { mightRenew, type ProbeSchedule, ProbeRunner } from '#core/health/probe-runner'
import { SILENT_LOG } from '#core/log'
import { createNangoClient, type NangoClient } from '#core/nango/nango-client'
import { type NangoStandIn, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { Secret } from '#core/vault/secret'
import { PatchbayError } from '#shared/errors'
import { sampleConnection } from '#test/helpers/sample-connection'
import { createClock, type TestClock } from '../sandbox/call-stand-in.ts'

let nango: NangoStandIn
let client: NangoClient
let open: OpenDatabase
let clock: TestClock
let probe: ConnectionProbe
let runner: ProbeRunner
let schedule: ProbeSchedule
let isOffline: boolean

beforeEach(async () => {
  clock = createClock()
  schedule = 'daily'
  isOffline = false
  nango = await startNangoStandIn({ now: clock.now })
  client = createNangoClient({
    host: nango.url,
    secretKey: new Secret(nango.secretKey),
    environment: {},
    log: SILENT_LOG,
    now: clock.now,
    monotonicNow: clock.now,
  })
  open = openMemoryDatabase()
  const parts = { db: open.db, now: clock.now, timeAt: clock.now, isOffline: () => isOffline }
  probe = createConnectionProbe({
    ...parts,
    journal: createJournal(
      open.db,
      createEventBus(() => {}),
      clock.now,
    ),
    clientFor: async () => client,
    calls: new ProbeCatalogue(clock.now),
    renewals: createRenewals({ openFlowOf: () => null, renewed: async () => {} }),
  })
  runner = new ProbeRunner({
    ...parts,
    log: SILENT_LOG,
    probe,
    schedule: () => schedule,
    activeProfileId: () => 'p1',
    isSparing: () => false,
  })
})
afterEach(async () => {
  await runner.stop()
  client.close()
  open.close()
  await nango.stop()
})

const add = (
  index: number,
  given: { readonly connector?: string; readonly authMode?: string; readonly status?: 'attention' | 'connected' } = {},
): string => {
  const { connector = 'openai', authMode = 'API_KEY', status = 'connected' } = given
  const connectionId = `con_${String(index).padStart(5, '0')}`
  insertConnection(
    open.db,
    sampleConnection({
      connectionId,
      connectorId: connector,
      nangoConnectionId: `n-${index}`,
      nangoRowId: index,
      authMode,
      status,
      label: `L${index}`,
      createdAt: new Date(clock.now()).toISOString(),
      at: new Date(clock.now()).toISOString(),
      error: status === 'attention' ? { code: 'connection.refresh_failed', message: 'x', at: new Date(clock.now()).toISOString() } : null,
    }),
  )
  nango.seedConnections([
    { connectionId: `n-${index}`, integrationKey: connector, credentials: { type: 'API_KEY', apiKey: 'demo-key-12345' } },
  ])
  return connectionId
}
const calls = (): string[] => nango.requests.map(({ path }) => path).filter((path) => path.startsWith('/proxy/'))

describe('looks on a schedule', () => {
  test('are a few each minute, each connection once a day, and stay below 50 requests a minute', async () => {
    for (let index = 0; index < 70; index++) add(index)
    const perMinute: number[] = []
    for (let minute = 0; minute < 8; minute++) {
      const before = nango.requests.length
      await runner.turn()
      perMinute.push(nango.requests.length - before)
      clock.advance(60_000)
    }
    expect(Math.max(...perMinute)).toBeLessThan(50)
    expect(calls()).toHaveLength(70)
    clock.advance(86_400_000)
    expect(await runner.turn()).toBe(20)
  })

  test('can be switched off, and none are made for a profile that is offline', async () => {
    add(1)
    schedule = 'off'
    expect(await runner.turn()).toBe(0)
    schedule = 'weekly'
    isOffline = true
    expect(await runner.turn()).toBe(0)
    isOffline = false
    expect(await runner.turn()).toBe(1)
    clock.advance(2 * 86_400_000)
    expect(await runner.turn()).toBe(0)
    clock.advance(5 * 86_400_000)
    expect(await runner.turn()).toBe(1)
  })

  test('come sooner to one whose last look was not good, and find the fact out', async () => {
    const connectionId = add(1)
    await runner.turn()
    nango.changeFaults({ serviceAnswers: 'unauthorized' })
    clock.advance(86_400_000)
    await runner.turn()
    clock.advance(60_000)
    expect([await runner.turn(), getHealth(open.db, connectionId)?.failures]).toEqual([0, 1])
    clock.advance(600_000)
    expect([await runner.turn(), getHealth(open.db, connectionId)?.failures]).toEqual([1, 2])
    expect(probe.health(connectionId)).toMatchObject({ cause: 'refused', next: { action: 'reconnect' } })
    nango.calm()
    clock.advance(6_000_000)
    expect([await runner.turn(), probe.health(connectionId).cause]).toEqual([1, 'well'])
  })

  test('end where Nango asks for a pause, and go on later', async () => {
    for (let index = 0; index < 5; index++) add(index)
    nango.faults.answerNext({
      path: /^\/proxy/,
      status: 429,
      headers: { 'retry-after': '30' },
      body: { error: { code: 'too_many_request', method: 'GET', path: '/proxy/v1/models' } },
    })
    expect([await runner.turn(), calls().length]).toEqual([0, 1])
    clock.advance(61_000)
    expect(await runner.turn()).toBe(5)
  })
})

describe('one that Nango fails at', () => {
  const asked = (): number => nango.requests.filter(({ path }) => path === '/providers/anthropic').length
  const fail = (): void =>
    nango.faults.answerNext({
      path: '/providers/anthropic',
      times: 99,
      status: 500,
      body: { error: { code: 'server_error', message: 'x' } },
    })

  test('takes no turn from those behind it, and is left alone for a while', async () => {
    add(0, { connector: 'anthropic' })
    for (let index = 1; index < 5; index++) add(index)
    fail()
    expect([await runner.turn(), calls().length, asked()]).toEqual([4, 4, 1])
    clock.advance(60_000)
    expect([await runner.turn(), asked()]).toEqual([0, 1])
    clock.advance(86_400_000)
    expect([await runner.turn(), asked()]).toEqual([4, 2])
  })

  test('may be all of them: a turn ends after a few', async () => {
    for (let index = 0; index < 10; index++) add(index, { connector: 'anthropic' })
    fail()
    expect([await runner.turn(), asked()]).toEqual([0, 3])
  })
})

test('a person who asks while an action over many waits for its share is answered at once', async () => {
  const connectionId = add(1)
  const spent = new PatchbayError('nango.rate_limited', { data: { retryInMs: 30_000 } })
  const real = client
  client = { ...real, proxy: (request, call) => (call?.priority === 'bulk' ? Promise.reject(spent) : real.proxy(request, call)) }
  const ofMany = probe.verify(connectionId, { priority: 'bulk' })
  const ofPerson = probe.verify(connectionId)
  await expect(ofMany).rejects.toMatchObject({ code: 'nango.rate_limited' })
  expect((await ofPerson).cause).toBe('well')
})

describe('what is never looked at without anybody asking', () => {
  test.each([
    ['a token that is due within 15 minutes', 10 * 60_000, false],
    ['a token that is due within 20 minutes: the call takes time', 19 * 60_000, false],
    ['a token that is good for an hour', 3_600_000, true],
  ])('%s', async (_name, leftMs, isAsked) => {
    const connectionId = add(1, { connector: 'github', authMode: 'OAUTH2' })
    updateConnection(
      open.db,
      connectionId,
      { expiresAt: new Date(clock.now() + leftMs).toISOString() },
      new Date(clock.now()).toISOString(),
    )
    await runner.turn()
    expect(calls()).toHaveLength(isAsked ? 1 : 0)
  })

  test('a token whose end was never read, and a connection that Nango could not renew', async () => {
    const unread = add(1, { connector: 'github', authMode: 'OAUTH2' })
    add(2, { connector: 'github', authMode: 'OAUTH2', status: 'attention' })
    expect(await runner.turn()).toBe(0)
    noteExpiry(open.db, unread, { expiresAt: null, grantedScopes: null }, clock.now())
    expect([await runner.turn(), calls().length]).toEqual([1, 1])
  })

  test('a key never runs out', () => {
    expect(mightRenew({ auth_mode: 'API_KEY', expires_at: null, expiry_read_at: null }, 0)).toBe(false)
    expect(mightRenew({ auth_mode: 'OAUTH2_CC', expires_at: null, expiry_read_at: null }, 0)).toBe(true)
  })

  test('a connector without a call that would tell takes no turn from the others', async () => {
    for (let index = 0; index < 30; index++) add(index, { connector: 'n8n' })
    const last = add(99)
    await runner.turn()
    clock.advance(60_000)
    await runner.turn()
    expect([calls().length, getHealth(open.db, last)?.outcome]).toEqual([1, 'good'])
  })
})

describe('what is held against a connection', () => {
  const minute = (): void => clock.advance(61_000)
  const change = (connectionId: string, what: Parameters<typeof updateConnection>[2]): unknown =>
    updateConnection(open.db, connectionId, what, new Date(clock.now()).toISOString())
  const now = (): string => new Date(clock.now()).toISOString()
  const statusOf = (connectionId: string): string | undefined => getConnection(open.db, connectionId)?.status

  test('a right that the call never had is not, although the sign-in itself has been seen to work', async () => {
    const connectionId = add(1)
    change(connectionId, { lastVerifiedAt: now() })
    nango.changeFaults({ serviceAnswers: 'forbidden' })
    for (let look = 0; look < 3; look++) {
      minute()
      await probe.verify(connectionId)
    }
    expect([statusOf(connectionId), probe.health(connectionId).cause]).toEqual(['connected', 'not_understood'])
  })

  test('a look without an answer in time is not: it is said, and no more', () => {
    const connectionId = add(1)
    putHealth(open.db, { ...blankHealth(connectionId), checked_at: now(), outcome: 'timeout', probe: 'GET /v1/models' })
    expect(probe.health(connectionId)).toMatchObject({ cause: 'no_answer', state: 'unknown', next: { action: 'verify_again' } })
    expect(statusOf(connectionId)).toBe('connected')
  })

  test('a refusal from before a new sign-in is not: one odd answer after it proves nothing', async () => {
    const connectionId = add(1)
    nango.changeFaults({ serviceAnswers: 'unauthorized' })
    await probe.verify(connectionId)
    minute()
    change(connectionId, { lastVerifiedAt: now() })
    minute()
    expect((await probe.verify(connectionId)).cause).toBe('refused_once')
    expect(statusOf(connectionId)).toBe('connected')
    minute()
    expect((await probe.verify(connectionId)).cause).toBe('refused')
    expect(statusOf(connectionId)).toBe('attention')
  })

  test('a call that was not made is not: after answers that never came Nango itself is left alone for a while', async () => {
    const connectionId = add(1)
    await probe.verify(connectionId)
    const before = getHealth(open.db, connectionId)
    const held = new PatchbayError('nango.timeout', { data: { isHeldBack: true, retryInMs: 1_000 } })
    client = { ...client, proxy: () => Promise.reject(held) }
    minute()
    await expect(probe.verify(connectionId)).rejects.toBe(held)
    expect(getHealth(open.db, connectionId)).toEqual(before)
  })

  test.each(['revoked', 'paused'] as const)('an answer that comes after it was %s is not, and brings nothing back', async (status) => {
    const connectionId = add(1)
    const lookMeanwhile = async (serviceAnswers: 'off' | 'unauthorized'): Promise<void> => {
      minute()
      nango.changeFaults({ serviceAnswers })
      const look = probe.verify(connectionId)
      change(connectionId, { status })
      await look
    }
    nango.changeFaults({ serviceAnswers: 'unauthorized' })
    await probe.verify(connectionId)
    await lookMeanwhile('unauthorized')
    expect(statusOf(connectionId)).toBe(status)
    change(connectionId, { status: 'attention', error: { code: 'connection.refused', message: 'x', at: now() } })
    await lookMeanwhile('off')
    expect(statusOf(connectionId)).toBe(status)
  })
})
