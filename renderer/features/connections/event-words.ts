import type { PublicEvent } from '#shared/contract/events'
import { t } from '#renderer/messages/translate.ts'
import { shortDate } from '#renderer/ui/relative-words.ts'

const CHANGES = ['default', 'metadata', 'tags'] as const

/** What was changed, where it was one thing alone. */
const changeOf = (changed: unknown): `updated-${(typeof CHANGES)[number]}` | 'updated' => {
  const only = Array.isArray(changed) && changed.length === 1 ? CHANGES.find((one) => one === changed[0]) : undefined
  return only === undefined ? 'updated' : `updated-${only}`
}

/** One line of History: what happened, and the code behind it where there is one. */
export const eventWords = ({ type, data, at }: PublicEvent): { readonly words: string; readonly code: string | null } => {
  const code = typeof data['code'] === 'string' ? data['code'] : null
  switch (type) {
    case 'connection.pending':
      return { words: t('connections.event.pending'), code: null }
    case 'connection.activated':
      return { words: t('connections.event.activated'), code: null }
    case 'connection.updated':
      return { words: t(`connections.event.${changeOf(data['changed'])}`), code: null }
    case 'connection.refreshed': {
      const until = typeof data['expiresAt'] === 'string' ? Date.parse(data['expiresAt']) : Number.NaN
      const minutes = Math.round((until - Date.parse(at)) / 60_000)
      if (!(minutes > 0)) return { words: t('connections.event.refreshed'), code: null }
      if (minutes >= 48 * 60)
        return { words: t('connections.event.refreshed-until', { date: shortDate(String(data['expiresAt']), Date.parse(at)) }), code: null }
      const words =
        minutes < 60
          ? t('connections.event.refreshed-minutes', { count: minutes })
          : t('connections.event.refreshed-hours', { count: Math.round(minutes / 60) })
      return { words, code: null }
    }
    case 'connection.attention':
      return { words: t('connections.event.attention'), code }
    case 'connection.recovered':
      return { words: t('connections.event.recovered'), code: null }
    case 'connection.revoked':
      return { words: t('connections.event.revoked'), code }
    case 'connection.removed':
      return { words: t('connections.event.removed'), code: null }
    case 'sync.completed':
      return { words: t('connections.event.compared'), code: null }
    case 'flow.failed':
      return { words: t('connections.event.failed'), code }
  }
}
