import type { ConnectionHealth } from '#shared/contract/connection-health'
import { t } from '#renderer/messages/translate.ts'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { isProved } from './health-words.ts'

/** What a look at the service has proved: how it is called, and the one next step. */
export interface ProvedTrouble {
  readonly tone: Glyph
  readonly title: string
  readonly body: string
  readonly action: 'reconnect' | 'verify' | 'look-again'
}

/** The notice for what a look has proved; null where nothing is proved, or the connection was mended or put away since. */
export const provedTrouble = (health: ConnectionHealth | undefined, name: string, place: string): ProvedTrouble | null => {
  if (health === undefined || !isProved(health)) return null
  if (health.cause === 'refused')
    return { tone: 'attention', title: t('life.proved.refused', { name }), body: t('life.proved.refused-text'), action: 'reconnect' }
  if (health.cause === 'gone_at_nango')
    return { tone: 'attention', title: t('life.gone.title', { place }), body: t('life.proved.gone-text'), action: 'look-again' }
  return { tone: 'error', title: t('life.proved.down', { name }), body: t('life.proved.down-text'), action: 'verify' }
}
