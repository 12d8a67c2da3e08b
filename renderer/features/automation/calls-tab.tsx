import { Activity } from 'lucide-react'
import { Link } from 'wouter'
import type { LiveCall } from '#shared/contract/grants'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { EmptyState } from '#renderer/ui/empty-state.tsx'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { callWhat, runningFor } from './call-words.ts'
import { tame } from './grant-words.ts'

const COLUMNS = 'grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,2fr)_88px]'

/** The calls of programs that run now or wait for a yes; taken from the list as they end. */
export const CallsTab = ({ calls, now }: { readonly calls: readonly LiveCall[]; readonly now: number }) =>
  calls.length === 0 ? (
    <EmptyState icon={Activity} title={t('automation.calls-empty.title')}>
      {t('automation.calls-empty.text')}
    </EmptyState>
  ) : (
    <div className="relative min-h-0 flex-1 overflow-y-auto">
      <div role="table" aria-label={t('automation.tab.calls')}>
        <div
          role="row"
          className={`sticky top-0 z-10 grid h-8 items-center gap-x-4 border-b border-line bg-surface px-4 text-small font-medium text-ink-2 ${COLUMNS}`}
        >
          <span role="columnheader">{t('automation.column.program')}</span>
          <span role="columnheader">{t('automation.column.connection')}</span>
          <span role="columnheader">{t('automation.column.call')}</span>
          <span role="columnheader" className="text-right">
            {t('automation.column.since')}
          </span>
        </div>
        {calls.map((call) => (
          <div key={call.callId} role="row" className={`grid min-h-10 items-center gap-x-4 border-b border-line px-4 py-1 ${COLUMNS}`}>
            <span role="cell" className="flex min-w-0 items-center gap-2">
              <StatusGlyph glyph={call.state === 'waiting' ? 'unknown' : 'pending'} size={14} />
              <bdi className="truncate font-medium" title={call.clientName}>
                {tame(call.clientName)}
              </bdi>
            </span>
            <span role="cell" className="min-w-0 truncate font-mono text-small">
              {call.connectionId === null || call.handle === null ? (
                <span className="font-sans text-ink-3">{t('automation.calls-any')}</span>
              ) : (
                <Link href={paths.connection(call.connectionId)} title={call.handle} className="underline-offset-2 hover:underline">
                  <bdi>{call.handle}</bdi>
                </Link>
              )}
            </span>
            <span role="cell" className="min-w-0">
              <bdi className="block truncate font-mono text-small" title={callWhat(call)}>
                {callWhat(call)}
              </bdi>
            </span>
            <span role="cell" className="text-right text-ink-2 tabular-nums" title={exactTime(call.startedAt)}>
              {call.state === 'waiting' ? t('automation.ends.waiting') : runningFor(call, now)}
            </span>
          </div>
        ))}
      </div>
    </div>
  )
