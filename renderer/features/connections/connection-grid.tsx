import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useId, useImperativeHandle, useRef } from 'react'
import type { ConnectionGroup } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { columnName } from './columns.ts'
import { GridRow, type RowContext } from './grid-row.tsx'
import { type ListRow, nextStop, rowKey } from './list-rows.ts'

const GROUP_HEIGHT = 28

/** What the page may ask of its grid. */
export interface GridHandle {
  /** Moves by so many stops and takes the focus. */
  readonly move: (step: number) => void
  readonly focus: () => void
  /** Scrolls a connection into view, if it is loaded. */
  readonly reveal: (connectionId: string) => void
}

/** The connections as a grid that renders only what is seen; one tab stop, the active row follows the arrow keys. */
export const ConnectionGrid = ({
  rows,
  context,
  rowHeight,
  activeKey,
  selectedId,
  freshId,
  onActive,
  onOpen,
  onToggle,
  onHold,
  onNeed,
  chip,
  ref,
}: {
  readonly rows: readonly ListRow[]
  readonly context: RowContext
  readonly rowHeight: 32 | 40
  /** The key of the row the keyboard is at. */
  readonly activeKey: string | null
  /** The connection whose panel is open. */
  readonly selectedId: string | null
  /** The connection that has just come. */
  readonly freshId: string | null
  readonly onActive: (key: string) => void
  readonly onOpen: (connectionId: string) => void
  readonly onToggle: (group: ConnectionGroup) => void
  readonly onHold: (by: 'pointer' | 'focus', isHeld: boolean) => void
  /** Rows that are not loaded yet came into view. */
  readonly onNeed: (group: ConnectionGroup) => void
  /** What floats over the foot of the list, so that it moves nothing. */
  readonly chip: ReactNode
  readonly ref: Ref<GridHandle>
}) => {
  const scroller = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const active = activeKey === null ? -1 : rows.findIndex((row) => rowKey(row) === activeKey)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? GROUP_HEIGHT : rowHeight),
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : rowKey(row)
    },
    overscan: 8,
    initialRect: { width: 800, height: 600 },
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range)
      return active === -1 || seen.includes(active) ? seen : [...seen, active].toSorted((a, b) => a - b)
    },
  })
  useEffect(() => virtual.measure(), [rowHeight, rows, virtual])
  const items = virtual.getVirtualItems()

  const selected =
    selectedId === null ? -1 : rows.findIndex((row) => row.kind === 'connection' && row.connection.connectionId === selectedId)
  const revealed = useRef<string | null>(null)
  useEffect(() => {
    if (revealed.current === selectedId) return
    if (selected !== -1) virtual.scrollToIndex(selected, { align: 'auto' })
    if (selected !== -1 || selectedId === null) revealed.current = selectedId
  }, [selected, selectedId, virtual])

  const needed = items.map((item) => rows[item.index]).find((row) => row?.kind === 'blank')?.group
  useEffect(() => {
    if (needed !== undefined) onNeed(needed)
  })

  const moveTo = (index: number | null): void => {
    const row = index === null ? undefined : rows[index]
    if (index === null || row === undefined) return
    virtual.scrollToIndex(index, { align: 'auto' })
    onActive(rowKey(row))
  }
  const move = (step: number): void => moveTo(nextStop(rows, active === -1 && step < 0 ? rows.length : active, step))
  useImperativeHandle(ref, () => ({
    move: (step) => {
      scroller.current?.focus({ preventScroll: true })
      move(step)
    },
    focus: () => scroller.current?.focus({ preventScroll: true }),
    reveal: (connectionId) => {
      const index = rows.findIndex((row) => row.kind === 'connection' && row.connection.connectionId === connectionId)
      if (index !== -1) virtual.scrollToIndex(index, { align: 'auto' })
    },
  }))

  const press = (row: ListRow): void => {
    onActive(rowKey(row))
    if (row.kind === 'connection') onOpen(row.connection.connectionId)
    else onToggle(row.group)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[active]
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const act: Readonly<Record<string, () => void>> = {
      Home: () => moveTo(nextStop(rows, -1, 1)),
      End: () => moveTo(nextStop(rows, rows.length, -1)),
      PageDown: () => move(page),
      PageUp: () => move(-page),
      Enter: () => row && press(row),
      ArrowRight: () => row && press(row),
      ArrowLeft: () => {
        if (row?.kind !== 'connection' || !rows.some((one) => one.kind === 'group')) return
        onToggle(row.group)
        onActive(`group ${row.group}`)
      },
    }
    const run = act[event.key]
    if (run === undefined) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }

  return (
    <div
      className="relative flex min-h-0 flex-1 flex-col"
      onPointerEnter={() => onHold('pointer', true)}
      onPointerLeave={() => onHold('pointer', false)}
    >
      <div
        ref={scroller}
        role="treegrid"
        tabIndex={0}
        data-region-start=""
        aria-label={t('connections.title')}
        aria-rowcount={rows.length + 1}
        aria-colcount={context.columns.length}
        aria-activedescendant={active === -1 ? undefined : `${prefix}${rowKey(rows[active] as ListRow)}`}
        onKeyDown={onKeyDown}
        onFocus={() => {
          onHold('focus', true)
          if (active === -1) moveTo(nextStop(rows, -1, 1))
        }}
        onBlur={() => onHold('focus', false)}
        className="group/grid min-h-0 flex-1 overflow-y-auto outline-none"
      >
        <div
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: context.template }}
          className="sticky top-0 z-10 grid h-8 items-center gap-x-3 border-y border-line bg-surface px-4 text-small font-medium text-ink-2"
        >
          {context.columns.map((column) => (
            <span key={column} role="columnheader" className={cx('truncate', (column === 'expires' || column === 'used') && 'text-right')}>
              {columnName(column)}
            </span>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]
            return row === undefined ? null : (
              <GridRow
                key={item.key}
                row={row}
                id={`${prefix}${rowKey(row)}`}
                ariaIndex={item.index + 2}
                isActive={item.index === active}
                isSelected={row.kind === 'connection' && row.connection.connectionId === selectedId}
                isFresh={row.kind === 'connection' && row.connection.connectionId === freshId}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                context={context}
                onPress={press}
              />
            )
          })}
        </div>
      </div>
      {chip === null ? null : <div className="pointer-events-none absolute inset-x-0 bottom-3 z-10 flex justify-center">{chip}</div>}
    </div>
  )
}
