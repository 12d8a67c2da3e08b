import { type KeyboardEvent, type ReactNode, type Ref, useCallback, useEffect, useId, useImperativeHandle, useRef } from 'react'
import type { Connection, ConnectionGroup } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { columnName } from './columns.ts'
import { GridRow, type RowContext } from './grid-row.tsx'
import { type ListRow, type ListRows, nextStop, rowKey, type Slots } from './list-rows.ts'
import { HEAD_HEIGHT, topOf } from './row-geometry.ts'
import { isChecked, type Selection } from './selection.ts'
import { useRowWindow } from './use-row-window.ts'

/** What the page may ask of its grid. */
export interface GridHandle {
  /** Moves by so many stops and takes the focus. */
  readonly move: (step: number) => void
  readonly focus: () => void
  /** Scrolls the line of a key into view: a connection that is loaded, or a place in a group. */
  readonly reveal: (key: string) => void
}

/** The connections as a grid that renders only what is seen; one tab stop, the active row follows the arrow keys. */
export const ConnectionGrid = ({
  rows,
  listKey,
  context,
  rowHeight,
  activeKey,
  selectedId,
  freshId,
  selection,
  hasChecked,
  onCheck,
  onCheckAll,
  onActive,
  onOpen,
  onToggle,
  onHold,
  onLook,
  onNeed,
  chip,
  ref,
}: {
  readonly rows: ListRows
  /** Names what is listed: another list begins at its top. */
  readonly listKey: string
  readonly context: RowContext
  readonly rowHeight: 32 | 40
  /** The key of the row the keyboard is at. */
  readonly activeKey: string | null
  /** The connection whose panel is open. */
  readonly selectedId: string | null
  /** The connection that has just come. */
  readonly freshId: string | null
  readonly selection: Selection
  readonly hasChecked: boolean
  /** Checks or unchecks a row; null is the other of what it is. */
  readonly onCheck: (connection: Connection, isOn: boolean | null) => void
  readonly onCheckAll: () => void
  readonly onActive: (key: string) => void
  readonly onOpen: (connectionId: string) => void
  readonly onToggle: (group: ConnectionGroup) => void
  readonly onHold: (by: 'pointer' | 'focus', isHeld: boolean) => void
  /** These places are in sight, and the one that the keyboard is at. */
  readonly onLook: (seen: readonly Slots[]) => void
  /** The end of what is known of a group came into view, and more follow. */
  readonly onNeed: (group: ConnectionGroup) => void
  /** What floats over the foot of the list, so that it moves nothing. */
  readonly chip: ReactNode
  readonly ref: Ref<GridHandle>
}) => {
  const scroller = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const active = activeKey === null ? -1 : rows.indexOf(activeKey)
  const activeRow = active === -1 ? undefined : rows.at(active)
  const seen = useRowWindow(scroller, rows, rowHeight, listKey)
  const inSight = Array.from({ length: Math.max(0, seen.last - seen.first + 1) }, (_, index) => seen.first + index)
  // The row the keyboard is at stays in the page, wherever the list is scrolled to.
  const lines = active === -1 || (active >= seen.first && active <= seen.last) ? inSight : [...inSight, active].toSorted((a, b) => a - b)

  useEffect(() => {
    onLook([...rows.slots(seen.first, seen.last), ...(active === -1 ? [] : rows.slots(active, active))])
  }, [rows, seen.first, seen.last, active, onLook])
  // A jump went to a place; from here on the keyboard is at the connection that has been loaded there.
  const arrived = activeRow?.kind === 'connection' && activeKey !== rowKey(activeRow) ? rowKey(activeRow) : null
  useEffect(() => {
    if (arrived !== null) onActive(arrived)
  })

  const selected = selectedId === null ? -1 : rows.indexOf(selectedId)
  const revealed = useRef<string | null>(null)
  useEffect(() => {
    if (revealed.current === selectedId) return
    if (selected !== -1) seen.reveal(selected)
    if (selected !== -1 || selectedId === null) revealed.current = selectedId
  })

  const needed = inSight.map((index) => rows.at(index)).find((row) => row?.kind === 'more')?.group
  useEffect(() => {
    if (needed !== undefined) onNeed(needed)
  })

  const moveTo = (index: number | null): void => {
    const row = index === null ? undefined : rows.at(index)
    if (index === null || row === undefined) return
    seen.reveal(index)
    onActive(rowKey(row))
  }
  const move = (step: number): void => moveTo(nextStop(rows, active === -1 && step < 0 ? rows.length : active, step))
  useImperativeHandle(ref, () => ({
    move: (step) => {
      scroller.current?.focus({ preventScroll: true })
      move(step)
    },
    focus: () => scroller.current?.focus({ preventScroll: true }),
    reveal: (key) => {
      const index = rows.indexOf(key)
      if (index !== -1) seen.reveal(index)
    },
  }))

  const press = useCallback(
    (row: ListRow): void => {
      onActive(rowKey(row))
      if (row.kind === 'connection') onOpen(row.connection.connectionId)
      else if (row.kind === 'group') onToggle(row.group)
    },
    [onActive, onOpen, onToggle],
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      onCheckAll()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const row = activeRow
    const extend = (step: number): void => {
      const next = nextStop(rows, active, step)
      const other = next === null ? undefined : rows.at(next)
      for (const one of [row, other]) if (one?.kind === 'connection') onCheck(one.connection, true)
      moveTo(next)
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const act: Readonly<Record<string, () => unknown>> = {
      Home: () => moveTo(nextStop(rows, -1, 1)),
      End: () => moveTo(nextStop(rows, rows.length, -1)),
      ' ': () => row?.kind === 'connection' && onCheck(row.connection, null),
      ...(event.shiftKey ? { ArrowDown: () => extend(1), ArrowUp: () => extend(-1) } : {}),
      PageDown: () => move(page),
      PageUp: () => move(-page),
      Enter: () => row && press(row),
      ArrowRight: () => row && press(row),
      ArrowLeft: () => {
        if (row === undefined || row.kind === 'group' || rows.heads.length === 0) return
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
        aria-rowcount={rows.isCounted ? rows.length + 1 : -1}
        aria-multiselectable="true"
        aria-colcount={context.columns.length}
        aria-activedescendant={active === -1 ? undefined : `${prefix}${activeRow === undefined ? '' : rowKey(activeRow)}`}
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
        <div role="rowgroup" className="relative" style={{ height: seen.height }}>
          {lines.map((index) => {
            const row = rows.at(index)
            return row === undefined ? null : (
              <GridRow
                key={rowKey(row)}
                row={row}
                id={`${prefix}${rowKey(row)}`}
                ariaIndex={index + 2}
                isActive={index === active}
                isSelected={row.kind === 'connection' && row.connection.connectionId === selectedId}
                isChecked={row.kind === 'connection' && isChecked(selection, row.connection.connectionId)}
                hasChecked={hasChecked}
                onCheck={onCheck}
                isFresh={row.kind === 'connection' && row.connection.connectionId === freshId}
                top={topOf(rows, index, rowHeight)}
                height={row.kind === 'group' ? HEAD_HEIGHT : rowHeight}
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
