import { type ReactNode, useEffect, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { Chip } from '#renderer/ui/chip.tsx'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { monogram } from '#renderer/ui/monogram.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { dayName, exactTime, expiryWords } from '#renderer/ui/relative-words.ts'
import { AfterAMoment } from '#renderer/ui/skeleton-rows.tsx'
import { missingScopes } from '#renderer/ui/status-words.ts'
import { accountOf, isEndless, modeWords } from './connection-words.ts'
import { eventWords } from './event-words.ts'

/** A part of the panel under its small head, with a fact at the right. */
const Section = ({ title, aside, children }: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) => (
  <section aria-label={title} className="flex flex-col gap-2 border-t border-line px-4 py-3">
    <div className="flex items-baseline justify-between gap-3">
      <h3 className="text-small font-semibold">{title}</h3>
      {aside === undefined ? null : <span className="truncate text-small text-ink-3">{aside}</span>}
    </div>
    {children}
  </section>
)

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0 break-words">{children}</dd>
  </>
)

/** Who the connection speaks as, and who holds its credentials. */
export const AccountSection = ({ connection, holder }: { readonly connection: Connection; readonly holder: string }) => {
  const { identity } = connection
  const account = accountOf(connection)
  const name = identity?.displayName ?? account
  return (
    <Section title="Account" aside={modeWords(connection.authMode)}>
      {name === null ? (
        <p className="text-ink-3">{isEndless(connection) ? 'A key does not say whose it is' : 'Not known yet'}</p>
      ) : (
        <div className="flex min-w-0 items-center gap-2">
          <span aria-hidden="true" className="grid size-7 flex-none place-items-center rounded-full bg-active text-caption font-semibold">
            {monogram(name)}
          </span>
          <div className="min-w-0">
            <p className="break-words">
              <bdi>{name}</bdi> {account === null || account === name ? null : <bdi className="break-all text-ink-2">{account}</bdi>}
            </p>
            {identity?.workspace || identity?.accountId ? (
              <p className="flex min-w-0 items-center gap-1 text-small text-ink-3">
                {identity.workspace ? (
                  <span className="truncate" title={identity.workspace}>
                    Workspace <bdi>{identity.workspace}</bdi>
                  </span>
                ) : null}
                {identity.workspace && identity.accountId ? <span>·</span> : null}
                {identity.accountId ? (
                  <span className="truncate" title={identity.accountId}>
                    id <bdi>{identity.accountId}</bdi>
                  </span>
                ) : null}
              </p>
            ) : null}
          </div>
        </div>
      )}
      <dl className="grid grid-cols-[112px_1fr] text-small">
        <Fact name="Held by">
          <bdi>{holder}</bdi>
        </Fact>
      </dl>
    </Section>
  )
}

