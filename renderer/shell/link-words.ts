import type { SystemStatus } from '#shared/contract/system'
import { t } from '#renderer/messages/translate.ts'
import type { LinkState } from '#renderer/api/transport.ts'
import { clockTime, longAgo, untilThen } from '#renderer/ui/relative-words.ts'
import type { Glyph } from '#renderer/ui/status-words.ts'
import { middleOf } from './profile-words.ts'

/** What the status bar says about the link: glyph, words, and when the next look is. */
export const linkWords = (
  status: Pick<SystemStatus, 'profile' | 'sync' | 'vault'>,
  link: LinkState,
  now: number,
): { readonly glyph: Glyph; readonly words: string; readonly next: string | null } => {
  const place = status.profile?.kind === 'sandbox' ? t('shell.link.sandbox') : middleOf(status.profile)
  if (link !== 'open') return { glyph: 'unknown', words: t('shell.link.no-answer'), next: null }
  const { sync } = status
  if (status.vault.state !== 'open') return { glyph: 'unknown', words: t('shell.link.waits-vault'), next: null }
  if (status.profile === null) return { glyph: 'empty', words: t('shell.link.no-profile'), next: null }
  if (sync === null) return { glyph: 'unknown', words: t('shell.link.not-yet', { place }), next: null }
  const next = sync.nextAt === null ? null : untilThen(sync.nextAt, now)
  const nextWords = next === null ? null : t('shell.link.next', { when: next })
  if (sync.state === 'offline') {
    const since =
      sync.offlineSince === null ? t('shell.link.offline') : t('shell.link.offline-since', { time: clockTime(sync.offlineSince) })
    return { glyph: 'unknown', words: since, next: nextWords }
  }
  if (sync.state === 'refused')
    return { glyph: 'attention', words: t('shell.link.refused', { place: middleOf(status.profile) }), next: null }
  if (sync.state === 'running' && sync.lastCompletedAt === null)
    return { glyph: 'pending', words: t('shell.link.reading', { place }), next: null }
  const age =
    sync.lastCompletedAt === null
      ? t('shell.link.not-yet', { place })
      : t('shell.link.age', { place, ago: longAgo(sync.lastCompletedAt, now) })
  if (sync.state === 'waiting')
    return {
      glyph: 'paused',
      words: age,
      next: next === null ? t('shell.link.pause', { place: middleOf(status.profile) }) : t('shell.link.paused', { when: next }),
    }
  if (sync.state === 'running') return { glyph: 'connected', words: age, next: t('shell.link.looking') }
  return { glyph: sync.lastCompletedAt === null ? 'unknown' : 'connected', words: age, next: nextWords }
}
