import { ArrowLeft, CalendarCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useConnectorNames } from '#renderer/api/use-connector-names.ts'
import { type ResultOf, useRead } from '#renderer/api/use-api.ts'
import { formatNumber, locale, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { PageFrame } from '#renderer/shell/page-frame.tsx'
import { Button } from '#renderer/ui/button.tsx'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { ExternalLink } from '#renderer/ui/external-link.tsx'
import { LogoTile } from '#renderer/ui/logo-tile.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { exactTime, expiryWords, shortDate } from '#renderer/ui/relative-words.ts'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Tabs } from '#renderer/ui/tabs.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { RuleWords } from './health-evidence.tsx'
import { byTime, type ExpiringGroup } from './expiring-groups.ts'

type Entry = ResultOf<'connections.expiring'>['expiring'][number]

const SPANS = ['7', '30', '90', '365'] as const
/** So many lines are drawn at first, and more of them when they are asked for. */
const DRAWN = 100

const groupName = ({ kind, from }: ExpiringGroup<Entry>, now: number): string => {
  if (kind === 'over' || kind === 'today' || kind === 'tomorrow') return t(`bulk.expiring.${kind}`)
  if (kind === 'week') return t('bulk.expiring.week', { date: shortDate(new Date(from).toISOString(), now) })
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(from)
}

const Line = ({ entry, name, now }: { readonly entry: Entry; readonly name: string; readonly now: number }) => {
  const { words, isOver } = expiryWords(entry.endsAt, now)
  return (
    <li className="flex min-h-12 items-center gap-3 border-b border-line px-4 py-2 hover:bg-hover">
      <LogoTile connectorId={entry.connectorId} name={name} />
      <span className="flex min-w-0 flex-1 flex-col">
        <a href={`#${paths.connection(entry.connectionId)}`} className="truncate rounded-4 hover:underline">
          <span className="font-medium">{name}</span> <bdi className="text-ink-2">{entry.label ?? entry.handle}</bdi>
        </a>
        <span className="text-small break-words text-ink-2">
          {entry.isLikely ? (
            <>
              <span className="font-medium">{t('bulk.expiring.likely')}</span>{' '}
              <RuleWords lifetime={{ rule: entry.rule ?? '', condition: entry.condition ?? '' }} />{' '}
              {entry.sourceUrl === null ? null : <ExternalLink href={entry.sourceUrl}>{t('bulk.expiring.source')}</ExternalLink>}
            </>
          ) : (
            t(entry.renewal === 'by_nango' ? 'bulk.expiring.renewed' : isOver ? 'bulk.expiring.ended' : 'bulk.expiring.ends')
          )}
        </span>
      </span>
      <time
        dateTime={entry.endsAt}
        title={exactTime(entry.endsAt)}
        className="flex flex-none flex-col text-right whitespace-nowrap tabular-nums"
      >
        <span className={isOver && !entry.isLikely ? 'text-expired' : undefined}>
          {entry.isLikely ? t('bulk.expiring.around', { date: shortDate(entry.endsAt, now) }) : words}
        </span>
        {entry.isLikely ? null : <span className="text-small text-ink-3">{exactTime(entry.endsAt).slice(0, -3)}</span>}
      </time>
    </li>
  )
}

/** What of the profile's connections runs out, by day and then by week: ends that are known, and likely ones with the rule and its source. */
export const ExpiringPage = () => {
  const [, go] = useLocation()
  const [span, setSpan] = useState<(typeof SPANS)[number]>('30')
  const [withRenewed, setWithRenewed] = useState(false)
  const [drawn, setDrawn] = useState(DRAWN)
  const now = useNow(15_000)
  const nameOf = useConnectorNames()
  const { data, error, refetch, isPending } = useRead(
    'connections.expiring',
    { withinDays: Number(span), withRenewed },
    { keepsPrevious: true },
  )
  const entries = data?.expiring ?? []
  const minute = Math.floor(now / 60_000) * 60_000
  const groups = useMemo(() => byTime((data?.expiring ?? []).slice(0, drawn), minute), [data, drawn, minute])
  const back = (): void => go(paths.connections)
  useKeys([{ keys: 'Escape', does: t('bulk.expiring.back'), run: back, isAlways: true, isMove: true }])
  return (
    <PageFrame
      title={t('bulk.expiring.title')}
      count={data === undefined ? null : entries.length}
      actions={
        <Button icon={ArrowLeft} keyCap="Esc" onClick={back}>
          {t('bulk.expiring.back')}
        </Button>
      }
    >
      <div className="flex min-h-11 flex-none flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-1.5">
        <Tabs
          name={t('bulk.expiring.within')}
          value={span}
          onValueChange={(next) => {
            setSpan(next)
            setDrawn(DRAWN)
          }}
          items={SPANS.map((days) => ({ value: days, label: t('bulk.expiring.days', { count: Number(days) }) }))}
        />
        <span className="flex-1" />
        <Checkbox label={t('bulk.expiring.with-renewed')} isChecked={withRenewed} onChange={setWithRenewed} />
      </div>
      <div tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto">
        {error !== null && data === undefined ? (
          <div className="p-4">
            <ErrorNotice
              error={error}
              title={t('bulk.expiring.unreadable')}
              action={
                <Button size="small" onClick={() => void refetch()}>
                  {t('connections.try-again')}
                </Button>
              }
            />
          </div>
        ) : isPending ? (
          <SkeletonRows rows={8} isCompact={false} />
        ) : entries.length === 0 ? (
          <EmptyState icon={CalendarCheck} title={t('bulk.expiring.none')}>
            {t('bulk.expiring.none-text', { count: Number(span) })}
          </EmptyState>
        ) : (
          <>
            {groups.map((group) => (
              <section key={`${group.kind} ${group.from}`} aria-label={groupName(group, now)}>
                <h2 className="sticky top-0 z-10 flex h-7 items-center gap-2 border-b border-line bg-canvas px-4 text-small font-medium text-ink-2">
                  {groupName(group, now)} <span className="font-normal text-ink-3">{formatNumber(group.entries.length)}</span>
                </h2>
                <ul>
                  {group.entries.map((entry) => (
                    <Line
                      key={`${entry.connectionId} ${entry.kind} ${entry.endsAt}`}
                      entry={entry}
                      name={nameOf(entry.connectorId)}
                      now={now}
                    />
                  ))}
                </ul>
              </section>
            ))}
            {entries.length <= drawn ? null : (
              <div className="px-4 py-3">
                <Button onClick={() => setDrawn(drawn + DRAWN)}>{t('bulk.expiring.more', { count: entries.length - drawn })}</Button>
              </div>
            )}
          </>
        )}
        {entries.length === 0 || data === undefined ? null : (
          <div className="flex flex-col gap-2 p-4">
            {data.isCut ? <Notice tone="unknown" title={t('bulk.expiring.cut')} /> : null}
            <p className="text-small text-ink-2">{t('bulk.expiring.foot')}</p>
          </div>
        )}
      </div>
    </PageFrame>
  )
}
