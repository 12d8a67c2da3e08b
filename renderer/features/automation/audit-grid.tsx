import { Check } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { AuditEntry } from '#shared/contract/audit'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { clockTime, exactTime } from '#renderer/ui/relative-words.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { auditRows, entryFrom } from './audit-lines.ts'
import { dayHead, entryWords, OUTCOME_GLYPH, whoWords } from './audit-words.ts'

const ROW = 36
const SPARE = 10
const COLUMNS = {
  wide: 'grid-cols-[64px_96px_minmax(0,1.2fr)_minmax(0,2fr)_minmax(0,1fr)_64px]',
  narrow: 'grid-cols-[64px_16px_minmax(0,1fr)_minmax(0,2fr)]',
} as const

/** The lines of the audit, only those in sight drawn; one tab stop, the arrow keys move, Enter opens a line. */
export const AuditGrid = ({
  entries,
  total,
  listKey,
  openSequence,
  isNarrow,
  now,
  onOpen,
  onNeed,
  onTop,
}: {
  readonly entries: readonly AuditEntry[]
  /** How many there are; null while more follow. */
  readonly total: number | null
  /** Another list begins at its top. */
  readonly listKey: string
  readonly openSequence: number | null
  readonly isNarrow: boolean
  readonly now: number
  readonly onOpen: (entry: AuditEntry) => void
  /** The end of what is known is near. */
  readonly onNeed: () => void
  /** Whether the list stands at its top, with no line chosen. */
  readonly onTop: (isAtTop: boolean) => void
}) => {
  const scroller = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const [view, setView] = useState({ top: 0, height: 600 })
  const [active, setActive] = useState<number | null>(null)
  const rows = auditRows(entries)
  const at = active === null ? -1 : rows.findIndex((row) => row.kind === 'entry' && row.entry.sequence === active)
  const first = Math.max(0, Math.floor(view.top / ROW) - SPARE)
  const last = Math.min(rows.length - 1, Math.ceil((view.top + view.height) / ROW) + SPARE)
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  useEffect(() => {
    setActive(null)
    if (scroller.current !== null) scroller.current.scrollTop = 0
  }, [listKey])
  const isNearEnd = last >= rows.length - SPARE
  useEffect(() => {
    if (isNearEnd && total === null) onNeed()
  })
  const isAtTop = view.top < ROW && active === null && openSequence === null
  useEffect(() => onTop(isAtTop), [isAtTop, onTop])

  const moveTo = (index: number | null): void => {
    const row = index === null ? undefined : rows[index]
    const element = scroller.current
    if (index === null || row?.kind !== 'entry' || element === null) return
    setActive(row.entry.sequence)
    if (openSequence !== null) onOpen(row.entry)
    const top = index * ROW
    if (top < element.scrollTop + ROW) element.scrollTop = top - ROW
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor(view.height / ROW) - 2)
    const act: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(entryFrom(rows, at, 1)),
      j: () => moveTo(entryFrom(rows, at, 1)),
      ArrowUp: () => moveTo(entryFrom(rows, at === -1 ? rows.length : at, -1)),
      k: () => moveTo(entryFrom(rows, at === -1 ? rows.length : at, -1)),
      PageDown: () => moveTo(entryFrom(rows, at, page)),
      PageUp: () => moveTo(entryFrom(rows, at, -page)),
      Home: () => moveTo(entryFrom(rows, -1, 1)),
      End: () => moveTo(entryFrom(rows, rows.length, -1)),
      Enter: () => {
        const row = rows[at]
        if (row?.kind === 'entry') onOpen(row.entry)
      },
    }
    const run = act[event.key]
    if (run === undefined) return
    event.preventDefault()
    event.stopPropagation()
    run()
  }
  const inSight = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  const lines = at === -1 || (at >= first && at <= last) ? inSight : [...inSight, at].toSorted((one, other) => one - other)
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      data-region-start=""
      aria-label={t('automation.tab.audit')}
      aria-rowcount={total === null ? -1 : rows.length}
      aria-activedescendant={at === -1 ? undefined : `${prefix}${at}`}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (at === -1) setActive(entries[0]?.sequence ?? null)
      }}
      className="group/audit min-h-0 flex-1 overflow-y-auto outline-none"
    >
      <div role="rowgroup" className="relative" style={{ height: rows.length * ROW }}>
        {lines.map((index) => {
          const row = rows[index]
          if (row === undefined) return null
          const place = { transform: `translateY(${index * ROW}px)` }
          if (row.kind === 'day')
            return (
              <div
                key={`day ${row.at}`}
                role="row"
                aria-rowindex={index + 1}
                style={place}
                className="absolute inset-x-0 flex h-9 items-end border-b border-line bg-canvas px-4 pb-1.5 text-small font-medium text-ink-2"
              >
                <span role="gridcell">{dayHead(row.at, now)}</span>
              </div>
            )
          const { entry } = row
          const glyph = OUTCOME_GLYPH[entry.outcome]
          const outcome = t(`automation.outcome.${entry.outcome}`)
          const isOpen = entry.sequence === openSequence
          return (
            <div
              key={entry.sequence}
              id={`${prefix}${index}`}
              role="row"
              aria-rowindex={index + 1}
              aria-selected={isOpen}
              style={place}
              onClick={() => {
                setActive(entry.sequence)
                onOpen(entry)
              }}
              className={cx(
                'absolute inset-x-0 grid h-9 items-center gap-x-3 border-b border-line px-4',
                isNarrow ? COLUMNS.narrow : COLUMNS.wide,
                isOpen
                  ? 'bg-selected [--glyph-cut:var(--selected)] before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent'
                  : 'hover:bg-hover',
                index === at &&
                  'group-focus-visible/audit:outline-2 group-focus-visible/audit:-outline-offset-2 group-focus-visible/audit:outline-accent',
              )}
            >
              <time role="gridcell" dateTime={entry.at} title={exactTime(entry.at)} className="text-ink-2 tabular-nums">
                {`${clockTime(entry.at)}:${String(new Date(entry.at).getSeconds()).padStart(2, '0')}`}
              </time>
              <span role="gridcell" className="flex min-w-0 items-center gap-1.5" title={outcome}>
                {glyph === null ? <Check aria-hidden="true" className="size-3.5 text-ink-3" /> : <StatusGlyph glyph={glyph} size={14} />}
                <span className={isNarrow ? 'sr-only' : cx('truncate', entry.outcome === 'done' && 'text-ink-2')}>{outcome}</span>
              </span>
              <span role="gridcell" className="min-w-0">
                <bdi className="block truncate font-medium" title={whoWords(entry)}>
                  {whoWords(entry)}
                </bdi>
              </span>
              <span role="gridcell" className="min-w-0">
                <bdi className="block truncate font-mono text-small" title={entryWords(entry)}>
                  {entryWords(entry)}
                  {entry.count > 1 ? <span className="text-ink-3"> ×{formatNumber(entry.count)}</span> : null}
                </bdi>
              </span>
              {isNarrow ? null : (
                <>
                  <span role="gridcell" className="flex min-w-0 items-center gap-2">
                    {entry.handle === null ? null : (
                      <>
                        <LogoTile connectorId={entry.handle.split('/')[0] ?? ''} name={entry.handle.split('/')[0] ?? ''} />
                        <bdi className="truncate font-mono text-small text-ink-2" title={entry.handle}>
                          {entry.handle}
                        </bdi>
                      </>
                    )}
                  </span>
                  <span role="gridcell" className="text-right text-small text-ink-3 tabular-nums">
                    {entry.durationMs === null ? '' : t('automation.audit.ms', { count: entry.durationMs })}
                  </span>
                </>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
