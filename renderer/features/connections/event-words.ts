import type { PublicEvent } from '#shared/contract/events'
import { shortDate } from '#renderer/ui/relative-words.ts'

/** One line of History: what happened, and the code behind it where there is one. */
export const eventWords = ({ type, data, at }: PublicEvent): { readonly words: string; readonly code: string | null } => {
  const code = typeof data['code'] === 'string' ? data['code'] : null
  switch (type) {
    case 'connection.pending':
      return { words: 'Sign-in started', code: null }
    case 'connection.activated':
      return { words: 'Connected', code: null }
    case 'connection.updated':
      return { words: 'Changed', code: null }
    case 'connection.refreshed': {
      const until = typeof data['expiresAt'] === 'string' ? Date.parse(data['expiresAt']) : Number.NaN
      const minutes = Math.round((until - Date.parse(at)) / 60_000)
      if (!(minutes > 0)) return { words: 'Refreshed', code: null }
      if (minutes >= 48 * 60) return { words: `Refreshed, valid until ${shortDate(String(data['expiresAt']), Date.parse(at))}`, code: null }
      return { words: `Refreshed, valid for ${minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`}`, code: null }
    }
    case 'connection.attention':
      return { words: 'Began to need you', code }
    case 'connection.recovered':
      return { words: 'Works again', code: null }
    case 'connection.revoked':
      return { words: 'Access ended', code }
    case 'connection.removed':
      return { words: 'Removed', code: null }
    case 'sync.completed':
      return { words: 'Compared', code: null }
    case 'flow.failed':
      return { words: 'Sign-in did not complete', code }
  }
}
