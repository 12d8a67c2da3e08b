import type { CallRule, GrantLimits } from '#shared/contract/grants'
import type { HttpMethod } from '#shared/contract/http-method'
import { ruleWords } from './grant-words.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly HttpMethod[]

const isMethod = (text: string): text is HttpMethod => METHODS.some((method) => method === text)

/** The rules of a grant, one a line, as they are edited. */
export const rulesText = (rules: readonly CallRule[]): string => rules.map(ruleWords).join('\n')

/** Reads rules, one a line: methods, a space, a path. Gives the number of the first line that is none, counted from 1. */
export const readRules = (text: string): { readonly rules: CallRule[] } | { readonly wrongLine: number } => {
  const rules: CallRule[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, methods = '', path = ''] = /^([A-Za-z,\s]+?)\s+(\/\S*)$/.exec(line.trim()) ?? []
    const wanted = methods
      .toUpperCase()
      .split(/[\s,]+/)
      .filter((method) => method !== '')
    if (wanted.length === 0 || !wanted.every(isMethod) || path.length > 500 || /[?#]/.test(path)) return { wrongLine: index + 1 }
    rules.push({ methods: wanted.filter(isMethod), path })
  }
  return { rules }
}

/** A number of calls as it is typed: empty is no limit; null where it is none that may be. */
export const readPace = (typed: string, most: number): { readonly count: number | null } | null => {
  const digits = typed.replaceAll(/[\s.,'\u00a0\u202f]/g, '')
  if (digits === '') return { count: null }
  const count = Number(digits)
  return Number.isInteger(count) && count >= 1 && count <= most ? { count } : null
}

/** The most that may be typed of each. */
export const PACE_AT_MOST: Readonly<Record<'callsPerMinute' | 'callsPerDay', number>> = { callsPerMinute: 6000, callsPerDay: 1_000_000 }

export const sameLimits = (one: GrantLimits, other: GrantLimits): boolean =>
  one.callsPerMinute === other.callsPerMinute && one.callsPerDay === other.callsPerDay && rulesText(one.rules) === rulesText(other.rules)
