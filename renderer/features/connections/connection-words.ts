import type { Connection } from '#shared/contract/connections'
import { ERRORS } from '#shared/errors'
import { errorMessage } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { missingScopes } from '#renderer/ui/status-words.ts'
import { clockTime, dayName } from '#renderer/ui/relative-words.ts'

/** The modes whose credentials have no end of their own. */
const ENDLESS_MODES = new Set(['API_KEY', 'BASIC', 'NONE'])

/** Whether the credentials never expire by their nature. */
export const isEndless = (connection: Pick<Connection, 'authMode'>): boolean => ENDLESS_MODES.has(connection.authMode)

/** Whether the account is known from a form that was filled in, not from a sign-in. */
export const isForm = ({ authMode }: Pick<Connection, 'authMode'>): boolean => !authMode.startsWith('OAUTH')

/** Another account answered its last sign-in than the one known. */
export const hasOtherAccount = ({ status, lastError }: Connection): boolean =>
  status === 'attention' && lastError?.code === 'connection.identity_mismatch'

/** What is wrong, why, and which one action comes next. */
export interface Trouble {
  readonly tone: Glyph
  readonly title: string
  readonly body: string
  readonly action: 'connect-again' | 'decide' | 'show-sign-in' | 'retry' | 'look-again' | null
}

const joined = (...sentences: readonly string[]): string => sentences.filter((one) => one !== '').join(' ')

/** What only says once more that a sign-in could not be renewed. */
const NOT_RENEWED = new Set(['Nango could not renew the sign-in.', ERRORS['connection.refresh_failed'].message])

/** Whether its notice is about scopes that were not given; it names them. */
export const isShortOfScopes = ({ status, scopes }: Connection): boolean => status === 'attention' && missingScopes(scopes).length > 0

/** Whether what was given works: nothing was refused but the scopes that are missing. */
export const lacksOnlyScopes = (connection: Connection): boolean => isShortOfScopes(connection) && connection.lastError === null

const lastAnswerOf = (connection: Connection): string => {
  const { status, lastError } = connection
  if (lastError === null) return ''
  const time = clockTime(lastError.at)
  // Under the title of such a notice the time alone is new.
  if (status === 'attention' && !isShortOfScopes(connection) && NOT_RENEWED.has(lastError.message))
    return t('connections.trouble.last-at', { time })
  return t('connections.trouble.last-answer', { time, message: errorMessage(lastError) })
}

/** The notice of a connection that is not well; null where nothing needs saying. */
export const troubleOf = (connection: Connection, name: string, now: number, isOffline: boolean): Trouble | null => {
  const { status, expiresAt, lastSyncedAt } = connection
  const lastAnswer = lastAnswerOf(connection)
  switch (status) {
    case 'connected':
    case 'paused':
      return null
    case 'attention': {
      if (isShortOfScopes(connection)) {
        const missing = missingScopes(connection.scopes)
        const asked = connection.scopes.requested?.length ?? 0
        const title = t('connections.trouble.scopes', { name, given: asked - missing.length, asked })
        const body = joined(t('connections.trouble.scopes-text', { scopes: missing.join(', ') }), lastAnswer)
        return { tone: 'attention', title, body, action: 'connect-again' }
      }
      if (hasOtherAccount(connection))
        return { tone: 'attention', title: t('connect.decide.title'), body: t('connections.trouble.other-account-text'), action: 'decide' }
      const kind = isEndless(connection) ? 'key' : 'renew'
      // Nango does not tell a sign-in that was taken back from a provider that was down.
      const body = joined(kind === 'key' ? t('connections.trouble.key-text') : t('connections.trouble.renew-text', { name }), lastAnswer)
      return { tone: 'attention', title: t(`connections.trouble.${kind}`, { name }), body, action: 'connect-again' }
    }
    case 'expired':
      return {
        tone: 'expired',
        title: endedWords(expiresAt, now),
        body: joined(t('connections.trouble.expired-text'), lastAnswer),
        action: 'connect-again',
      }
    case 'error':
      return {
        tone: 'error',
        title: t('connections.trouble.error', { name }),
        body: joined(t('connections.trouble.error-text'), lastAnswer),
        action: 'retry',
      }
    case 'pending':
      return {
        tone: 'pending',
        title: t('connections.trouble.pending', { name }),
        body: t('connections.trouble.pending-text'),
        action: 'show-sign-in',
      }
    case 'revoked':
      return {
        tone: 'revoked',
        title: t('connections.trouble.revoked'),
        body: joined(t('connections.trouble.revoked-text'), lastAnswer),
        action: 'connect-again',
      }
    case 'unknown': {
      if (isOffline) return null
      const body =
        lastSyncedAt === null ? t('connections.trouble.never') : t('connections.trouble.last-seen', { day: dayName(lastSyncedAt, now) })
      return { tone: 'unknown', title: t('connections.trouble.unknown'), body, action: 'look-again' }
    }
  }
}

const endedWords = (expiresAt: string | null, now: number): string => {
  if (expiresAt === null) return t('connections.trouble.expired')
  const day = dayName(expiresAt, now)
  return day.includes(':') ? t('connections.trouble.expired-at', { time: day }) : t('connections.trouble.expired-on', { day })
}
