import type { Flow } from '#shared/contract/connect'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'

/** What to do after a flow that did not succeed. */
export type NextStep = 'retry' | 'correct' | 'profiles' | 'integration' | 'connections'

export interface EndWords {
  readonly title: string
  readonly text: string
  /** The provider's or Nango's own words, to be shown in quotes. */
  readonly quote: string | null
  /** What it can mean, where there are several possibilities. */
  readonly causes: readonly string[]
  /** What it was concluded from, such as which integration was looked at. */
  readonly evidence: readonly string[]
  readonly next: NextStep
  readonly nextLabel: string
  /** The integration that is to be mended; null for one that is still to be made, or where none is at fault. */
  readonly integrationId: string | null
}

type Failure = NonNullable<Flow['error']>

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** What a refused test of credentials can mean; Nango does not tell which it is. */
const testCauses = (name: string, hasAddress: boolean): readonly string[] => [
  t('connect.cause.typing'),
  t('connect.cause.rights', { name }),
  ...(hasAddress ? [t('connect.cause.address')] : []),
  t('connect.cause.unreachable', { name }),
]

/** What is found before anything is opened or sent. */
const PREFLIGHT_CODES: ReadonlySet<string> = new Set([
  'connect.limit_reached',
  'connect.not_allowed',
  'connector.integration_incomplete',
  'connector.needs_integration',
])

const PROFILE_CODES = /^(nango\.(key_refused|scope_missing|public_key|not_nango|certificate)|profile\.)/

/** Whether it stands in the way before a page is opened, and has words of its own. */
export const isPreflight = (code: string): boolean => PREFLIGHT_CODES.has(code) || PROFILE_CODES.test(code)

interface Context {
  readonly name: string
  readonly via: Flow['via'] | null
  readonly hasAddress: boolean
  /** The connection that was to be signed in anew, as it is called; null where a new one was to be made. */
  readonly again: string | null
}

const preflightWords = (error: Failure, { name, again }: Context): Pick<EndWords, 'title' | 'text' | 'next' | 'nextLabel'> => {
  const nothing = again === null ? t('connect.end.nothing') : t('connect.again.as-before', { which: again })
  switch (error.code) {
    case 'connect.limit_reached':
      return {
        title: t('connect.pre.limit-title'),
        text: `${t('connect.pre.limit')} ${nothing}`,
        next: 'connections',
        nextLabel: t('connect.pre.show-connections'),
      }
    case 'connector.integration_incomplete':
      return {
        title: t('connect.pre.incomplete-title', { name }),
        text: `${t('connect.pre.incomplete', { name })} ${nothing}`,
        next: 'integration',
        nextLabel: t('connect.pre.complete'),
      }
    case 'connector.needs_integration':
      return {
        title: t('connect.pre.missing-title', { name }),
        text: `${t('connect.pre.missing', { name })} ${nothing}`,
        next: 'integration',
        nextLabel: t('connect.pre.set-up'),
      }
    default:
      return {
        title: t('connect.pre.not-allowed-title', { name }),
        text: `${t('connect.pre.not-allowed')} ${nothing}`,
        next: 'retry',
        nextLabel: t('connect.try-again'),
      }
  }
}

/** What another account that was not taken left behind: the choice says it. */
const mismatchWords = (error: Failure, { name, again }: Context): Pick<EndWords, 'title' | 'text'> => {
  const which = again ?? name
  return error.data?.['decision'] === 'keep'
    ? { title: t('connect.again.kept-title'), text: t('connect.again.kept', { which, name }) }
    : { title: t('connect.again.left-title', { name }), text: t('connect.again.left', { which, name }) }
}

