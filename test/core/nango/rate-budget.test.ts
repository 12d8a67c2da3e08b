import { beforeEach, describe, expect, test } from 'vitest'
import { createRateBudget, retryAfterFrom, type RateBudget } from '#core/nango/rate-budget'
import { PatchbayError } from '#shared/errors'

const START = Date.parse('2026-11-20T12:00:00Z')
let now = START
let budget: RateBudget
beforeEach(() => {
  now = START
  budget = createRateBudget({ now: () => now, monotonicNow: () => now - START + 5_000 })
})

const headers = (remaining: number, inSeconds = 60, limit = 200): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(START / 1_000 + inSeconds),
})

const admitted = (tries: number): number => {
  for (let count = 0; count < tries; count++) {
    try {
      budget.admit('background')
    } catch {
      return count
    }
  }
  return tries
}

const retryAtOf = (work: () => void): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof PatchbayError) return String(error.data['retryAt'])
  }
  throw new Error('it was admitted')
}

describe('background calls', () => {
  test('take a quarter of a window, then wait for its end', () => {
    budget.admit('background')
    budget.observe(200, headers(199))
    expect(admitted(100)).toBe(49)
    expect(retryAtOf(() => budget.admit('background'))).toBe('2026-11-20T12:01:00.000Z')
    now = START + 60_000
    expect(admitted(100)).toBe(50)
  })

  test('take a quarter of what is usual before the first answer', () => {
    expect(admitted(100)).toBe(50)
  })

  test('stop below 50 remaining, whoever used the rest', () => {
    budget.observe(200, headers(50))
    expect(admitted(1)).toBe(1)
    budget.observe(200, headers(49))
    expect(admitted(1)).toBe(0)
  })

  test('follow a smaller limit of the server', () => {
    budget.observe(200, headers(40, 60, 40))
    expect(admitted(100)).toBe(10)
  })

  test('are not counted where the server has no limit', () => {
    budget.observe(200, {})
    expect(admitted(1_000)).toBe(1_000)
  })
})

describe('calls of an action over many', () => {
  const take = (tries: number): number => {
    for (let count = 0; count < tries; count++) {
      try {
        budget.admit('bulk')
      } catch {
        return count
      }
    }
    return tries
  }

  test('find out with one call what there is, then take half of a window and wait for its end, a second to be sure', () => {
    expect(take(5)).toBe(1)
    budget.observe(200, headers(199))
    expect(take(500)).toBe(99)
    expect(retryAtOf(() => budget.admit('bulk'))).toBe('2026-11-20T12:01:01.000Z')
    now = START + 60_500
    expect(take(500)).toBe(0)
    now = START + 61_000
    expect(take(500)).toBe(100)
  })

  test('leave a quarter of a window to people, whoever used the rest', () => {
    budget.observe(200, headers(60))
    expect(take(500)).toBe(10)
    budget.observe(200, headers(10, 60, 40))
    expect(take(500)).toBe(0)
    expect(() => budget.admit('person')).not.toThrow()
  })

  test('begin anew as soon as an answer tells of a new window', () => {
    budget.observe(200, headers(199))
    expect(take(500)).toBe(100)
    budget.observe(200, headers(99))
    budget.observe(200, headers(199, 120))
    expect(take(500)).toBeGreaterThanOrEqual(99)
  })

  test('are asked one at a time where nothing is answered, and freely where the server has no limit', () => {
    expect(take(5)).toBe(1)
    now += 1_000
    expect(take(5)).toBe(1)
    budget.observe(200, {})
    expect(take(1_000)).toBe(1_000)
  })
})

describe('calls of a person', () => {
  test('pass although the background had its share', () => {
    budget.observe(200, headers(3))
    expect(() => budget.admit('person')).not.toThrow()
  })

  test('wait after a 429 as long as it says, and no longer', () => {
    budget.observe(429, { 'retry-after': '7' })
    expect(retryAtOf(() => budget.admit('person'))).toBe('2026-11-20T12:00:07.000Z')
    now = START + 7_000
    expect(() => budget.admit('person')).not.toThrow()
  })

  test('wait for the end of the window when a 429 names no time', () => {
    budget.observe(429, headers(0, 20))
    expect(retryAtOf(() => budget.admit('person'))).toBe('2026-11-20T12:00:20.000Z')
  })
})

