import type { Connection } from '#shared/contract/connections'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { missingScopes } from '#renderer/ui/status-words.ts'
import { clockTime, dayName } from '#renderer/ui/relative-words.ts'

/** The modes whose credentials have no end of their own. */
const ENDLESS_MODES = new Set(['API_KEY', 'BASIC', 'NONE'])

/** Whether the credentials never expire by their nature. */
export const isEndless = (connection: Pick<Connection, 'authMode'>): boolean => ENDLESS_MODES.has(connection.authMode)

/** The way to authenticate, in words. */
export const modeWords = (authMode: string): string => {
  if (authMode === 'API_KEY') return 'API key'
  if (authMode === 'BASIC') return 'User name and password'
  if (authMode.startsWith('OAUTH2_CC')) return 'Client credentials'
  return authMode.startsWith('OAUTH') ? 'Sign-in' : authMode
}

/** The account as a person knows it, or null while it is not known. */
export const accountOf = ({ identity }: Pick<Connection, 'identity'>): string | null =>
  identity === null ? null : (identity.email ?? identity.username ?? identity.displayName ?? identity.accountId)

/** Connector and label in one line, for names and sentences. */
export const fullName = (connection: Pick<Connection, 'label'>, connectorName: string): string =>
  connection.label === null ? connectorName : `${connectorName} ${connection.label}`

/** What is wrong, why, and which one action comes next. */
export interface Trouble {
  readonly tone: Glyph
  readonly title: string
  readonly body: string
  readonly action: 'connect-again' | 'show-sign-in' | 'retry' | 'look-again' | null
}

/** The notice of a connection that is not well; null where nothing needs saying. */
export const troubleOf = (connection: Connection, connectorName: string, now: number, isOffline: boolean): Trouble | null => {
  const { status, lastError, expiresAt, lastSyncedAt } = connection
  const lastAnswer = lastError === null ? '' : ` At ${clockTime(lastError.at)}: ${lastError.message}`
  switch (status) {
    case 'connected':
    case 'paused':
      return null
    case 'attention': {
      const missing = missingScopes(connection.scopes)
      if (missing.length > 0) {
        const asked = connection.scopes.requested?.length ?? 0
        const title = `${connectorName} gave ${asked - missing.length} of ${asked} scopes`
        return { tone: 'attention', title, body: `Missing: ${missing.join(', ')}.`, action: 'connect-again' }
      }
      if (isEndless(connection)) {
        const title = `${connectorName} does not accept the key`
        return { tone: 'attention', title, body: `It may have been replaced or lack rights.${lastAnswer}`, action: 'connect-again' }
      }
      // Nango does not tell a sign-in that was taken back from a provider that was down.
      const title = `The sign-in to ${connectorName} could not be renewed`
      const body = `Either the password changed or access was removed, or ${connectorName} was down for a moment: try Refresh first.${lastAnswer}`
      return { tone: 'attention', title, body, action: 'connect-again' }
    }
    case 'expired':
      return {
        tone: 'expired',
        title:
          expiresAt === null
            ? 'The sign-in has ended'
            : `The sign-in ended ${dayName(expiresAt, now).includes(':') ? 'at' : 'on'} ${dayName(expiresAt, now)}`,
        body: `Only you can renew it.${lastAnswer}`,
        action: 'connect-again',
      }
    case 'error':
      return {
        tone: 'error',
        title: `${connectorName} does not answer as it should`,
        body: `It usually passes.${lastAnswer}`,
        action: 'retry',
      }
    case 'pending':
      return {
        tone: 'pending',
        title: `${connectorName} is waiting for you`,
        body: 'Approve the sign-in on its page; this window notices by itself.',
        action: 'show-sign-in',
      }
    case 'revoked':
      return {
        tone: 'revoked',
        title: 'The access was ended',
        body: `Nothing goes through it any more.${lastAnswer}`,
        action: 'connect-again',
      }
    case 'unknown':
      return isOffline
        ? null
        : {
            tone: 'unknown',
            title: 'The true state is not known',
            body: lastSyncedAt === null ? 'It was never compared.' : `Last seen ${dayName(lastSyncedAt, now)}.`,
            action: 'look-again',
          }
  }
}