/** The scopes: granted against asked for. */
export const AccessSection = ({ connection }: { readonly connection: Connection }) => {
  const { requested, granted } = connection.scopes
  const missing = missingScopes(connection.scopes)
  if (isEndless(connection) && requested === null && granted === null) return null
  const shown = granted ?? requested ?? []
  const aside =
    granted === null
      ? requested === null
        ? 'not known'
        : 'granted: not known'
      : requested === null
        ? `${granted.length} granted`
        : `${requested.length - missing.length} of ${requested.length} asked for`
  return (
    <Section title="Access" aside={aside}>
      {shown.length + missing.length === 0 ? (
        <p className="text-ink-3">{granted === null ? 'Which scopes it holds is not known.' : 'No scopes.'}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {shown.map((scope) => (
            <li key={scope} className="max-w-full" title={scope}>
              <Chip isMono>{scope}</Chip>
            </li>
          ))}
          {missing.map((scope) => (
            <li key={scope} className="max-w-full" title={scope}>
              <Chip isMono variant="missing">
                missing: {scope}
              </Chip>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

/** When it ends, and when it was made, renewed, compared and used. */
export const TimesSection = ({
  connection,
  place,
  now,
}: {
  readonly connection: Connection
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly now: number
}) => {
  const { expiresAt, createdAt, lastRefreshedAt, lastSyncedAt, lastUsedAt } = connection
  const isPending = connection.status === 'pending'
  const expiry = expiresAt === null ? null : expiryWords(expiresAt, now)
  return (
    <Section
      title="Expiry"
      aside={expiry === null ? (isPending ? 'not known yet' : isEndless(connection) ? 'no expiry' : 'unknown') : expiry.words}
    >
      <dl className="grid grid-cols-[112px_1fr] gap-y-0.5 text-small">
        {expiresAt === null ? null : <Fact name={expiry?.isOver === true ? 'Ran out' : 'Runs out'}>{exactTime(expiresAt)}</Fact>}
        {isEndless(connection) || isPending ? null : (
          <Fact name="Refreshed">
            {lastRefreshedAt === null ? 'not by Patchbay' : <RelativeTime at={lastRefreshedAt} now={now} isLong />}
          </Fact>
        )}
        <Fact name="Compared">{lastSyncedAt === null ? 'not yet' : <RelativeTime at={lastSyncedAt} now={now} isLong />}</Fact>
        <Fact name="Used">{lastUsedAt === null ? 'not known' : <RelativeTime at={lastUsedAt} now={now} isLong />}</Fact>
        <Fact name={isPending ? 'Started' : 'Connected'}>{exactTime(createdAt)}</Fact>
        <Fact name="From">{connection.isOurs ? 'this Patchbay' : 'elsewhere'}</Fact>
        {connection.nangoConnectionId === null ? null : (
          <Fact name={`Id at ${place}`}>
            <CopyableHandle text={connection.nangoConnectionId} className="max-w-full" />
          </Fact>
        )}
      </dl>
    </Section>
  )
}

/** What happened to it, newest first. */
export const HistorySection = ({ connectionId, now }: { readonly connectionId: string; readonly now: number }) => {
  const { data, error } = useRead('events.list', { connectionId, newestFirst: true, limit: 20 })
  return (
    <Section title="History">
      {error !== null && data === undefined ? <p className="text-ink-3">The history cannot be read: {error.message}</p> : null}
      {data === undefined ? (
        <AfterAMoment>
          <p className="text-ink-3">Reading</p>
        </AfterAMoment>
      ) : data.events.length === 0 ? (
        <p className="text-ink-3">Nothing has happened since it is known here.</p>
      ) : (
        <ol className="grid grid-cols-[72px_1fr] gap-y-0.5 text-small">
          {data.events.map((event) => {
            const { words, code } = eventWords(event)
            return (
              <li key={event.sequence} className="contents">
                <time dateTime={event.at} title={exactTime(event.at)} className="text-ink-3">
                  {dayName(event.at, now)}
                </time>
                <span className="min-w-0 break-words">
                  {words} {code === null ? null : <code className="font-mono text-caption text-ink-2">{code}</code>}
                </span>
              </li>
            )
          })}
        </ol>
      )}
    </Section>
  )
}

/** Words of one's own; saved on leaving the field, and it says so. */
export const NotesSection = ({ connection }: { readonly connection: Connection }) => {
  const [draft, setDraft] = useState<string | null>(null)
  const update = useWrite('connections.update')
  const saved = connection.notes ?? ''
  const text = draft ?? saved
  useEffect(() => {
    if (draft === saved) setDraft(null)
  }, [draft, saved])
  const leave = (): void => {
    if (draft === null || draft === saved) return
    update.mutate({ connectionId: connection.connectionId, notes: draft.trim() === '' ? null : draft })
  }
  const words = update.isPending
    ? 'saving'
    : draft !== null && draft !== saved && !update.isSuccess
      ? 'not saved yet'
      : update.isSuccess
        ? 'saved'
        : 'saved when you leave the field'
  return (
    <Section title="Notes" aside={<span aria-live="polite">{words}</span>}>
      <textarea
        aria-label="Notes"
        value={text}
        maxLength={10_000}
        rows={3}
        placeholder="What is this connection for"
        onChange={(event) => {
          update.reset()
          setDraft(event.target.value)
        }}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            event.currentTarget.blur()
          }
        }}
        className="field-sizing-content max-h-60 min-h-16 w-full resize-none rounded-6 border border-line-control bg-surface px-2.5 py-1.5"
      />
      {update.error === null ? null : <ErrorNotice error={update.error} title="The notes were not saved." />}
    </Section>
  )
}