/** What is said of a flow, or of a start, that failed. */
export const failureWords = (error: Failure, context: Context): EndWords => {
  const { name, again } = context
  const quote = textOf(error.data?.['words'])
  const integrationId = textOf(error.data?.['integrationId'])
  const base = { quote, causes: [], evidence: [], integrationId: null, next: 'retry', nextLabel: t('connect.try-again') } as const
  if (PREFLIGHT_CODES.has(error.code))
    return {
      ...base,
      ...preflightWords(error, context),
      evidence: integrationId === null ? [] : [t('connect.pre.evidence', { id: integrationId })],
      // One that is gone is made anew.
      integrationId: error.code === 'connector.integration_incomplete' ? integrationId : null,
    }
  if (again !== null) return againWords(error, context, base, again)
  switch (error.code) {
    case 'connection.identity_mismatch':
      return { ...base, ...mismatchWords(error, context) }
    case 'connect.denied':
      return {
        ...base,
        quote: null,
        title: t('connect.end.denied-title', { name }),
        text: t('connect.end.denied', { name }),
      }
    case 'connect.provider_error':
      return {
        ...base,
        title: t('connect.end.provider-title', { name }),
        text: t(quote === null ? 'connect.end.no-reason' : 'connect.end.it-says'),
      }
    case 'connect.expired':
      return {
        ...base,
        title: t('connect.end.expired-title'),
        text: t('connect.end.expired'),
        nextLabel: t('connect.end.new-page'),
      }
    case 'connect.interrupted':
      return { ...base, title: t('connect.end.interrupted-title'), text: t('connect.end.interrupted') }
    case 'connect.test_failed':
      return {
        ...base,
        title: t('connect.end.refused-title', { name }),
        text: t('connect.end.refused'),
        causes: testCauses(name, context.hasAddress),
        next: 'correct',
      }
    case 'nango.unreachable':
    case 'nango.timeout':
      return {
        ...base,
        title: t('connect.end.unreachable-title'),
        text: t('connect.end.unreachable'),
      }
    case 'nango.rate_limited':
      return {
        ...base,
        title: t('connect.end.pause-title'),
        text: t('connect.end.pause'),
      }
    default: {
      const words = isErrorCode(error.code) ? errorWords(new PatchbayError(error.code, { message: error.message })) : null
      const next = words?.next ?? textOf(error.data?.['next']) ?? ''
      const isProfile = PROFILE_CODES.test(error.code)
      return {
        ...base,
        title: words?.message ?? error.message,
        text: `${next} ${t('connect.end.nothing')}`.trim(),
        next: isProfile ? 'profiles' : 'retry',
        nextLabel: t(isProfile ? 'connect.open-profiles' : 'connect.try-again'),
      }
    }
  }
}

/** The same where a connection was to be signed in anew: what there was before is still there. */
function againWords(error: Failure, context: Context, base: Omit<EndWords, 'title' | 'text'>, which: string): EndWords {
  const { name } = context
  if (error.code === 'connection.identity_mismatch')
    return { ...base, ...mismatchWords(error, context), nextLabel: t('connect.again.sign-in-again') }
  if (error.code === 'connection.gone')
    return {
      ...base,
      title: t('connect.again.gone-title'),
      text: t('connect.again.gone', { which, name }),
      nextLabel: t('connect.again.anew'),
    }
  const words = failureWords(error, { ...context, again: null })
  const asBefore = t('connect.again.as-before', { which })
  const texts: Readonly<Record<string, string>> = {
    'connect.denied': asBefore,
    'connect.provider_error':
      words.quote === null ? `${t('connect.again.no-reason')} ${asBefore}` : `${asBefore} ${t('connect.again.it-says')}`,
    'connect.expired': `${t('connect.again.expired')} ${asBefore}`,
    'connect.interrupted': `${t('connect.again.interrupted')} ${asBefore}`,
    'connect.test_failed': `${asBefore} ${t('connect.again.refused')}`,
    'nango.unreachable': t('connect.again.unreachable'),
    'nango.timeout': t('connect.again.unreachable'),
    'nango.rate_limited': `${t('connect.again.pause')} ${asBefore}`,
  }
  return { ...words, text: texts[error.code] ?? words.text.replace(t('connect.end.nothing'), asBefore) }
}

/**
 * What is said after a flow was cancelled; `isLate` when an answer came all the same: a new connection was removed, and the sign-in of
 * one that was there already put back.
 */
export const cancelledWords = (name: string, isLate: boolean, again: string | null = null): EndWords => ({
  title: isLate ? t('connect.end.late-title', { name }) : t('connect.end.cancelled-title'),
  text:
    again === null
      ? t(isLate ? 'connect.end.late' : 'connect.end.cancelled', { name })
      : t(isLate ? 'connect.again.late' : 'connect.again.cancelled', { name, which: again }),
  quote: null,
  causes: [],
  evidence: [],
  integrationId: null,
  next: 'retry',
  nextLabel: t('connect.try-again'),
})