test('the limit last heard of is told in milliseconds', () => {
  expect(budget.rateLimit).toBeNull()
  budget.observe(200, headers(187, 41))
  expect(budget.rateLimit).toEqual({ limit: 200, remaining: 187, resetsAt: START + 41_000 })
})

describe('Retry-After', () => {
  const cases: readonly (readonly [string | undefined, number | null])[] = [
    ['5', 5_000],
    ['0', 1_000],
    ['1000000000', 3_600_000],
    ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2020 12:00:30 GMT', 1_000],
    ['-1', null],
    ['abc', null],
    ['', null],
    [undefined, null],
    ['1e9', null],
  ]
  for (const [value, expected] of cases) {
    test(`of ${String(value)} is ${expected === null ? 'no time' : `${expected} ms`}`, () => {
      expect(retryAfterFrom(value, START)).toBe(expected)
    })
  }
})

describe('a jump of the clock', () => {
  const START_MONOTONIC = 5_000
  let wall = START
  let monotonic = START_MONOTONIC
  beforeEach(() => {
    wall = START
    monotonic = START_MONOTONIC
    budget = createRateBudget({ now: () => wall, monotonicNow: () => monotonic }, () => START + monotonic - START_MONOTONIC)
  })

  test('neither ends a pause nor makes it longer', () => {
    budget.observe(429, { 'retry-after': '30' })
    for (const jump of [-400 * 86_400_000, 400 * 86_400_000]) {
      wall = START + jump
      expect(() => budget.admit('person')).toThrow()
    }
    monotonic += 30_000
    wall = 0
    expect(() => budget.admit('person')).not.toThrow()
  })

  test('leaves the window of the background as it was: its end counts by the clock of the server', () => {
    wall = START + 86_400_000
    budget.observe(200, headers(199))
    expect(admitted(100)).toBe(50)
    monotonic += 59_000
    expect(admitted(1)).toBe(0)
    monotonic += 1_000
    expect(admitted(100)).toBe(50)
  })

  test('that was a sleep lets a pause end that went by in it', () => {
    budget.observe(429, { 'retry-after': '30' })
    budget.slept(86_400_000)
    expect(() => budget.admit('background')).not.toThrow()
  })
})

describe('the answers of services, to which Nango adds its budget,', () => {
  test('count once the limit is known from an answer of Nango itself', () => {
    budget.observePassed(headers(150))
    expect(budget.rateLimit).toBeNull()
    budget.observe(200, headers(199))
    budget.observePassed(headers(150))
    expect(budget.rateLimit).toEqual({ limit: 200, remaining: 150, resetsAt: START + 60_000 })
  })

  test('are not listened to where the headers of those names are the own ones of the service', () => {
    budget.observe(200, headers(199))
    const known = budget.rateLimit
    for (const foreign of [headers(10, 60, 5_000), headers(10, 3_600), headers(200), {}]) budget.observePassed(foreign)
    expect(budget.rateLimit).toEqual(known)
    expect(admitted(10)).toBe(10)
  })

  test('do not give back what was used since Nango headed them, nor the window before', () => {
    budget.observe(200, headers(120))
    budget.observePassed(headers(180))
    expect(budget.rateLimit?.remaining).toBe(120)
    budget.observePassed(headers(110))
    expect(budget.rateLimit?.remaining).toBe(110)
    now = START + 61_000
    budget.observe(200, headers(190, 120))
    budget.observePassed(headers(100, 60))
    expect(budget.rateLimit).toMatchObject({ remaining: 190, resetsAt: START + 120_000 })
  })

  test('tell the end of a new window, which was only assumed until then; what is of a window that is over tells nothing', () => {
    budget.observe(200, headers(120))
    now = START + 62_000
    budget.admit('person')
    budget.observePassed(headers(110))
    expect(budget.rateLimit?.remaining).toBe(200)
    budget.observePassed(headers(150, 90))
    expect(budget.rateLimit).toEqual({ limit: 200, remaining: 150, resetsAt: START + 90_000 })
  })
})
