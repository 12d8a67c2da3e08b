import { KeyRound } from 'lucide-react'
import type { Grant } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { GrantButton } from './grant-button.tsx'
import { endsWords, lastCallWords, limitsWords, tame, verbsWords } from './grant-words.ts'
import { ProgramTile } from './program-tile.tsx'
import { ReachChips } from './reach-chips.tsx'
import type { GrantActs } from './use-grant-acts.ts'

/** The columns, and those that stay beside a panel. */
export const GRANT_COLUMNS = {
  wide: 'grid-cols-[minmax(0,1.1fr)_minmax(0,1.2fr)_minmax(0,1.5fr)_56px_108px_104px]',
  narrow: 'grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_104px]',
} as const

/** One grant in the list: program, connections, what it may, its last call, its end. */
export const GrantRow = ({
  grant,
  isNarrow,
  isTight,
  isSelected,
  now,
  nameOf,
  acts,
  onOpen,
}: {
  readonly grant: Grant
  readonly isNarrow: boolean
  /** Room for one connection by name. */
  readonly isTight: boolean
  readonly isSelected: boolean
  readonly now: number
  readonly nameOf: (connectorId: string) => string
  readonly acts: GrantActs
  readonly onOpen: () => void
}) => {
  const { state, clientName, program, verbs, lastCallAt, endsAt } = grant
  const isOver = state !== 'active'
  const limits = limitsWords(grant)
  const last = (
    <span role="cell" className="text-right text-ink-2 tabular-nums">
      {lastCallAt === null ? (
        <span className="text-ink-3">{t('automation.never')}</span>
      ) : (
        <time dateTime={lastCallAt} title={exactTime(lastCallAt)}>
          {lastCallWords(lastCallAt, now)}
        </time>
      )}
    </span>
  )
  return (
    <div
      role="row"
      aria-selected={isSelected || undefined}
      data-grant={grant.grantId}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('button') === null) onOpen()
      }}
      className={cx(
        'relative grid min-h-13 items-center gap-x-3 border-b border-line px-4 py-1.5',
        isNarrow ? GRANT_COLUMNS.narrow : GRANT_COLUMNS.wide,
        isSelected
          ? 'bg-selected [--glyph-cut:var(--selected)] before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-accent'
          : 'hover:bg-hover',
      )}
    >
      <span role="cell" className={cx('flex min-w-0 items-center gap-2.5', acts.canUndo(grant.grantId) && 'line-through opacity-60')}>
        <ProgramTile />
        <span className="flex min-w-0 flex-col">
          <button type="button" data-row-start="" onClick={onOpen} className="truncate rounded-4 text-left font-medium" title={clientName}>
            <bdi>{tame(clientName)}</bdi>
          </button>
          <bdi className="truncate font-mono text-caption text-ink-3" title={program?.path}>
            {program?.path ?? t('automation.facts.unknown-short')}
          </bdi>
        </span>
      </span>
      {isNarrow ? null : (
        <span role="cell" className="min-w-0">
          <ReachChips grant={grant} nameOf={nameOf} isTight={isTight} />
        </span>
      )}
      <span role="cell" className="flex min-w-0 flex-col">
        <span className="flex min-w-0 items-center gap-1.5">
          {verbs.includes('secret') ? <KeyRound aria-hidden="true" className="size-3.5 text-attention" /> : null}
          <span className={cx('min-w-0', isNarrow && 'truncate')} title={isNarrow ? verbsWords(verbs) : undefined}>
            {verbsWords(verbs)}
          </span>
        </span>
        <bdi className="truncate text-small text-ink-3" title={limits}>
          {limits}
        </bdi>
      </span>
      {isNarrow ? null : last}
      {isNarrow ? null : (
        <span role="cell" className={cx('text-right tabular-nums', isOver && 'text-ink-3')}>
          <span title={endsAt === null || isOver ? undefined : exactTime(endsAt)}>{endsWords(grant, now)}</span>
        </span>
      )}
      <span role="cell" className="flex justify-end">
        <GrantButton grant={grant} acts={acts} />
      </span>
    </div>
  )
}
