import { modeWords } from '#renderer/ui/mode-words.ts'
import { Check, ChevronDown, ChevronRight } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import type { Connection } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { exactTime, expiryWords, minutesAndSeconds } from '#renderer/ui/relative-words.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { SkeletonRow } from '#renderer/ui/skeleton-rows.tsx'
import { StatusLabel } from '#renderer/ui/status-label.tsx'
import { causeOf, groupWords } from '#renderer/ui/status-words.ts'
import type { Column } from './columns.ts'
import { isEndless } from './connection-words.ts'
import type { ListRow } from './list-rows.ts'

/** What every row of the grid is told. */
export interface RowContext {
  readonly columns: readonly Column[]
  readonly template: string
  readonly now: number
  readonly offlineSince: string | null
  readonly nameOf: (connectorId: string) => string
  /** When the sign-in page of a pending connection runs out. */
  readonly pageEndsAt: (connectionId: string) => string | null
}

const Expires = ({ connection, now }: { readonly connection: Connection; readonly now: number }) => {
  if (connection.status === 'pending' || connection.status === 'revoked') return <span className="text-ink-3">—</span>
  if (connection.expiresAt === null)
    return <span className="text-ink-3">{t(isEndless(connection) ? 'connections.no-expiry' : 'connections.unknown')}</span>
  const { words, isOver } = expiryWords(connection.expiresAt, now)
  return (
    <time dateTime={connection.expiresAt} title={exactTime(connection.expiresAt)} className={isOver ? 'text-expired' : undefined}>
      {words}
    </time>
  )
}

const Account = ({ connection }: { readonly connection: Connection }) => {
  const account = tellingName(connection.identity)
  if (account !== null)
    return (
      <bdi className="block truncate" title={account}>
        {account}
      </bdi>
    )
  return <span className="text-ink-3">{isEndless(connection) ? modeWords(connection.authMode) : t('connections.not-known-yet')}</span>
}

const cell = (column: Column, connection: Connection, wasWorking: boolean, context: RowContext, box: ReactNode) => {
  const { now, offlineSince, nameOf, pageEndsAt } = context
  switch (column) {
    case 'connection': {
      const name = nameOf(connection.connectorId)
      return (
        <span className="flex min-w-0 items-center gap-2">
          <span className="relative flex-none">
            <LogoTile connectorId={connection.connectorId} name={name} />
            {box}
          </span>
          <span className="truncate" title={`${name} ${connection.label ?? ''}\n${connection.handle}`}>
            <span className="font-medium">{name}</span> <bdi className="text-ink-2">{connection.label}</bdi>
          </span>
        </span>
      )
    }
    case 'account':
      return <Account connection={connection} />
    case 'workspace':
      return connection.identity?.workspace ? (
        <bdi className="block truncate text-ink-2" title={connection.identity.workspace}>
          {connection.identity.workspace}
        </bdi>
      ) : (
        <span className="sr-only">{t('connections.unknown')}</span>
      )
    case 'status': {
      const endsAt = connection.status === 'pending' ? pageEndsAt(connection.connectionId) : null
      const cause =
        endsAt === null
          ? causeOf(connection, { now, offlineSince, wasWorking })
          : t('connections.time-left', { time: minutesAndSeconds(Date.parse(endsAt) - now) })
      return <StatusLabel status={connection.status} cause={cause} />
    }
    case 'expires':
      return <Expires connection={connection} now={now} />
    case 'used':
      return connection.lastUsedAt === null ? (
        <span className="text-ink-3">{connection.status === 'pending' ? '—' : t('connections.unknown')}</span>
      ) : (
        <span className={now - Date.parse(connection.lastUsedAt) < 60_000 ? undefined : 'text-ink-3'}>
          <RelativeTime at={connection.lastUsedAt} now={now} />
        </span>
      )
  }
}

