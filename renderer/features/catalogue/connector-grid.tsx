import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react'
import type { Connector } from '#shared/contract/catalogue'
import type { ConnectorCount } from '#shared/contract/connections'
import { ConnectorCard } from './connector-card.tsx'
import { columnsFor, gridRows, nextIndex, rowOf, type Section, type Tab } from './connector-rows.ts'

const HEADING_HEIGHT = 36
const CARD_ROW_HEIGHT = 72
const KEYS = new Set(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End'])

/** Space on the button of a card chooses it; Enter presses the button. */
const isChoice = ({ key, target }: KeyboardEvent): boolean =>
  key === ' ' && target instanceof HTMLElement && target.dataset['card'] !== undefined

export interface ConnectorGridHandle {
  /** Puts the focus on the card that had it last, or on the first. */
  readonly focus: () => void
  readonly current: () => Connector | null
}

const useColumns = () => {
  const ref = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(0)
  useEffect(() => {
    const element = ref.current
    if (element === null) return undefined
    const observer = new ResizeObserver(([entry]) => setColumns(columnsFor(Math.floor(entry?.contentRect.width ?? 0))))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, columns }
}

/** The connectors as cards, section by section; only the rows in sight are there, and the one with the focus. */
export const ConnectorGrid = ({
  connectors,
  accounts,
  recent,
  tab,
  chosen,
  headingOf,
  onChoose,
  onConnect,
  onDetails,
  onAbout,
  onLeaveTop,
  ref,
}: {
  readonly connectors: readonly Connector[]
  readonly accounts: ReadonlyMap<string, ConnectorCount>
  readonly recent: ReadonlySet<string>
  readonly tab: Tab
  readonly chosen: ReadonlySet<string>
  readonly headingOf: (section: Section) => { readonly title: string; readonly hint: string }
  /** Chooses these or leaves them out; null turns it round. */
  readonly onChoose: (connectors: readonly Connector[], isOn: boolean | null) => void
  readonly onConnect: (connector: Connector) => void
  readonly onDetails: (connector: Connector) => void
  readonly onAbout: (connector: Connector) => void
  /** Up from the first row. */
  readonly onLeaveTop: () => void
  readonly ref?: Ref<ConnectorGridHandle>
}) => {
  const { ref: scroller, columns } = useColumns()
  const { rows, order } = useMemo(() => gridRows(connectors, Math.max(1, columns), recent, tab), [connectors, columns, recent, tab])
  const [currentId, setCurrentId] = useState<string | null>(null)
  const found = order.findIndex(({ connectorId }) => connectorId === currentId)
  const current = Math.max(0, found)
  const currentRow = rowOf(rows, current)
  const virtual = useVirtualizer({
    count: columns === 0 ? 0 : rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'heading' ? HEADING_HEIGHT : CARD_ROW_HEIGHT),
    getItemKey: (index) => {
      const row = rows[index]
      return row?.kind === 'cards' ? (row.connectors[0]?.connectorId ?? index) : `${row?.section ?? ''}-${index}`
    },
    overscan: 4,
    rangeExtractor: (range) => {
      const from = Math.max(0, range.startIndex - range.overscan)
      const to = Math.min(range.count - 1, range.endIndex + range.overscan)
      const seen = Array.from({ length: to - from + 1 }, (_, index) => from + index)
      return currentRow < 0 || seen.includes(currentRow) ? seen : [...seen, currentRow].toSorted((a, b) => a - b)
    },
  })
  const { measure, scrollToOffset } = virtual
  useEffect(() => {
    measure()
    scrollToOffset(0)
  }, [rows, measure, scrollToOffset])

  const focusCard = (index: number): void => {
    const connector = order[index]
    if (connector === undefined) return
    setCurrentId(connector.connectorId)
    virtual.scrollToIndex(Math.max(0, rowOf(rows, index) - (index < columns ? 1 : 0)), { align: 'auto' })
    const find = (): HTMLElement | null =>
      scroller.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(connector.connectorId)}"]`) ?? null
    // A card out of sight is drawn a frame or two after the list has scrolled to it.
    const focusOnceThere = (frames: number): void => {
      const card = find()
      if (card !== null) card.focus({ preventScroll: true })
      else if (frames > 0) requestAnimationFrame(() => focusOnceThere(frames - 1))
    }
    focusOnceThere(10)
  }
  useImperativeHandle(ref, () => ({ focus: () => focusCard(current), current: () => order[current] ?? null }))

  const press = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (isChoice(event)) {
      event.preventDefault()
      event.stopPropagation()
      onChoose(order.slice(current, current + 1), null)
      return
    }
    if (!KEYS.has(event.key)) return
    event.preventDefault()
    event.stopPropagation()
    const next = nextIndex(rows, current, event.key)
    if (event.shiftKey && event.key.startsWith('Arrow')) {
      onChoose(order.slice(Math.min(current, next), Math.max(current, next) + 1), true)
      focusCard(next)
    } else if (event.key === 'ArrowUp' && next === current) onLeaveTop()
    else focusCard(next)
  }

  return (
    <div
      ref={scroller}
      className="relative min-h-0 flex-1 overflow-y-auto px-4 pb-4"
      onKeyDown={press}
      onKeyUp={(event) => isChoice(event) && event.preventDefault()}
    >
      <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          return (
            <div
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)`, height: item.size }}
            >
              {row.kind === 'heading' ? (
                <h2 className="flex h-9 items-center gap-2 pt-1">
                  <span className="font-semibold">{headingOf(row.section).title}</span>
                  <span className="truncate text-small font-normal text-ink-3">{headingOf(row.section).hint}</span>
                </h2>
              ) : (
                <div className="grid gap-2" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
                  {row.connectors.map((connector, index) => (
                    <ConnectorCard
                      key={connector.connectorId}
                      connector={connector}
                      account={accounts.get(connector.connectorId) ?? null}
                      isCurrent={row.from + index === current}
                      isChosen={chosen.has(connector.connectorId)}
                      hasChosen={chosen.size > 0}
                      onChoose={() => onChoose([connector], null)}
                      onConnect={() => onConnect(connector)}
                      onDetails={() => onDetails(connector)}
                      onAbout={() => onAbout(connector)}
                      onFocus={() => setCurrentId(connector.connectorId)}
                    />
                  ))}
                </div>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
