import type { LucideIcon } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { SystemStatus } from '#shared/contract/system'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { cx } from '#renderer/ui/class-names.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { Tooltip } from '#renderer/ui/tooltip.tsx'
import { ProfileSwitcher } from './profile-switcher.tsx'
import { useProgramsNow } from './waiting-programs.ts'

export interface NavItem {
  readonly path: string
  readonly name: string
  readonly icon: LucideIcon
  /** Pressed after G. */
  readonly key: string
  readonly count: number | null
  readonly needsYou: number
  readonly isAtEnd: boolean
  /** Says how many requests of programs wait. */
  readonly showsWaiting: boolean
}

const Entry = ({
  item,
  waiting,
  isRail,
  isChosen,
}: {
  readonly item: NavItem
  readonly waiting: number
  readonly isRail: boolean
  readonly isChosen: boolean
}) => {
  const needs =
    (item.needsYou > 0 ? `, ${t('shell.need-you', { count: item.needsYou })}` : '') +
    (waiting > 0 ? `, ${t('automation.waiting.count', { count: waiting })}` : '')
  const link = (
    <Link
      href={item.path}
      aria-current={isChosen ? 'page' : undefined}
      aria-label={isRail ? `${item.name}${needs}` : undefined}
      className={cx(
        'relative flex h-8 items-center gap-2.5 rounded-6 px-2 transition-colors',
        isRail && 'w-9 justify-center',
        isChosen
          ? 'bg-active forced-colors:underline font-medium text-ink-1 [--glyph-cut:var(--active)]'
          : 'text-ink-2 hover:bg-hover hover:text-ink-1',
      )}
    >
      <item.icon aria-hidden="true" />
      {isRail ? (
        item.needsYou > 0 || waiting > 0 ? (
          <span className="absolute -top-1 -right-1">
            <StatusGlyph glyph={item.needsYou > 0 ? 'attention' : 'pending'} size={12} />
          </span>
        ) : null
      ) : (
        <>
          <span className="flex-1 truncate">{item.name}</span>
          {item.needsYou > 0 ? (
            <span className="flex items-center gap-1 text-small text-attention">
              <StatusGlyph glyph="attention" size={12} />
              {formatNumber(item.needsYou)} <span className="sr-only">{t('shell.need-you-of')}</span>
            </span>
          ) : null}
          {waiting > 0 ? (
            <span className="flex-none text-small font-normal text-ink-2">{t('automation.waiting.count', { count: waiting })}</span>
          ) : null}
          {item.count === null ? null : <span className="text-small font-normal text-ink-3">{formatNumber(item.count)}</span>}
        </>
      )}
    </Link>
  )
  return isRail ? (
    <Tooltip text={`${item.name}${needs}`} keyCap={`G ${item.key.toUpperCase()}`} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  )
}

/** The profile in use and the pages; a rail of icons below 1100 px. */
export const Sidebar = ({
  status,
  items,
  isRail,
}: {
  readonly status: SystemStatus
  readonly items: readonly NavItem[]
  readonly isRail: boolean
}) => {
  const [location] = useLocation()
  const { waiting } = useProgramsNow(status)
  const entry = (item: NavItem) => (
    <Entry
      key={item.path}
      item={item}
      waiting={item.showsWaiting ? waiting : 0}
      isRail={isRail}
      isChosen={location === item.path || location.startsWith(`${item.path}/`)}
    />
  )
  return (
    <nav
      data-region="sidebar"
      aria-label={t('shell.main')}
      className={cx(
        'flex flex-none flex-col gap-0.5 border-r border-line bg-canvas clear-left px-2 pb-2 [--glyph-cut:var(--canvas)]',
        isRail ? 'w-[52px]' : 'w-[216px]',
      )}
    >
      <div className="drag-region flex h-11 flex-none items-center pb-0.5">
        {status.profile === null ? null : <ProfileSwitcher profile={status.profile} isRail={isRail} />}
      </div>
      <div className="flex flex-1 flex-col gap-0.5 pt-1.5">{items.filter((item) => !item.isAtEnd).map(entry)}</div>
      <div className="flex flex-col gap-0.5">{items.filter((item) => item.isAtEnd).map(entry)}</div>
    </nav>
  )
}
