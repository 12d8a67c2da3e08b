import { say } from './tool.ts'

// Every figure is printed as `name measured/limit unit`; what a person would use instead, or a bare floor, stands indented below it.

let failures = 0

const shown = (value: number): string => {
  const size = Math.abs(value)
  return String(Number(value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)))
}

/** Prints a figure with its limit; one that is over makes the run end with 1. */
export const report = (name: string, measured: number, limit: number, unit: string, ...beside: readonly string[]): void => {
  const isWithin = measured <= limit
  if (!isWithin) failures += 1
  say(`${name} ${shown(measured)}/${limit} ${unit}${isWithin ? '' : '  OVER'}`)
  for (const words of beside) say(`    ${words}`)
}

/** Prints a figure that could not be taken, which is a failure too. */
export const reportMissing = (name: string, error: unknown): void => {
  failures += 1
  say(`${name} not measured  FAILED`)
  say(`    ${(error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ')}`)
}

/** How many figures were over their limits or could not be taken. */
export const failureCount = (): number => failures

/** The value below which this part of all values lies. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** The value in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** `12.3 ms` */
export const ms = (value: number): string => `${shown(value)} ms`
