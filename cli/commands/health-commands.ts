import { PatchbayError } from '#shared/errors'
import { type Command, confirm, wordsOf } from '../command.ts'
import type { View } from '../output.ts'
import { relativeTime, safeText } from '../text-format.ts'

interface Health {
  readonly handle: string
  readonly state: 'verified' | 'last_known' | 'unknown'
  readonly verifiedAt: string | null
  readonly cause: string
  readonly summary: string
  readonly evidence: readonly { readonly at: string | null; readonly words: string }[]
  readonly next: { readonly action: string; readonly words: string }
}

interface Revocation {
  readonly handle: string
  readonly outcome: 'revoked' | 'not_supported' | 'failed' | 'unknown'
  readonly tokens: readonly { readonly token: string; readonly outcome: string; readonly reason: string | null }[]
  readonly pageUrl: string | null
  readonly summary: string
}

interface Removal {
  readonly handle: string
  readonly nango: string
  readonly provider: string
  readonly undo: string
  readonly revocation: Revocation | null
}

const STATE_WORDS = { verified: 'verified', last_known: 'last known to work', unknown: 'not known to work' } as const

const headline = (health: Health, { paint, now }: View): string => {
  const when = health.verifiedAt === null ? '' : ` ${relativeTime(health.verifiedAt, now)}`
  const isWell = health.state === 'verified' && health.next.action === 'none'
  const colour = isWell ? paint.good : health.next.action === 'reconnect' ? paint.bad : paint.warn
  return `${safeText(health.handle)}: ${colour(`${STATE_WORDS[health.state]}${when}`)}`
}

/** What is known of a connection in a few lines: the state, why, what was seen, and the next step. */
export const formatHealth = (result: unknown, view: View): string => {
  const health = result as Health
  const seen = health.evidence.map(({ at, words }) =>
    view.paint.dim(`  ${at === null ? '' : `${relativeTime(at, view.now)}: `}${safeText(words)}`),
  )
  const next = health.next.action === 'none' ? [] : [`  Next: ${safeText(health.next.words)}`]
  return [headline(health, view), `  ${safeText(health.summary)}`, ...seen, ...next].join('\n')
}

const DOWN = new Set(['down_once', 'provider_down', 'unreachable', 'no_answer', 'asked_for_pause'])

/** 0 it works; 5 the person must connect it again; 7 the service or Nango cannot be reached; 1 it could not be verified. */
const exitCodeOf = ({ state, cause, next }: Health): number => {
  if (next.action === 'reconnect') return 5
  if (DOWN.has(cause)) return 7
  return state === 'verified' && cause === 'well' ? 0 : 1
}

/** `patchbay connections verify REF`. */
export const verifyCommand: Command = {
  usage: 'connections verify REF [--no-renew]',
  summary: 'Tries a connection at its service; exit 5 when it must be connected again, 7 when the service is down.',
  booleans: ['no-renew'],
  run: async ({ session, print }, args) => {
    const [connectionId = ''] = wordsOf(args, verifyCommand.usage, 1)
    const health = (await session.call('connections.verify', { connectionId, mayRenew: !args.flags.has('no-renew') })) as Health
    print(health, formatHealth)
    process.exitCode = exitCodeOf(health)
  },
}

/** `patchbay connections health REF`. */
export const healthCommand: Command = {
  usage: 'connections health REF',
  summary: 'What is known of whether a connection works, without asking anybody.',
  run: async ({ session, print }, args) => {
    const [connectionId = ''] = wordsOf(args, healthCommand.usage, 1)
    print(await session.call('connections.health', { connectionId }), formatHealth)
  },
}

const TOKEN_WORDS: Readonly<Record<string, string>> = {
  access_token: 'access token',
  refresh_token: 'refresh token',
  grant: 'sign-in',
  key: 'key',
}
const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  revoked: 'ended',
  not_supported: 'cannot be ended from here',
  failed: 'not ended',
  unknown: 'not known whether it ended',
}

const revocationLines = (report: Revocation, { paint }: View): string[] => [
  safeText(report.summary),
  ...report.tokens.map(({ token, outcome, reason }) => {
    const words = OUTCOME_WORDS[outcome] ?? outcome
    const colour = outcome === 'revoked' ? paint.good : outcome === 'failed' ? paint.bad : paint.warn
    return `  ${TOKEN_WORDS[token] ?? safeText(token)}: ${colour(words)}${reason === null ? '' : `. ${safeText(reason)}`}`
  }),
  ...(report.outcome === 'revoked' || report.pageUrl === null ? [] : [`  Your account's page for it: ${safeText(report.pageUrl)}`]),
]

/** A report of a revocation, token by token, with the page to open where it was not done. */
export const formatRevocation = (result: unknown, view: View): string => {
  const report = result as Revocation
  return `${safeText(report.handle)}: ${revocationLines(report, view).join('\n')}`
}

const EXIT_OF_REVOCATION = { revoked: 0, not_supported: 5, unknown: 5, failed: 1 } as const

/** `patchbay connections revoke REF`: cannot be undone, so it asks. */
export const revokeCommand: Command = {
  usage: 'connections revoke REF [--yes]',
  summary: 'Ends access at the provider; exit 5 when only you can, on the page it names.',
  run: async (context, args) => {
    const { session, print } = context
    const [reference = ''] = wordsOf(args, revokeCommand.usage, 1)
    const found = (await session.call('connections.get', { connectionId: reference })) as {
      readonly connectionId: string
      readonly handle: string
    }
    const question = `End the access of ${safeText(found.handle)} at the provider? Programs that use it lose it, and it cannot be undone.`
    if (!(await confirm(context, question))) throw new PatchbayError('request.cancelled')
    const report = (await session.call('connections.revoke', { connectionId: found.connectionId })) as Revocation
    print(report, formatRevocation)
    process.exitCode = EXIT_OF_REVOCATION[report.outcome]
  },
}

const NANGO_WORDS: Readonly<Record<string, string>> = {
  deleted: 'deleted',
  already_gone: 'was gone already',
  not_asked: 'still there',
  never_there: 'never there',
}

/** What a removal did, place by place, and whether it can be undone. */
export const formatRemoval = (result: unknown, view: View): string => {
  const report = result as Removal
  const provider = report.revocation === null ? ['At the provider: access stays.'] : revocationLines(report.revocation, view)
  return [
    `${safeText(report.handle)} is removed.`,
    `  At Nango: ${NANGO_WORDS[report.nango] ?? safeText(report.nango)}. Here: forgotten.`,
    ...provider.map((line) => `  ${line}`),
    report.undo === 'adopt'
      ? '  It can be brought back: patchbay connections adopt.'
      : '  This cannot be undone; to have it again, connect the account again.',
  ].join('\n')
}
