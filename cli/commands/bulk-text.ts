import { relativeTime, safeText } from '../text-format.ts'

interface Counts {
  readonly done: number
  readonly unchanged: number
  readonly refused: number
  readonly failed: number
  readonly waiting: number
}

/** A run, as far as the command line shows it. */
export interface Bulk {
  readonly bulkId: string
  readonly action: string
  readonly state: string
  readonly total: number
  readonly counts: Counts
  readonly endedAt: string | null
  readonly pausedUntil: string | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly canUndo: boolean
}

/** What a run would do. */
export interface Plan {
  readonly action: string
  readonly total: number
  readonly willDo: number
  readonly unchanged: number
  readonly requests: number
  readonly refused: readonly {
    readonly code: string
    readonly message: string
    readonly count: number
    readonly examples: readonly string[]
  }[]
}

/** What each action is called: before, and of those it was done to. */
const WORDS: Readonly<Record<string, readonly [todo: string, done: string]>> = {
  refresh: ['to refresh', 'refreshed'],
  verify: ['to verify', 'work'],
  label: ['to label', 'labelled'],
  tag: ['to tag', 'tagged'],
  revoke: ['to revoke', 'revoked'],
  remove: ['to remove', 'removed'],
  export: ['to export', 'exported'],
}

const sentence = (total: number, parts: readonly (readonly [count: number, words: string])[]): string => {
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
  return `${total} ${total === 1 ? 'connection' : 'connections'}${told.length === 0 ? '' : `: ${told.join(', ')}`}.`
}

/** What would happen, in a few lines. */
export const planText = (plan: Plan): string => {
  const refused = plan.refused.reduce((sum, { count }) => sum + count, 0)
  const first = sentence(plan.total, [
    [plan.willDo, WORDS[plan.action]?.[0] ?? plan.action],
    [plan.unchanged, 'with nothing to do'],
    [refused, 'not possible'],
  ])
  const reasons = plan.refused.map(
    ({ count, message, examples }) =>
      `  ${count}: ${safeText(message)} ${examples.map((each) => safeText(each)).join(', ')}${count > examples.length ? ', ...' : ''}`,
  )
  return [first, ...reasons, ...(plan.requests > 0 ? [`  Up to ${plan.requests} requests to Nango.`] : [])].join('\n')
}

/** How far it is, in one line. */
export const progressText = ({ counts, total, pausedUntil }: Bulk): string => {
  const ended = total - counts.waiting
  const trouble = counts.failed + counts.refused
  const pause = pausedUntil === null ? '' : `, waits until ${relativeTime(pausedUntil)}`
  return `${ended} of ${total}${trouble > 0 ? `, ${trouble} not done` : ''}${pause}`
}

/** What came of it, in one line. */
export const resultText = (bulk: Bulk): string => {
  const { counts } = bulk
  return sentence(bulk.total, [
    [counts.done, WORDS[bulk.action]?.[1] ?? 'done'],
    [counts.unchanged, 'with nothing to do'],
    [counts.refused, 'not possible'],
    [counts.failed, 'failed'],
    [counts.waiting, 'not reached'],
  ])
}
