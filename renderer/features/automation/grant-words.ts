import type { CallRule, Grant, GrantLimits, GrantVerb } from '#shared/contract/grants'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { shortAgo, shortDate, spanWords } from '#renderer/ui/relative-words.ts'

/** The verbs, the quietest first. */
export const VERBS: readonly GrantVerb[] = ['read', 'request', 'write', 'secret']

const WEEK = 7 * 24 * 3_600_000

const QUOTES = /["“”„‟«»]/g
/** Two or more of what looks blank: enough to push words to where they would look like ours. */
const GAPS = /[\s\u115f\u1160\u2800\u3164\uffa0]{2,}/g

/** Words of a program as they may stand in quotes: nothing in them ends the quotes or leaves a gap. */
export const tame = (words: string): string => words.replace(GAPS, (gap) => '␣'.repeat(gap.length)).replace(QUOTES, "'")

/** What a program calls itself, in the quotes of the language: its own word, no more. */
export const quoted = (name: string): string => t('automation.quoted', { name: tame(name) })

/** `See, make calls`: the verbs as one phrase. */
export const verbsWords = (verbs: readonly GrantVerb[]): string => {
  const words = VERBS.filter((verb) => verbs.includes(verb)).map((verb, index) =>
    index === 0 ? t(`automation.verb.${verb}`) : t(`automation.verb-after.${verb}`),
  )
  return words.length === 0 ? t('automation.verb.none') : words.join(', ')
}

/** A rule as it is written on the wire: `GET, POST /repos/*`. */
export const ruleWords = ({ methods, path }: CallRule): string => `${methods.join(', ')} ${path}`

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Whether no call that the rules allow changes anything, as methods go. */
export const isReadingOnly = (rules: readonly CallRule[]): boolean =>
  rules.length > 0 && rules.every(({ methods }) => methods.every((method) => SAFE.has(method)))

/** How often calls may be made; empty where nothing limits them. */
export const paceWords = ({ callsPerMinute, callsPerDay }: Pick<GrantLimits, 'callsPerMinute' | 'callsPerDay'>): readonly string[] => [
  ...(callsPerMinute === null ? [] : [t('automation.limit.minute', { count: callsPerMinute })]),
  ...(callsPerDay === null ? [] : [t('automation.limit.day', { count: callsPerDay })]),
]

/** The second line of a grant: which calls, how many, and whether each of them is asked for. */
export const limitsWords = ({ verbs, limits, asksEachTime }: Pick<Grant, 'verbs' | 'limits' | 'asksEachTime'>): string => {
  const { rules } = limits
  const [first] = rules
  const which =
    first === undefined || !verbs.includes('request')
      ? []
      : isReadingOnly(rules) && rules.every(({ path }) => path === '/**')
        ? [t('automation.limit.reading')]
        : rules.length === 1
          ? [ruleWords(first)]
          : [t('automation.limit.rules', { count: rules.length })]
  const parts = [...which, ...paceWords(limits), ...(asksEachTime ? [t('automation.limit.asks')] : [])]
  return parts.length === 0
    ? t(verbs.some((verb) => verb !== 'read') ? 'automation.limit.none' : 'automation.limit.nothing-to')
    : parts.join(' · ')
}

/** Until a moment to come: `in 9 h 12 min`, later its date. */
export const untilWords = (at: string, now: number): string => {
  const left = Date.parse(at) - now
  if (left <= 0) return t('automation.ends.now')
  if (left >= WEEK) return shortDate(at, now)
  const hours = Math.floor(left / 3_600_000)
  const minutes = Math.floor((left % 3_600_000) / 60_000)
  if (hours === 0 || hours >= 24 || minutes === 0) return t('ui.time.in', { span: spanWords(left) })
  return t('ui.time.in', { span: t('automation.ends.hours-minutes', { hours, minutes }) })
}

/** What the column Ends says. */
export const endsWords = (grant: Pick<Grant, 'state' | 'term' | 'endsAt' | 'endedBecause'>, now: number): string => {
  const { state, term, endsAt, endedBecause } = grant
  if (state === 'waiting') return t('automation.ends.waiting')
  if (state !== 'active') return t(`automation.end.${endedBecause ?? 'taken_back'}`)
  if (term === 'once') return t('automation.ends.once')
  return endsAt === null ? t('automation.ends.taken-back') : untilWords(endsAt, now)
}

/** The column Last call: `now`, `9 min`, or that there was none yet. */
export const lastCallWords = (at: string | null, now: number): string => (at === null ? t('automation.never') : shortAgo(at, now))

/** Who started it, the outermost first, and its own process. */
export const startedWords = ({ startedBy, pid }: { readonly startedBy: readonly string[]; readonly pid: number }): string =>
  [...startedBy.toReversed(), t('automation.facts.pid', { pid: String(pid) })].join(' → ')

/** The name of a file without its folder. */
export const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path

/** `3 calls`, and how many of them were denied. */
export const callsWords = (calls: number, denied: number): string =>
  denied === 0 ? t('automation.calls', { count: calls }) : t('automation.calls-denied', { count: calls, denied: formatNumber(denied) })
