import { t } from '#renderer/messages/translate.ts'

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
      title: t('sign-in.closed-title'),
      text: t('sign-in.closed'),
      detail: null,
    }
  if (type === 'blocked_by_browser')
    return {
      title: t('sign-in.blocked-title'),
      text: t('sign-in.blocked'),
      detail: null,
    }
  if (type === 'unreachable')
    return {
      title: t('sign-in.unreachable-title'),
      text: t('sign-in.unreachable'),
      detail: null,
    }
  if (DENIED.test(message))
    return {
      title: t('sign-in.denied-title'),
      text: t('sign-in.denied', { name }),
      detail: null,
    }
  return { title: t('sign-in.failed-title', { name }), text: t('sign-in.nothing'), detail: plainDetail(message) || null }
}

/** What the page says and offers in a state. `host` is the Nango server's name. */
export const wordsOf = (state: AuthState, name: string, host: string): AuthWords => {
  switch (state.kind) {
    case 'loading':
      return { title: t('sign-in.connect'), text: t('sign-in.loading'), detail: null, begin: null, end: t('sign-in.cancel') }
    case 'ready':
      return {
        title: t('sign-in.connect-name', { name }),
        text: t('sign-in.ready', { host }),
        detail: null,
        begin: t('sign-in.continue', { name }),
        end: t('sign-in.cancel'),
      }
    case 'waiting':
      return {
        title: t('sign-in.approve', { name }),
        text: t('sign-in.waiting'),
        detail: null,
        begin: null,
        end: t('sign-in.cancel-sign-in'),
      }
    case 'connected':
      return { title: t('sign-in.connected', { name }), text: t('sign-in.can-close'), detail: null, begin: null, end: t('sign-in.close') }
    case 'unusable':
      return {
        title: t('sign-in.unusable-title'),
        text: t('sign-in.unusable'),
        detail: null,
        begin: null,
        end: t('sign-in.close'),
      }
    case 'failed':
      return { ...failure(name, state.type, state.message), begin: t('sign-in.try-again'), end: t('sign-in.close') }
  }
}
