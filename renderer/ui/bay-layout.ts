import type { ConnectionGroup, ConnectionStatus } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'

/** One socket of the bay. */
export interface Socket {
  readonly connectionId: string
  readonly name: string
  readonly status: ConnectionStatus
  readonly group: ConnectionGroup
}

const PITCH = 16
const GROUP_GAP = 8
const LABEL = 52
const MIN_BAR = 24

/** The width that single glyphs need: 16 px each, groups 8 px apart. */
export const glyphsWidth = (groupSizes: readonly number[]): number => {
  const filled = groupSizes.filter((size) => size > 0)
  return filled.reduce((sum, size) => sum + size * PITCH, 0) + Math.max(0, filled.length - 1) * GROUP_GAP
}

/** The lengths of one bar per group in px, by share but none under 24; together with glyph and count they fill `width`. Empty groups get 0. */
export const barLengths = (groupSizes: readonly number[], width: number): readonly number[] => {
  const filled = groupSizes.filter((size) => size > 0)
  const room = Math.max(filled.length * MIN_BAR, width - filled.length * LABEL - Math.max(0, filled.length - 1) * GROUP_GAP)
  let free = room
  let share = filled.reduce((sum, size) => sum + size, 0)
  const small = new Set<number>()
  for (;;) {
    const next = groupSizes.findIndex((size, index) => size > 0 && !small.has(index) && (size / share) * free < MIN_BAR)
    if (next === -1) break
    small.add(next)
    free -= MIN_BAR
    share -= groupSizes[next] ?? 0
  }
  return groupSizes.map((size, index) => (size === 0 ? 0 : small.has(index) ? MIN_BAR : Math.floor((size / share) * free)))
}

/** `46 connections: 4 need you, 3 waiting, 36 working, 3 off`. */
export const bayName = (counts: Readonly<Record<ConnectionGroup, number>>): string => {
  const { needs_you: needsYou, waiting, working, off } = counts
  return t('ui.bay.connections', { count: needsYou + waiting + working + off, needsYou, waiting, working, off })
}
