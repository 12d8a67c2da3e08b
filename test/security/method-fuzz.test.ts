import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Method } from '#shared/contract/define'
import { PatchbayError, toWire } from '#shared/errors'
import { count, HARNESS_SEED } from '../reliability/seeded-random.ts'
import { startFuzzTarget } from './fuzz-target.ts'
import { fuzzCount, fuzzMethods, type FuzzTarget, longestLogLine } from './method-fuzz.ts'

const RUNS = 200

describe('methods fuzzed from their schemas', () => {
  let target: Awaited<ReturnType<typeof startFuzzTarget>>

  beforeAll(async () => {
    target = await startFuzzTarget()
  })
  afterAll(() => target.stop())

  test('refused inputs change nothing and are explained, valid reads are understood', { timeout: 120_000 }, async () => {
    const report = await fuzzMethods(target, RUNS, HARNESS_SEED)
    count(fuzzCount(report, RUNS))
    expect(report.faults).toEqual([])
    expect(report.refused).toBeGreaterThanOrEqual(RUNS * report.methods * 0.9)
    expect(longestLogLine(target.folder)).toBeLessThanOrEqual(2048)
  })

  test('refused inputs of a program with all that a grant can hold change nothing either', { timeout: 120_000 }, async () => {
    const isSeen = ({ callers }: Method): boolean => callers.includes('automation')
    const report = await fuzzMethods({ ...target, call: target.callAsProgram }, 60, HARNESS_SEED, isSeen)
    count(`as a program, ${fuzzCount(report, 60)}`)
    expect(report.faults).toEqual([])
    expect(report.refused).toBeGreaterThanOrEqual(60 * report.methods * 0.9)
  })

  test('a door that acts before it looks, or tells how it is built, is caught by the same inputs', { timeout: 120_000 }, async () => {
    let density: 'compact' | 'regular' = 'regular'
    const hasty: FuzzTarget = {
      ...target,
      call: async (method, params) => {
        density = density === 'compact' ? 'regular' : 'compact'
        if (method === 'settings.update') target.core.platform.settings.write({ density })
        const reply = await target.call(method, params)
        if (reply.ok || method !== 'events.list') return reply
        return { ok: false, error: toWire(new PatchbayError('request.invalid', { message: 'SELECT * FROM events failed' })) }
      },
    }
    const { faults } = await fuzzMethods(hasty, 10, HARNESS_SEED)
    expect(faults.some((fault) => fault.includes('changed the state'))).toBe(true)
    expect(faults.some((fault) => fault.includes('tells too much'))).toBe(true)
  })
})
