import { beforeEach, describe, expect, test } from 'vitest'
import { type CircuitBreaker, createCircuitBreaker } from '#core/http-breaker'

let now = 0
let breaker: CircuitBreaker
beforeEach(() => {
  now = 0
  breaker = createCircuitBreaker(
    () => now,
    () => 1,
  )
})

const fail = (times: number): void => {
  for (let count = 0; count < times; count++) breaker.note('failed', breaker.admit(false))
}

describe('a breaker', () => {
  test('opens after five failures in a row, and not when an answer came between', () => {
    fail(4)
    breaker.note('answered', breaker.admit(false))
    fail(4)
    expect(breaker.admit(false)).toEqual({ kind: 'open' })
    fail(1)
    expect(breaker.admit(false)).toEqual({ kind: 'held', retryInMs: 1_000 })
  })

  test('lets one probe through when its pause is over, waits longer after each that fails, 30 s at most', () => {
    fail(5)
    const pauses: number[] = []
    for (let count = 0; count < 8; count++) {
      const held = breaker.admit(false)
      if (held.kind !== 'held') throw new Error('it is open')
      pauses.push(held.retryInMs)
      now += held.retryInMs
      const probe = breaker.admit(false)
      expect(probe.kind).toBe('probe')
      expect(breaker.admit(false).kind).toBe('held')
      expect(breaker.admit(true).kind).toBe('held')
      breaker.note('failed', probe)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1_000))
  })

  test('closes with the first answer', () => {
    fail(5)
    now += 1_000
    breaker.note('answered', breaker.admit(false))
    expect([breaker.admit(false).kind, breaker.admit(false).kind]).toEqual(['open', 'open'])
  })

  test('lets a person try at once, and everybody after news of the way', () => {
    fail(5)
    const probe = breaker.admit(true)
    expect(probe.kind).toBe('probe')
    breaker.note('failed', probe)
    expect(breaker.admit(false).kind).toBe('held')
    breaker.hurry()
    expect(breaker.admit(false).kind).toBe('probe')
  })

  test('takes a cancelled probe for no news: the next one may try', () => {
    fail(5)
    now += 1_000
    breaker.note('nothing', breaker.admit(false))
    expect(breaker.admit(false).kind).toBe('probe')
  })
})