interface RowProps {
  readonly row: ListRow
  readonly id: string
  readonly ariaIndex: number
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isChecked: boolean
  /** Some row is checked: every row shows its box. */
  readonly hasChecked: boolean
  readonly onCheck: (connection: Connection, isOn: boolean | null) => void
  /** It has just come: marked for a moment. */
  readonly isFresh: boolean
  /** Both in px. */
  readonly top: number
  readonly height: number
  readonly context: RowContext
  readonly onPress: (row: ListRow) => void
}

/** One line of the grid: the head of a group, a connection, or the grey bars of one that is not loaded yet. */
export const GridRow = memo(
  ({ row, id, ariaIndex, isActive, isSelected, isChecked, hasChecked, onCheck, isFresh, top, height, context, onPress }: RowProps) => {
    const line = {
      role: 'row',
      id,
      'aria-rowindex': ariaIndex,
      'aria-level': row.kind === 'group' ? 1 : 2,
      style: { height, transform: `translateY(${top}px)` },
    }
    const edge =
      isActive && 'group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent'
    if (row.kind === 'blank' || row.kind === 'more') {
      return (
        <div {...line} className={cx('absolute inset-x-0 top-0 border-b border-line px-4', edge)}>
          <span role="gridcell" aria-label={t(row.kind === 'more' ? 'connections.searching' : 'connections.loading')}>
            <SkeletonRow className="h-full" />
          </span>
        </div>
      )
    }
    if (row.kind === 'group') {
      const { name, hint } = groupWords(row.group)
      const Chevron = row.isCollapsed ? ChevronRight : ChevronDown
      return (
        <div
          {...line}
          aria-expanded={!row.isCollapsed}
          onClick={() => onPress(row)}
          className={cx(
            'absolute inset-x-0 top-0 flex items-center gap-2 border-b border-line bg-canvas px-4 text-small text-ink-2 select-none hover:bg-active',
            edge,
          )}
        >
          <Chevron aria-hidden="true" className="size-3.5" />
          <span role="gridcell" aria-colspan={context.columns.length} className="flex items-center gap-2">
            <span className="font-medium">{name}</span>
            {row.count === null ? null : <span className="text-ink-3">{formatNumber(row.count)}</span>}
            <span className="text-ink-3">{hint}</span>
          </span>
        </div>
      )
    }
    // For the pointer alone: keys check rows too, and the row itself says whether it is checked.
    const box = (
      <span
        aria-hidden="true"
        data-check=""
        onClick={(event) => {
          event.stopPropagation()
          onCheck(row.connection, null)
        }}
        className={cx(
          'absolute -inset-1 grid place-items-center bg-inherit opacity-0 group-hover/row:opacity-100',
          hasChecked && 'opacity-100',
        )}
      >
        <span className="grid size-6 place-items-center rounded-6 bg-surface">
          <span
            className={cx(
              'grid size-4 place-items-center rounded-4 border text-on-accent',
              isChecked ? 'border-accent-solid bg-accent-solid' : 'border-line-control bg-surface',
            )}
          >
            {isChecked ? <Check className="size-3 stroke-[2.5]" /> : null}
          </span>
        </span>
      </span>
    )
    return (
      <div
        {...line}
        aria-selected={hasChecked ? isChecked : isSelected}
        data-fresh={isFresh ? '' : undefined}
        style={{ ...line.style, gridTemplateColumns: context.template }}
        onClick={() => onPress(row)}
        className={cx(
          'group/row absolute inset-x-0 top-0 grid items-center gap-x-3 border-b border-line px-4 transition-colors',
          isSelected || isChecked
            ? 'bg-selected shadow-[inset_2px_0_0_var(--accent)] [--glyph-cut:var(--selected)]'
            : 'hover:bg-hover hover:[--glyph-cut:var(--hover)] data-fresh:bg-hover data-fresh:[--glyph-cut:var(--hover)]',
          edge,
        )}
      >
        {context.columns.map((column) => (
          <span
            key={column}
            role="gridcell"
            className={cx('min-w-0', column === 'expires' || column === 'used' ? 'text-right whitespace-nowrap tabular-nums' : '')}
          >
            {cell(column, row.connection, row.group === 'working', context, box)}
          </span>
        ))}
      </div>
    )
  },
)
