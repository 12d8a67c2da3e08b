import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Connection } from '#shared/contract/connections'
import type { PublicEvent } from '#shared/contract/events'
import { rich, t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { dayName, exactTime } from '#renderer/ui/relative-words.ts'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'
import { StatusGlyph } from '#renderer/ui/status-glyph.tsx'
import { statusWord } from '#renderer/ui/status-words.ts'
import { eventWords } from './event-words.ts'
import { FlowTrace } from './flow-trace.tsx'
import { statusAfter } from './health-bars.ts'
import { useHistory } from './health-section.tsx'
import { Section } from '#renderer/ui/panel-section.tsx'

const SHOWN_EVENTS = 8

const flowIdOf = ({ data }: PublicEvent): string | null => (typeof data['flowId'] === 'string' ? data['flowId'] : null)

const Trace = ({ flowId }: { readonly flowId: string }) => {
  const [isOpen, setIsOpen] = useState(false)
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <div className="flex flex-col gap-1">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="-ml-1 flex min-h-6 items-center gap-1 self-start rounded-6 px-1 text-accent hover:bg-hover"
      >
        <Chevron aria-hidden="true" className="size-3.5" />
        {t('connections.history.how')}
      </button>
      {isOpen ? (
        <>
          <FlowTrace flowId={flowId} />
          <p className="flex flex-wrap items-center gap-x-3 text-caption text-ink-3">
            <span className="break-all">
              {rich('connections.history.attempt', { id: flowId, code: (words) => <code className="font-mono">{words}</code> })}
            </span>
            <Link href={paths.logOfAttempt(flowId)} className="text-accent underline underline-offset-2">
              {t('connections.history.log')}
            </Link>
          </p>
        </>
      ) : null}
    </div>
  )
}

/** What happened to it, newest first, with the status that was left behind, and when it was last used. */
export const HistorySection = ({ connection, now }: { readonly connection: Connection; readonly now: number }) => {
  const { connectionId, lastUsedAt } = connection
  const { data, error } = useHistory(connectionId)
  const [isWhole, setIsWhole] = useState(false)
  const events = data?.events ?? []
  const shown = isWhole ? events.slice(0, 200) : events.slice(0, SHOWN_EVENTS)
  return (
    <Section title={t('connections.history.title')}>
      {error !== null && data === undefined ? (
        <p className="text-ink-3">{t('connections.history.unreadable', { message: error.message })}</p>
      ) : null}
      {data === undefined && error === null ? (
        <AfterAMoment>
          <p className="text-ink-3">{t('connections.history.reading')}</p>
        </AfterAMoment>
      ) : null}
      {data !== undefined && events.length === 0 ? <p className="text-ink-3">{t('connections.history.nothing')}</p> : null}
      {events.length === 0 ? null : (
        <table aria-label={t('connections.history.title')} className="w-full table-fixed text-left text-small">
          <thead className="text-ink-3">
            <tr>
              <th scope="col" className="w-[72px] pb-1 font-medium">
                {t('connections.history.when')}
              </th>
              <th scope="col" className="w-[112px] pb-1 font-medium">
                {t('connections.history.status')}
              </th>
              <th scope="col" className="pb-1 font-medium">
                {t('connections.history.what')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lastUsedAt === null ? null : (
              <tr className="align-top">
                <td className="py-0.5 text-ink-3">
                  <time dateTime={lastUsedAt} title={exactTime(lastUsedAt)}>
                    {dayName(lastUsedAt, now)}
                  </time>
                </td>
                <td />
                <td className="py-0.5">{t('life.history.used')}</td>
              </tr>
            )}
            {shown.map((event) => {
              const { words, code } = eventWords(event)
              const status = statusAfter(event.type)
              const flowId = event.type === 'connection.activated' || event.type === 'flow.failed' ? flowIdOf(event) : null
              return (
                <tr key={event.sequence} className="align-top">
                  <td className="py-0.5 text-ink-3">
                    <time dateTime={event.at} title={exactTime(event.at)}>
                      {dayName(event.at, now)}
                    </time>
                  </td>
                  <td className="py-0.5">
                    {status === null ? null : (
                      <span className="flex items-center gap-1.5">
                        <StatusGlyph glyph={status} size={12} />
                        {statusWord(status)}
                      </span>
                    )}
                  </td>
                  <td className="py-0.5 break-words">
                    {words}
                    {code === null ? null : <code className="block font-mono text-caption break-words text-ink-2">{code}</code>}
                    {flowId === null ? null : <Trace flowId={flowId} />}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {!isWhole && events.length > SHOWN_EVENTS ? (
        <Button size="small" variant="ghost" className="self-start" onClick={() => setIsWhole(true)}>
          {t('connections.history.more', { count: Math.min(200, events.length) })}
        </Button>
      ) : null}
    </Section>
  )
}
