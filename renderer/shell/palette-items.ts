import type { LucideIcon } from 'lucide-react'
import type { ConnectionStatus } from '#shared/contract/connections'
import type { KeyBinding } from './key-map.ts'
import { createNameSearch, type NameSearch } from './palette-search.ts'

/** Where an entry of the palette stands; in this order. */
export type PaletteGroup = 'on' | 'recent' | 'connections' | 'connectors' | 'actions' | 'places'

/** One line of the palette. */
export interface PaletteItem {
  readonly id: string
  readonly group: PaletteGroup
  readonly name: string
  /** What stands behind the name, quieter. */
  readonly detail?: string
  /** The key that does the same. */
  readonly keys?: string
  /** What it is found by, where its name begins with a verb. */
  readonly soughtAs?: string
  /** Of those that are found the lower come first; 0 where it is left out. */
  readonly rank?: number
  /** The connector whose logo stands before it. */
  readonly connectorId?: string
  readonly icon?: LucideIcon
  readonly status?: ConnectionStatus
  readonly run: () => void
}

/** What the palette shows at most of each group while something is typed; and altogether no more than a screen or two. */
export const LIMITS: Readonly<Record<PaletteGroup, number>> = {
  on: 10,
  recent: 5,
  connections: 6,
  connectors: 8,
  actions: 6,
  places: 6,
}

/** What the keys of the view do, as entries; what only makes sense as a key stays out. */
export const itemsOfKeys = (bindings: readonly KeyBinding[]): readonly PaletteItem[] => {
  const seen = new Set<string>()
  return bindings.flatMap(({ keys, does, run, icon, on, isMove, isPlace }) => {
    if (isMove === true || on === null || seen.has(does)) return []
    seen.add(does)
    return [
      {
        id: `do ${does}`,
        group: on === undefined ? (isPlace === true ? ('places' as const) : ('actions' as const)) : ('on' as const),
        name: does,
        ...(on === undefined ? {} : { detail: on }),
        ...(keys === '' ? {} : { keys }),
        ...(icon === undefined ? {} : { icon }),
        run,
      },
    ]
  })
}

/** A list that is searched again and again. */
export interface Searchable {
  readonly items: readonly PaletteItem[]
  readonly search: NameSearch
}

export const searchable = (items: readonly PaletteItem[]): Searchable => ({
  items,
  search: createNameSearch(
    items.map(({ name, soughtAs, detail }) =>
      [soughtAs, name, soughtAs === undefined ? detail : undefined].filter((part) => part !== undefined).join(' '),
    ),
  ),
})

/** The entries for what is typed, by group and best first; without anything typed those that need no name. */
export const paletteRows = (
  query: string,
  commands: Searchable,
  connectors: Searchable,
  connections: readonly PaletteItem[],
  recent: readonly PaletteItem[],
): readonly PaletteItem[] => {
  const of = (items: readonly PaletteItem[], group: PaletteGroup): readonly PaletteItem[] => items.filter((item) => item.group === group)
  if (query.trim() === '')
    return [
      ...of(commands.items, 'on'),
      ...recent.slice(0, LIMITS.recent),
      ...of(commands.items, 'actions').slice(0, LIMITS.actions),
      ...of(commands.items, 'places').slice(0, LIMITS.places),
    ]
  const found = commands.search(query, 60).flatMap((index) => commands.items[index] ?? [])
  return [
    ...of(found, 'on'),
    ...connections.slice(0, LIMITS.connections),
    ...of(found, 'places').slice(0, LIMITS.places),
    ...of(found, 'actions').slice(0, LIMITS.actions),
    ...connectors
      .search(query, LIMITS.connectors)
      .flatMap((index) => connectors.items[index] ?? [])
      .toSorted((one, other) => (one.rank ?? 0) - (other.rank ?? 0)),
  ]
}
