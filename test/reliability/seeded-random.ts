import { randomInt } from 'node:crypto'

/** The seed of this run: PATCHBAY_TEST_SEED, else a new one that the counts name. */
export const HARNESS_SEED = Number(process.env['PATCHBAY_TEST_SEED'] ?? randomInt(1_000_000))

/** A size that a variable of the environment sets, such as PATCHBAY_KILLS=5000; `usual` where it is not set. */
export const sizeFrom = (name: string, usual: number): number => {
  const size = Number(process.env[name] ?? usual)
  if (!Number.isSafeInteger(size) || size < 1) throw new Error(`${name} is not a number of at least 1.`)
  return size
}

/** A line of counts; scripts/suites.ts shows it in the report of the run. */
export const count = (line: string, seed: number = HARNESS_SEED): void => void process.stderr.write(`count: ${line}, seed ${seed}\n`)

/** Random numbers from 0 to 1 that can be had again from their seed (mulberry32). */
export interface Random {
  (): number
  /** A whole number from 0 to below `end`. */
  readonly below: (end: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(from: readonly T[]) => T
}

/** Makes a generator of random numbers from its seed. */
export const randomFrom = (seed: number): Random => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (end: number): number => Math.floor(next() * end)
  return Object.assign(next, {
    below,
    chance: (probability: number) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      const chosen = from[below(from.length)]
      if (chosen === undefined) throw new Error('Nothing to pick from.')
      return chosen
    },
  })
}
