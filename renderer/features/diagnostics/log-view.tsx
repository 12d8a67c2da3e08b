import { useDeferredValue, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import type { LogLine } from '#shared/contract/trouble'
import { usePagedRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { SearchField } from '#renderer/ui/search-field.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Tabs } from '#renderer/ui/tabs.tsx'
import { LogRow } from './log-row.tsx'

const LEVELS = ['error', 'warn', 'info', 'debug'] as const
type Level = (typeof LEVELS)[number]
const FOLLOW_EVERY_MS = 2_000

/** What the address asks for: `log/attempt/<id>`, `log/search/<text>`, `log/level/<level>`. */
const askedBy = (location: string): { readonly attemptId: string | null; readonly search: string; readonly level: Level } => {
  const [, kind = '', value = ''] = /^\/diagnostics\/log\/(attempt|search|level)\/([^/]+)/.exec(location) ?? []
  const text = decodeURIComponent(value)
  return {
    attemptId: kind === 'attempt' && /^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : null,
    search: kind === 'search' ? text.slice(0, 200) : '',
    level: kind === 'level' ? (LEVELS.find((each) => each === text) ?? 'debug') : 'debug',
  }
}

/** The log, newest first: kept to a level, a word or one attempt; followed while it is written. Another address begins it anew. */
export const LogView = () => {
  const [location, go] = useLocation()
  const asked = askedBy(location)
  const [level, setLevel] = useState<Level>(asked.level)
  const [search, setSearch] = useState(asked.search)
  const [follows, setFollows] = useState(false)
  const text = useDeferredValue(search.trim())
  const { attemptId } = asked
  const read = usePagedRead(
    'system.logs',
    { level, limit: 100, ...(text === '' ? {} : { search: text.slice(0, 200) }), ...(attemptId === null ? {} : { attemptId }) },
    { keepsPrevious: true },
  )
  const { refetch } = read
  useEffect(() => {
    if (!follows) return undefined
    const timer = setInterval(() => void refetch(), FOLLOW_EVERY_MS)
    return () => clearInterval(timer)
  }, [follows, refetch])
  const seen = new Set<string>()
  const lines = (read.data?.pages.flatMap((page) => page.lines) ?? []).filter(({ lineId }: LogLine) => {
    if (seen.has(lineId)) return false
    seen.add(lineId)
    return true
  })
  const nowLevel = read.data?.pages[0]?.level
  return (
    <>
      <div className="flex min-h-11 flex-none flex-wrap items-center gap-2 border-b border-line px-4 py-1.5">
        <SearchField
          name={t('trouble.log.search')}
          placeholder={t('trouble.log.search-hint')}
          value={search}
          onValueChange={setSearch}
          className="w-56"
        />
        <Tabs
          name={t('trouble.log.level')}
          value={level}
          onValueChange={setLevel}
          isTight
          items={LEVELS.map((value) => ({ value, label: value === 'debug' ? t('trouble.level.all') : t(`trouble.level.${value}`) }))}
        />
        <span className="flex-1" />
        <Checkbox isChecked={follows} onChange={setFollows} label={t('trouble.log.follow')} />
      </div>
      {attemptId === null ? null : (
        <div className="flex flex-none items-center px-4 pt-2">
          <Chip variant="chosen" isMono removeName={t('trouble.log.remove-attempt')} onRemove={() => go(paths.log)}>
            {t('trouble.log.attempt', { id: attemptId })}
          </Chip>
        </div>
      )}
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        {read.error !== null && read.data === undefined ? (
          <div className="p-4">
            <ErrorNotice error={read.error} title={t('trouble.log.failed')} />
          </div>
        ) : read.data === undefined ? (
          <SkeletonRows rows={8} />
        ) : (
          <>
            {lines.length === 0 ? (
              <p className="p-4 text-ink-3">{t(read.hasNextPage ? 'trouble.log.searched' : 'trouble.log.nothing')}</p>
            ) : (
              <ul aria-label={t('trouble.log.name')} className="divide-y divide-line border-b border-line">
                {lines.map((line) => (
                  <LogRow key={line.lineId} line={line} />
                ))}
              </ul>
            )}
            <div className="flex items-center gap-3 px-4 py-3">
              {read.hasNextPage ? (
                <Button size="small" isBusy={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
                  {t('trouble.log.older')}
                </Button>
              ) : null}
              {nowLevel === undefined ? null : (
                <span className="text-small text-ink-3">{t('trouble.log.now-level', { level: t(`trouble.line.${nowLevel}`) })}</span>
              )}
            </div>
          </>
        )}
      </div>
    </>
  )
}
