import type { Flow } from '#shared/contract/connect'
import { isErrorCode, PatchbayError } from '#shared/errors'
import { errorWords } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'

/** What to do after a flow that did not succeed. */
export type NextStep = 'retry' | 'correct' | 'profiles'

export interface EndWords {
  readonly title: string
  readonly text: string
  /** The provider's or Nango's own words, to be shown in quotes. */
  readonly quote: string | null
  /** What it can mean, where there are several possibilities. */
  readonly causes: readonly string[]
  readonly next: NextStep
  readonly nextLabel: string
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

const PROFILE_CODES = /^(nango\.(key_refused|scope_missing|public_key|not_nango|certificate)|profile\.)/

/** What is said of a flow, or of a start, that failed. */
export const failureWords = (
  error: Failure,
  context: { readonly name: string; readonly via: Flow['via'] | null; readonly hasAddress: boolean },
): EndWords => {
  const { name } = context
  const quote = textOf(error.data?.['words'])
  const base = { quote, causes: [], next: 'retry', nextLabel: t('connect.try-again') } as const
  switch (error.code) {
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

/** What is said after a flow was cancelled; `isLate` when a connection came all the same and was removed. */
export const cancelledWords = (name: string, isLate: boolean): EndWords => ({
  title: isLate ? t('connect.end.late-title', { name }) : t('connect.end.cancelled-title'),
  text: t(isLate ? 'connect.end.late' : 'connect.end.cancelled', { name }),
  quote: null,
  causes: [],
  next: 'retry',
  nextLabel: t('connect.try-again'),
})
