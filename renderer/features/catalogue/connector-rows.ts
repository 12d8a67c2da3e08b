import type { Connector } from '#shared/contract/catalogue'
import type { ConnectorCount } from '#shared/contract/connections'

export type Tab = 'all' | 'ready' | 'connected'

export interface ConnectorFilter {
  readonly tab: Tab
  readonly authMode: string | null
  readonly category: string | null
}

export const NO_FILTER: ConnectorFilter = { tab: 'all', authMode: null, category: null }

/** Where a connector stands on the page: among those connected lately, else by what it needs; on the tab of those connected all stand together. */
export type Section = Connector['readiness'] | 'recent' | 'connected'

/** A heading, or one row of cards; virtual rows are made of these. */
export type GridRow =
  | { readonly kind: 'heading'; readonly section: Section }
  | { readonly kind: 'cards'; readonly connectors: readonly Connector[]; readonly from: number }

/** The connectors that pass the filter, except its tab. */
export const matchFilter = (connectors: readonly Connector[], { authMode, category }: ConnectorFilter): readonly Connector[] =>
  connectors.filter(
    (connector) => (authMode === null || connector.authMode === authMode) && (category === null || connector.categories.includes(category)),
  )

/** Of those, what a tab shows. */
export const ofTab = (
  connectors: readonly Connector[],
  tab: Tab,
  accounts: ReadonlyMap<string, Pick<ConnectorCount, 'count'>>,
): readonly Connector[] => {
  if (tab === 'all') return connectors
  return connectors.filter((connector) => (tab === 'ready' ? connector.readiness === 'ready' : accounts.has(connector.connectorId)))
}

const SECTIONS: readonly Section[] = ['recent', 'ready', 'needs_integration', 'not_from_here']

const MOST_RECENT = 6

/** The connectors of the newest connections that can be connected again, newest first, each once. */
export const recentOf = (
  newest: readonly { readonly connectorId: string }[],
  connectors: ReadonlyMap<string, Pick<Connector, 'readiness'>>,
): ReadonlySet<string> =>
  new Set(
    [...new Set(newest.map(({ connectorId }) => connectorId))]
      .filter((connectorId) => connectors.get(connectorId)?.readiness === 'ready')
      .slice(0, MOST_RECENT),
  )

/** The rows of the grid, section by section, each in the order given, the recent ones in theirs; `order` is that of the cards. */
export const gridRows = (
  connectors: readonly Connector[],
  columns: number,
  recent: ReadonlySet<string> = new Set(),
  tab: Tab = 'all',
): { readonly rows: readonly GridRow[]; readonly order: readonly Connector[] } => {
  const rows: GridRow[] = []
  const order: Connector[] = []
  const byId = new Map(connectors.map((connector) => [connector.connectorId, connector]))
  const inside = (section: Section): readonly Connector[] => {
    if (section === 'connected') return connectors
    if (section === 'recent') return [...recent].flatMap((connectorId) => byId.get(connectorId) ?? [])
    return connectors.filter((connector) => connector.readiness === section && !recent.has(connector.connectorId))
  }
  for (const section of tab === 'connected' ? (['connected'] as const) : SECTIONS) {
    const inSection = inside(section)
    if (inSection.length === 0) continue
    rows.push({ kind: 'heading', section })
    for (let start = 0; start < inSection.length; start += columns) {
      const inRow = inSection.slice(start, start + columns)
      rows.push({ kind: 'cards', connectors: inRow, from: order.length })
      order.push(...inRow)
    }
  }
  return { rows, order }
}

const MIN_CARD = 352
const GAP = 8

/** How many cards stand side by side in a width. */
export const columnsFor = (width: number): number => Math.max(1, Math.floor((width + GAP) / (MIN_CARD + GAP)))

/** The row of a card, by its place in the order. */
export const rowOf = (rows: readonly GridRow[], index: number): number =>
  rows.findIndex((row) => row.kind === 'cards' && index >= row.from && index < row.from + row.connectors.length)

/** Where an arrow key leads from a card: up and down keep the column as far as the row goes. */
export const nextIndex = (rows: readonly GridRow[], index: number, key: string): number => {
  const total = rows.reduce((sum, row) => sum + (row.kind === 'cards' ? row.connectors.length : 0), 0)
  if (key === 'ArrowRight') return Math.min(total - 1, index + 1)
  if (key === 'ArrowLeft') return Math.max(0, index - 1)
  if (key === 'Home') return 0
  if (key === 'End') return total - 1
  const cards = rows.filter((row) => row.kind === 'cards')
  const at = cards.findIndex((row) => index >= row.from && index < row.from + row.connectors.length)
  const here = cards[at]
  const there = cards[at + (key === 'ArrowDown' ? 1 : -1)]
  if (here === undefined || there === undefined) return index
  return there.from + Math.min(index - here.from, there.connectors.length - 1)
}
