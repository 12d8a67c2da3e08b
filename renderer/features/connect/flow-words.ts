import type { Flow } from '#shared/contract/connect'
import { ERRORS, isErrorCode } from '#shared/errors'

/** A connector's name as it stands in a sentence: `GitHub` of `GitHub (User OAuth)`. */
export const spokenName = (name: string): string => name.replace(/\s*\([^()]*\)$/, '') || name

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
  'The key or password has a typing mistake, has ended, or is of another account.',
  `It is right, but lacks the right to read that ${name} asks for.`,
  ...(hasAddress ? ['A field names the wrong address, region or domain.'] : []),
  `${name} could not be reached just now; then the same values work later.`,
]

const PROFILE_CODES = /^(nango\.(key_refused|scope_missing|public_key|not_nango|certificate)|profile\.)/

/** What is said of a flow, or of a start, that failed. */
export const failureWords = (
  error: Failure,
  context: { readonly name: string; readonly via: Flow['via'] | null; readonly hasAddress: boolean },
): EndWords => {
  const { name } = context
  const quote = textOf(error.data?.['words'])
  const base = { quote, causes: [], next: 'retry', nextLabel: 'Try again' } as const
  switch (error.code) {
    case 'connect.denied':
      return {
        ...base,
        quote: null,
        title: `${name} was not given access`,
        text: `You pressed Cancel on ${name}'s page, or an admin there does not allow it. Nothing was connected.`,
      }
    case 'connect.provider_error':
      return {
        ...base,
        title: `${name} did not complete the sign-in`,
        text: quote === null ? 'It gave no reason. Nothing was connected.' : 'Nothing was connected. It says:',
      }
    case 'connect.expired':
      return {
        ...base,
        title: 'The page has run out',
        text: 'The page was good for 30 minutes and has run out. Nothing was connected.',
        nextLabel: 'Get a new page',
      }
    case 'connect.interrupted':
      return { ...base, title: 'Patchbay stopped while this was open', text: 'It looked again when it started: nothing was connected.' }
    case 'connect.test_failed':
      return {
        ...base,
        title: `${name} did not accept this`,
        text: 'Nothing was connected, and nothing was kept. It can mean:',
        causes: testCauses(name, context.hasAddress),
        next: 'correct',
        nextLabel: 'Try again',
      }
    case 'nango.unreachable':
    case 'nango.timeout':
      return {
        ...base,
        title: 'Nango cannot be reached',
        text: 'Nothing was sent or opened, as far as is known. What you typed is still here. Check your connection, then try again.',
      }
    case 'nango.rate_limited':
      return {
        ...base,
        title: 'Nango asks for a pause',
        text: 'Too much was asked in one minute. Nothing was connected; try again in a moment.',
      }
    default: {
      const next = isErrorCode(error.code) ? ERRORS[error.code].next : (textOf(error.data?.['next']) ?? '')
      const isProfile = PROFILE_CODES.test(error.code)
      return {
        ...base,
        title: error.message,
        text: `${next} Nothing was connected.`.trim(),
        next: isProfile ? 'profiles' : 'retry',
        nextLabel: isProfile ? 'Open Profiles' : 'Try again',
      }
    }
  }
}

/** What is said after a flow was cancelled; `late` is what was cleaned up since. */
export const cancelledWords = (name: string, late: string | null): EndWords => ({
  title: late === null ? 'The sign-in was cancelled' : `${name} answered too late`,
  text: late ?? `Nothing was connected. If ${name} still answers, the new connection is removed again.`,
  quote: null,
  causes: [],
  next: 'retry',
  nextLabel: 'Try again',
})
