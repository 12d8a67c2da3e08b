import { useMemo, useRef, useState } from 'react'
import type { Connection, ConnectionGroup } from '#shared/contract/connections'
import { GROUPS } from '#renderer/ui/status-words.ts'
import type { GroupOfList } from './list-rows.ts'

type Order = Readonly<Record<ConnectionGroup, readonly string[]>>

const orderOf = (groups: readonly GroupOfList[]): Order => {
  const ids = (group: ConnectionGroup): readonly string[] =>
    groups.find((one) => one.group === group)?.connections.map(({ connectionId }) => connectionId) ?? []
  return { needs_you: ids('needs_you'), waiting: ids('waiting'), working: ids('working'), off: ids('off') }
}

/**
 * The held order with what has been loaded since behind the end of groups that were not loaded in full (`partial`), and how many connections would come, go or move if it were given up.
 * What appeared in between is left out until then; what has gone stays in its place.
 */
export const steadyOrder = (
  held: Order,
  latest: Order,
  partial: ReadonlySet<ConnectionGroup>,
): { readonly shown: Order; readonly changed: number } => {
  const heldIds = new Set(GROUPS.flatMap((group) => held[group]))
  const changed = new Set<string>()
  const ids = (group: ConnectionGroup): readonly string[] => {
    const now = new Set(latest[group])
    const last = held[group].findLast((id) => now.has(id))
    const end = last === undefined ? -1 : latest[group].lastIndexOf(last)
    const added = partial.has(group) ? latest[group].slice(end + 1).filter((id) => !heldIds.has(id)) : []
    const shown = [...held[group], ...added]
    for (const id of shown) if (!now.has(id)) changed.add(id)
    const shownIds = new Set(shown)
    for (const id of latest[group]) if (!shownIds.has(id)) changed.add(id)
    const common = shown.filter((id) => now.has(id))
    const ordered = latest[group].filter((id) => shownIds.has(id))
    common.forEach((id, index) => {
      if (ordered[index] !== id) changed.add(id)
    })
    return shown
  }
  const shown = { needs_you: ids('needs_you'), waiting: ids('waiting'), working: ids('working'), off: ids('off') }
  return { shown, changed: changed.size }
}

/**
 * Keeps the order of the list while `isHeld`, so that a live change never moves a row under the pointer or the focus. Contents stay live.
 * `signature` names the filter: another one starts a new order.
 */
export const useSteadyGroups = (live: readonly GroupOfList[], isHeld: boolean, signature: string) => {
  const held = useRef<{ readonly signature: string; readonly order: Order; readonly partial: ReadonlySet<ConnectionGroup> } | null>(null)
  const known = useRef(new Map<string, Connection>())
  const [rounds, setRounds] = useState(0)
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set())
  const groups = useMemo(
    () =>
      gone.size === 0
        ? live
        : live.map((one) => ({ ...one, connections: one.connections.filter(({ connectionId }) => !gone.has(connectionId)) })),
    [live, gone],
  )
  const steady = useMemo(() => {
    const latest = orderOf(groups)
    for (const { connections } of groups) for (const one of connections) known.current.set(one.connectionId, one)
    const before = isHeld && held.current?.signature === signature ? held.current : null
    const { shown, changed } = before === null ? { shown: latest, changed: 0 } : steadyOrder(before.order, latest, before.partial)
    held.current = { signature, order: shown, partial: new Set(groups.filter(({ hasMore }) => hasMore).map(({ group }) => group)) }
    const inOrder = groups.map((one): GroupOfList => ({
      ...one,
      connections: shown[one.group].flatMap((id) => known.current.get(id) ?? []),
    }))
    return { groups: inOrder, changed, rounds }
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
