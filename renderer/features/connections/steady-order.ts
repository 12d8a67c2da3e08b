import { useMemo, useRef, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import type { GroupOfList, Segment } from './list-rows.ts'

type Groups = readonly GroupOfList[]

const endOf = ({ start, connections }: Segment): number => start + connections.length

/** Parts of both that begin at the same place, put together where one follows the other. */
interface Stretch {
  readonly held: string[]
  readonly latest: string[]
  /** Nothing comes before it, nothing after it: what is there more or less has come or gone. */
  readonly isHead: boolean
  isTail: boolean
}

const stretches = (held: GroupOfList, latest: GroupOfList): Stretch[] => {
  const found: Stretch[] = []
  let end = -1
  for (const after of latest.segments) {
    const before = held.segments.find(({ start }) => start === after.start)
    if (before === undefined) continue
    let stretch = before.start === end ? found.at(-1) : undefined
    if (stretch === undefined) {
      stretch = { held: [], latest: [], isHead: before.start === 0, isTail: false }
      found.push(stretch)
    }
    end = endOf(before)
    stretch.held.push(...before.connections.map(({ connectionId }) => connectionId))
    stretch.latest.push(...after.connections.map(({ connectionId }) => connectionId))
    stretch.isTail = end >= (held.total ?? (held.hasMore ? end + 1 : end))
  }
  return found
}

/** Adds the ids that came, went or moved. What was only pushed over the edge of what is loaded is none of them. */
const compare = ({ held, latest, isHead, isTail }: Stretch, changed: Set<string>): void => {
  const inHeld = new Set(held)
  const inLatest = new Set(latest)
  const add = (ids: readonly string[], others: ReadonlySet<string>): void => {
    const from = isHead ? 0 : ids.findIndex((id) => others.has(id))
    const to = isTail ? ids.length - 1 : ids.findLastIndex((id) => others.has(id))
    ids.forEach((id, index) => {
      if (!others.has(id) && from !== -1 && index >= from && index <= to) changed.add(id)
    })
  }
  add(held, inLatest)
  add(latest, inHeld)
  const ordered = latest.filter((id) => inHeld.has(id))
  held
    .filter((id) => inLatest.has(id))
    .forEach((id, index) => {
      if (ordered[index] !== id) changed.add(id)
    })
}

/** How many connections come, go or move when `held` gives way to `latest`, as far as the loaded parts and the totals tell; 0: nothing does. */
export const changesBetween = (held: Groups, latest: Groups): number => {
  const changed = new Set<string>()
  let difference = 0
  for (const one of latest) {
    const before = held.find(({ group }) => group === one.group)
    if (before === undefined) continue
    for (const stretch of stretches(before, one)) compare(stretch, changed)
    if (before.total !== null && one.total !== null) difference = Math.max(difference, Math.abs(one.total - before.total))
  }
  return Math.max(changed.size, difference)
}

/** Whether `latest` holds a part that `held` does not have: it was scrolled to, and its order goes with that of the rest. */
export const hasNewParts = (held: Groups, latest: Groups): boolean =>
  latest.some(({ group, segments }) => {
    const before = held.find((one) => one.group === group)
    return segments.some(({ start }) => !before?.segments.some((segment) => segment.start === start))
  })

/** The order of `held` with the contents of `latest`. */
export const inHeldOrder = (held: Groups, latest: Groups): Groups => {
  const known = new Map<string, Connection>()
  for (const { segments } of latest) for (const { connections } of segments) for (const one of connections) known.set(one.connectionId, one)
  return held.map((group) => ({
    ...group,
    segments: group.segments.map(({ start, connections }) => ({
      start,
      connections: connections.map((one) => known.get(one.connectionId) ?? one),
    })),
  }))
}

/** The groups without connections that have just gone; what follows them moves up. */
export const without = (groups: Groups, gone: ReadonlySet<string>): Groups => {
  if (gone.size === 0) return groups
  return groups.map((group) => {
    let removed = 0
    const segments = group.segments.map(({ start, connections }) => {
      const kept = connections.filter(({ connectionId }) => !gone.has(connectionId))
      const segment = { start: start - removed, connections: kept }
      removed += connections.length - kept.length
      return segment
    })
    return removed === 0 ? group : { ...group, segments, total: group.total === null ? null : group.total - removed }
  })
}

/**
 * Keeps the order of the list while `isHeld`, so that a live change never moves a row under the pointer or the focus. Contents stay live.
 * `signature` names the filter: another one starts a new order.
 */
export const useSteadyGroups = (live: Groups, isHeld: boolean, signature: string) => {
  const held = useRef<{ readonly signature: string; readonly groups: Groups } | null>(null)
  const [rounds, setRounds] = useState(0)
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const groups = useMemo(() => without(live, gone), [live, gone])
  const steady = useMemo(() => {
    const before = isHeld && held.current?.signature === signature ? held.current.groups : null
    const changed = before === null || hasNewParts(before, groups) ? 0 : changesBetween(before, groups)
    const shown = before === null || changed === 0 ? groups : inHeldOrder(before, groups)
    held.current = { signature, groups: shown }
    return { groups: shown, changed, rounds }
  }, [groups, isHeld, signature, rounds])
  const release = (): void => {
    held.current = null
    setRounds((count) => count + 1)
  }
  /** What the person has just removed leaves at once, before the list is read again. */
  const leave = (connectionId: string): void => {
    setGone((before) => new Set([...before, connectionId]))
    release()
  }
  return { groups: steady.groups, changed: steady.changed, release, leave }
}
