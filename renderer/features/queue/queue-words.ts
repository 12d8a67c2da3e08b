import type { Queue, QueueItem } from '#shared/contract/queue'
import { errorMessage } from '#renderer/messages/error-words.ts'
import { t } from '#renderer/messages/translate.ts'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import type { Glyph } from '#renderer/ui/status-words.ts'

/** How the items of a queue stand. */
export interface Tally {
  readonly total: number
  readonly connected: number
  readonly failed: number
  /** Skipped, or not begun before the queue was ended. */
  readonly left: number
  /** Waiting for their turn, or at it. */
  readonly open: number
  /** Which one it is at, from 1. */
  readonly at: number
}

/** Counts the items of a queue by how they stand. */
export const tallyOf = ({ items }: Pick<Queue, 'items'>): Tally => {
  const count = (...states: QueueItem['state'][]): number => items.filter(({ state }) => states.includes(state)).length
  const open = count('waiting', 'running')
  return {
    total: items.length,
    connected: count('connected'),
    failed: count('failed'),
    left: count('skipped', 'cancelled'),
    open,
    at: Math.min(items.length, items.length - open + 1),
  }
}

/** Whether nothing more happens with a queue. */
export const isOver = ({ state }: Pick<Queue, 'state'>): boolean => state === 'done' || state === 'cancelled'

/** The socket of an item: empty until something is plugged in. */
export const glyphOf = ({ state }: Pick<QueueItem, 'state'>): Glyph => {
  switch (state) {
    case 'connected':
      return 'connected'
    case 'failed':
      return 'attention'
    case 'running':
      return 'pending'
    case 'waiting':
    case 'skipped':
    case 'cancelled':
      return 'empty'
  }
}

/** How far a queue is, in a few words: `Connecting 3 of 6`, `5 of 6 connected`. */
export const headlineOf = (queue: Pick<Queue, 'state' | 'items'>): string => {
  const { total, connected, at } = tallyOf(queue)
  switch (queue.state) {
    case 'running':
      return t('queue.head.running', { at, total })
    case 'paused':
      return t('queue.head.paused', { at, total })
    case 'cancelled':
      return t('queue.head.cancelled', { connected, total })
    case 'done':
      return connected === total ? t('queue.head.all', { total }) : t('queue.head.done', { connected, total })
  }
}

/** The counts behind the headline: `2 connected · 1 not connected · 3 to go`; of one that is over only what the headline does not say. */
export const countsOf = (queue: Pick<Queue, 'state' | 'items'>): string => {
  const { connected, failed, left, open } = tallyOf(queue)
  return [
    connected === 0 || isOver(queue) ? null : t('queue.count.connected', { count: connected }),
    failed === 0 ? null : t('queue.count.failed', { count: failed }),
    left === 0 ? null : t('queue.count.left', { count: left }),
    open === 0 ? null : t('queue.count.open', { count: open }),
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

/** Why an item was not connected. */
export const reasonOf = (item: Pick<QueueItem, 'error'>, name: string): string => {
  if (item.error === null) return ''
  return item.error.code === 'connect.denied' ? t('connect.end.denied', { name: spokenName(name) }) : errorMessage(item.error)
}

/** What a queue was asked for and did not connect, to be planned again. */
export const leftOver = ({ items }: Pick<Queue, 'items'>): readonly { readonly connectorId: string; readonly label?: string }[] =>
  items
    .filter(({ state }) => state === 'failed' || state === 'skipped' || state === 'cancelled')
    .map(({ connectorId, label }) => ({ connectorId, ...(label === null ? {} : { label }) }))

/** A name with its label, for a sentence. */
export const namedAs = (name: string, label: string | null): string => (label === null ? name : t('queue.named', { name, label }))
