import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { METHODS } from '#shared/contract/contract'
import { count } from '../reliability/seeded-random.ts'
import { matrixCount, runMatrix, startMatrixWorld } from './denial-matrix.ts'

describe('every grant against every method against every connection', () => {
  let world: Awaited<ReturnType<typeof startMatrixWorld>>
  beforeAll(async () => {
    world = await startMatrixWorld()
  })
  afterAll(() => world.stop())

  test('lets through what the grant holds and nothing else, and refuses all else in the same words', { timeout: 60_000 }, async () => {
    const report = await runMatrix(world)
    count(matrixCount(report))
    expect(report.holes).toEqual([])
    expect(report.cells).toBeGreaterThan(5000)
    expect(report.allowed).toBeGreaterThan(500)
  })

  test('a door that does not look at grants is found out by the same calls', { timeout: 60_000 }, async () => {
    const { holes } = await runMatrix(world, (program, method) =>
      ['connections.get', 'connections.list'].includes(method) ? { kind: 'cli', isTrusted: true, terminal: null } : program,
    )
    expect(holes.some((hole) => hole.includes('connections.get n8n/c: let through'))).toBe(true)
    expect(holes.some((hole) => hole.includes('tells of'))).toBe(true)
  })

  test('every method that a program may see says how its grants bound it, and nobody else is asked that', () => {
    for (const [name, method] of METHODS) {
      const isSeen = method.callers.includes('automation')
      expect([name, method.reach !== undefined]).toEqual([name, isSeen])
      if (isSeen) expect([name, method.access]).not.toEqual([name, 'admin'])
    }
  })
})
