import { beforeEach, describe, expect, test } from 'vitest'
import { createServerClock, httpDateFrom, type ServerClock } from '#core/nango/server-clock'

const START = Date.parse('2026-11-20T12:00:00Z')
const DAY = 86_400_000
let wall = START
let monotonic = 50_000
let server: ServerClock

const reply = (at: number): void => server.observe(new Date(at).toUTCString(), 0)
const pass = (ms: number): void => {
  wall += ms
  monotonic += ms
}

beforeEach(() => {
  wall = START
  monotonic = 50_000
  server = createServerClock({ now: () => wall, monotonicNow: () => monotonic })
})

describe('the time at a server', () => {
  test("is this computer's until a reply tells", () => {
    expect(server.now()).toBe(START)
    expect(server.skewMs()).toBeNull()
  })

  test('follows the Date of its replies, whatever this clock says', () => {
    reply(START - DAY)
    pass(10_000)
    expect(server.now()).toBe(START - DAY + 10_500)
    wall += 400 * DAY
    pass(1_000)
    expect(server.now()).toBe(START - DAY + 11_500)
    wall = 0
    expect(server.now()).toBeLessThan(START - DAY + 20_000)
  })

  test('is told by the middle of several replies: one wrong Date changes nothing', () => {
    for (const offset of [0, 0, 400 * DAY, 0]) {
      reply(wall - 120_000 + offset)
      pass(5_000)
    }
    expect(Math.abs((server.skewMs() ?? 0) - 120_000)).toBeLessThanOrEqual(1_000)
  })

  test('says how far this clock is off only after three replies, and not between a jump and the next ones', () => {
    reply(wall + DAY)
    reply(wall + DAY)
    expect(server.skewMs()).toBeNull()
    reply(wall + DAY)
    expect(server.skewMs()).toBeCloseTo(-DAY, -4)
    wall += 3_600_000
    expect(server.skewMs()).toBeNull()
  })

  test('after a sleep nothing runs out early, and the next reply tells how late it is', () => {
    reply(wall)
    wall += 3 * DAY
    expect(server.now()).toBe(START + 500)
    reply(wall)
    expect(server.now()).toBe(START + 3 * DAY + 500)
  })

  test.each([undefined, '', 'abc', '-1', '1e9', '2026-11-20T12:00:00Z', 'Fri, 99 Nov 2026 12:00:00 GMT'])(
    'takes %j for no time',
    (header) => {
      expect(httpDateFrom(header)).toBeNull()
    },
  )
})
