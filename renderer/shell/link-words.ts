import type { SystemStatus } from '#shared/contract/system'
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
  const place = status.profile?.kind === 'sandbox' ? 'the sandbox' : middleOf(status.profile)
  if (link !== 'open') return { glyph: 'unknown', words: 'Patchbay does not answer', next: null }
  const { sync } = status
  if (status.vault.state !== 'open') return { glyph: 'unknown', words: 'Waits for the vault', next: null }
  if (status.profile === null) return { glyph: 'empty', words: 'No profile in use', next: null }
  if (sync === null) return { glyph: 'unknown', words: `Not yet compared with ${place}`, next: null }
  const next = sync.nextAt === null ? null : untilThen(sync.nextAt, now)
  const nextWords = next === null ? null : `next look ${next}`
  if (sync.state === 'offline') {
    const since = sync.offlineSince === null ? 'Offline' : `Offline since ${clockTime(sync.offlineSince)}`
    return { glyph: 'unknown', words: since, next: nextWords }
  }
  if (sync.state === 'refused') return { glyph: 'attention', words: `${middleOf(status.profile)} refused the key`, next: null }
  if (sync.state === 'running' && sync.lastCompletedAt === null)
    return { glyph: 'pending', words: `Reading the list at ${place}`, next: null }
  const age =
    sync.lastCompletedAt === null ? `Not yet compared with ${place}` : `In step with ${place} ${longAgo(sync.lastCompletedAt, now)}`
  if (sync.state === 'waiting')
    return { glyph: 'paused', words: age, next: next === null ? `${middleOf(status.profile)} asks for a pause` : `paused, goes on ${next}` }
  if (sync.state === 'running') return { glyph: 'connected', words: age, next: 'looking now' }
  return { glyph: sync.lastCompletedAt === null ? 'unknown' : 'connected', words: age, next: nextWords }
}
