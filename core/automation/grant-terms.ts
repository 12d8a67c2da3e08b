import { z } from 'zod'
import { type CallRule, GrantLimits, GrantReach, GrantTerm, GrantVerb } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import { fitsPath } from './path-pattern.ts'

/** What a grant allows, as it is stored. */
export const GrantTerms = z.object({
  verbs: z.array(GrantVerb).min(1),
  connections: GrantReach,
  limits: GrantLimits,
  asksEachTime: z.boolean(),
  term: GrantTerm,
})
export type GrantTerms = z.output<typeof GrantTerms>

const MINUTE_MS = 60_000
/** A session ends when nothing is called for so long. */
export const IDLE_MS = 10 * MINUTE_MS
/** No interactive grant lives longer. */
export const LONGEST_MS = 12 * 60 * MINUTE_MS

/** When a term ends by itself, from the moment of the yes; null: not by time. */
export const endOf = (term: GrantTerm, now: number): string | null =>
  term === 'standing' ? null : new Date(now + LONGEST_MS).toISOString()

/** Whether a call through a connection is one of those that the rules name; `path` as it reaches the service, without its query. */
export const isWithinRules = (rules: readonly CallRule[], method: string, path: string): boolean =>
  rules.length === 0 || rules.some((rule) => (rule.methods as readonly string[]).includes(method) && fitsPath(rule.path, path))

/** A path that only a pattern at least as wide as this one takes. */
const sampleOf = (path: string): string => (path.endsWith('/**') ? `${path.slice(0, -3)}/*/**` : path).replaceAll('*', '\u{1f50c}')

const isRuleWithin = (asked: readonly CallRule[], given: CallRule): boolean =>
  asked.length === 0 || given.methods.every((method) => isWithinRules(asked, method, sampleOf(given.path)))

const tooWide = (message: string): PatchbayError =>
  new PatchbayError('grant.too_wide', { data: { problems: [{ path: 'terms', message }] } })

const lower = (asked: number | null, given: number | null): number | null =>
  asked === null ? given : given === null ? asked : Math.min(asked, given)

/**
 * The terms that a person gives for those that were asked. Throws `grant.too_wide` for a verb that was not asked; and for a rule that goes
 * further; numbers never rise above what was asked.
 */
export const narrowed = (
  asked: GrantTerms,
  given: { readonly [K in Exclude<keyof GrantTerms, 'connections'>]?: GrantTerms[K] | undefined },
): Omit<GrantTerms, 'connections'> => {
  const verbs = given.verbs ?? asked.verbs
  const more = verbs.filter((verb) => !asked.verbs.includes(verb))
  if (more.length > 0) throw tooWide(`${more.join(', ')} was not asked for`)
  const limits = given.limits ?? asked.limits
  const wider = limits.rules.filter((rule) => !isRuleWithin(asked.limits.rules, rule))
  if (wider.length > 0) throw tooWide(`${wider.map(({ path }) => path).join(', ')} is not within the rules that were asked for`)
  return {
    verbs: [...new Set(verbs)],
    limits: {
      rules: limits.rules.length === 0 ? asked.limits.rules : limits.rules,
      callsPerMinute: lower(asked.limits.callsPerMinute, limits.callsPerMinute),
      callsPerDay: lower(asked.limits.callsPerDay, limits.callsPerDay),
    },
    asksEachTime: given.asksEachTime ?? asked.asksEachTime,
    term: given.term ?? asked.term,
  }
}
