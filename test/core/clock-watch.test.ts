import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClockWatch, currentAddresses, type Waking } from '#core/clock-watch'
import { backoffMs } from '#core/clock'

let wall = 0
let monotonic = 0
let addresses: string | null = '192.0.2.1'
let wakings: Waking[] = []
let networks = 0
let watch: ClockWatch

beforeEach(() => {
  wall = 1_000_000
  monotonic = 0
  addresses = '192.0.2.1'
  wakings = []
  networks = 0
  watch = new ClockWatch({
    clock: { now: () => wall, monotonicNow: () => monotonic },
    onWake: (waking) => wakings.push(waking),
    onNetwork: () => (networks += 1),
    addresses: () => addresses,
    tickMs: 5_000,
  })
  watch.start()
})
afterEach(() => watch.stop())

const pass = (ms: number): void => {
  wall += ms
  monotonic += ms
}

describe('the watch on the clocks', () => {
  test('hears nothing while both go on, and nothing of a clock that is slowly put right', () => {
    for (let tick = 0; tick < 100; tick++) {
      pass(5_000)
      wall += 400
      watch.check()
    }
    expect(wakings).toEqual([])
  })

  test('notices a sleep in which one clock stood still, once', () => {
    pass(5_000)
    wall += 3 * 86_400_000
    watch.check()
    pass(5_000)
    watch.check()
    expect(wakings).toEqual([{ gapMs: 3 * 86_400_000, lateMs: 0 }])
  })

  test('notices a clock that is set while it looks', () => {
    let readings = 0
    const seen: Waking[] = []
    const racing = new ClockWatch({
      // Set forward right after the second reading.
      clock: { now: () => (++readings > 2 ? 86_400_000 : 0), monotonicNow: () => 0 },
      onWake: (waking) => seen.push(waking),
      onNetwork: () => {},
      addresses: () => '',
    })
    racing.start()
    for (let look = 0; look < 6; look++) racing.check()
    racing.stop()
    expect(seen).toEqual([{ gapMs: 86_400_000, lateMs: 0 }])
  })

  test('notices a clock that was set back', () => {
    wall -= 400 * 86_400_000
    watch.check()
    expect(wakings).toEqual([{ gapMs: -400 * 86_400_000, lateMs: 0 }])
  })

  test('notices a process that stood still while both clocks went on', () => {
    pass(70_000)
    watch.check()
    expect(wakings).toEqual([{ gapMs: 0, lateMs: 65_000 }])
  })

  test('notices another network, not its loss', () => {
    for (const now of ['', null, '192.0.2.1', '192.0.2.1', '198.51.100.7']) {
      addresses = now
      watch.check()
    }
    expect(networks).toBe(2)
    expect(wakings).toEqual([])
  })
})

test("this computer's addresses can be read and stay the same", () => {
  expect(currentAddresses()).toBe(currentAddresses())
})

test('waits are a random part of 0.5 s, 1 s, 2 s and so on up to a minute', () => {
  expect([0, 1, 2, 6, 7, 8, 5_000].map((attempt) => backoffMs(attempt, () => 1))).toEqual([
    500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000,
  ])
  expect(backoffMs(3, () => 0)).toBe(0)
})
