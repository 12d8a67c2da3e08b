import { ERRORS, PatchbayError, toWire } from '#shared/errors'
import type { ConsoleIo } from './console-io.ts'
import { jsonForTerminal, safeText } from './text-format.ts'

/** Prints a failure: one JSON document with --json, else what happened and what to do. Resolves to the exit code. */
export const printFailure = (io: ConsoleIo, error: unknown, isJson: boolean): number => {
  const wire = toWire(error)
  const detail =
    error instanceof Error && !(error instanceof PatchbayError) ? { ...wire, data: { ...wire.data, reason: error.message } } : wire
  if (isJson) io.err(`${jsonForTerminal({ error: detail })}\n`)
  else {
    const { next, reason, reference, candidates, problems } = detail.data
    io.err(`${safeText(wire.message)}${typeof reason === 'string' ? ` (${safeText(reason)})` : ''}\n`)
    for (const each of Array.isArray(candidates) ? (candidates as readonly { readonly handle?: unknown }[]) : []) {
      io.err(`  ${safeText(typeof each.handle === 'string' ? each.handle : JSON.stringify(each))}\n`)
    }
    for (const each of Array.isArray(problems) ? (problems as readonly Record<string, unknown>[]) : []) {
      const textOf = (...names: readonly string[]): string => names.map((name) => each[name]).find((text) => typeof text === 'string') ?? ''
      io.err(`  ${safeText(textOf('name', 'path'))}: ${safeText(textOf('message'))}\n`)
    }
    if (wire.code === 'internal' && typeof reference === 'string') io.err(`Reference: ${safeText(reference)}\n`)
    if (typeof next === 'string') io.err(`${safeText(next)}\n`)
  }
  return ERRORS[wire.code].exit
}
