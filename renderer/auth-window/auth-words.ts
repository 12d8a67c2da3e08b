/** Where the attempt stands, as the page sees it. */
export type AuthState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string }
  | { readonly kind: 'unusable' }

export interface AuthWords {
  readonly title: string
  readonly text: string
  /** The other side's own words. */
  readonly detail: string | null
  /** What the primary button does; it begins an attempt. */
  readonly begin: string | null
  /** What the other button does; it ends the window. */
  readonly end: string
}

const DENIED = /access_denied|user_denied|consent_required|denied/i
const MAX_DETAIL = 300

/** Foreign text on one line: control and direction characters out, cut to what a person reads. */
export const plainDetail = (text: string): string => {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length <= MAX_DETAIL ? line : `${line.slice(0, MAX_DETAIL)}...`
}

const failure = (name: string, type: string, message: string): Omit<AuthWords, 'begin' | 'end'> => {
  if (type === 'window_closed')
    return {
      title: 'The sign-in page is closed',
      text: 'If you are still signing in there, go on: Patchbay notices by itself. Otherwise nothing was connected.',
      detail: null,
    }
  if (type === 'blocked_by_browser')
    return {
      title: 'The sign-in page could not open',
      text: 'Something blocked it. Allow this page to open windows, then try again.',
      detail: null,
    }
  if (type === 'unreachable')
    return {
      title: 'Nango cannot be reached from here',
      text: 'Nothing was connected. Check your connection, or sign in through your browser instead.',
      detail: null,
    }
  if (DENIED.test(message))
    return {
      title: 'Access was not given',
      text: `You pressed Cancel on the page of ${name}, or an admin did. Nothing was connected.`,
      detail: null,
    }
  return { title: `${name} did not complete the sign-in`, text: 'Nothing was connected.', detail: plainDetail(message) || null }
}

/** What the page says and offers in a state. `host` is the Nango server's name. */
export const wordsOf = (state: AuthState, name: string, host: string): AuthWords => {
  switch (state.kind) {
    case 'loading':
      return { title: 'Connect', text: 'Getting the sign-in ready.', detail: null, begin: null, end: 'Cancel' }
    case 'ready':
      return {
        title: `Connect ${name}`,
        text: `A sign-in page opens in a window of its own, by way of Nango at ${host}. Approve it there; this window notices by itself and keeps nothing.`,
        detail: null,
        begin: `Continue to ${name}`,
        end: 'Cancel',
      }
    case 'waiting':
      return {
        title: `Approve the sign-in to ${name}`,
        text: 'It is open in another window. This one notices by itself when you are done.',
        detail: null,
        begin: null,
        end: 'Cancel sign-in',
      }
    case 'connected':
      return { title: `Connected to ${name}`, text: 'You can close this window.', detail: null, begin: null, end: 'Close' }
    case 'unusable':
      return {
        title: 'This window has run out',
        text: 'It is good for one sign-in and opens within a minute. Nothing was connected. Start the sign-in again in Patchbay.',
        detail: null,
        begin: null,
        end: 'Close',
      }
    case 'failed':
      return { ...failure(name, state.type, state.message), begin: 'Try again', end: 'Close' }
  }
}
