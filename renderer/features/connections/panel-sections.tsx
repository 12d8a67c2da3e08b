import { modeWords } from '#renderer/ui/mode-words.ts'
import { type ReactNode, useEffect, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { Chip } from '#renderer/ui/chip.tsx'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { monogram } from '#renderer/ui/monogram.ts'
import { RelativeTime } from '#renderer/ui/relative-time.tsx'
import { exactTime, expiryWords } from '#renderer/ui/relative-words.ts'
import { missingScopes } from '#renderer/ui/status-words.ts'
import { accountOf, isEndless, isForm } from './connection-words.ts'

const isolated = (words: ReactNode): ReactNode => <bdi>{words}</bdi>

/** A part of the panel under its small head, with a fact at the right. */
export const Section = ({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) => (
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
export const AccountSection = ({
  connection,
  connectorName,
  place,
  holder,
}: {
  readonly connection: Connection
  readonly connectorName: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly holder: string
}) => {
  const { identity } = connection
  const account = accountOf(connection)
  const name = identity?.displayName ?? account
  return (
    <Section title={t('connections.account.title')} aside={modeWords(connection.authMode)}>
      {name === null ? (
        <p className="text-ink-3">{t(isEndless(connection) ? 'connections.account.key' : 'connections.account.unknown')}</p>
      ) : (
        <div className="flex min-w-0 items-center gap-2">
          <span aria-hidden="true" className="grid size-7 flex-none place-items-center rounded-full bg-active text-caption font-semibold">
            {monogram(name)}
          </span>
          <div className="min-w-0">
            <p className="break-words">
              <bdi>{name}</bdi> {account === null || account === name ? null : <bdi className="break-all text-ink-2">{account}</bdi>}
            </p>
            {identity?.workspace ? (
              <p className="truncate text-small text-ink-3" title={identity.workspace}>
                {rich('connections.account.workspace', { workspace: identity.workspace, b: isolated })}
              </p>
            ) : null}
            {identity?.accountId ? (
              <p className="truncate text-small text-ink-3" title={identity.accountId}>
                {rich('connections.account.id', { id: identity.accountId, b: isolated })}
              </p>
            ) : null}
          </div>
        </div>
      )}
      <dl className="grid grid-cols-[112px_1fr] gap-y-0.5 text-small">
        {identity?.username && identity.username !== account && identity.username !== name ? (
          <Fact name={t('connections.account.user-name')}>
            <bdi>{identity.username}</bdi>
          </Fact>
        ) : null}
        {name === null ? null : (
          <Fact name={t('connections.account.source')}>
            {isForm(connection)
              ? t('connections.account.source-form')
              : t('connections.account.source-oauth', { place, name: connectorName })}
          </Fact>
        )}
        <Fact name={t('connections.account.held-by')}>
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
        ? t('connections.access.unknown')
        : t('connections.access.granted-unknown')
      : requested === null
        ? t('connections.access.granted', { count: granted.length })
        : t('connections.access.of', { given: requested.length - missing.length, asked: requested.length })
  return (
    <Section title={t('connections.access.title')} aside={aside}>
      {shown.length + missing.length === 0 ? (
        <p className="text-ink-3">{t(granted === null ? 'connections.access.which' : 'connections.access.none')}</p>
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
                {t('connections.access.missing', { scope })}
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
      title={t('connections.times.title')}
      aside={
        expiry === null
          ? t(
              isPending
                ? 'connections.times.not-known'
                : isEndless(connection)
                  ? 'connections.times.no-expiry'
                  : 'connections.times.unknown',
            )
          : expiry.words
      }
    >
      <dl className="grid grid-cols-[112px_1fr] gap-y-0.5 text-small">
        {expiresAt === null ? null : (
          <Fact name={t(expiry?.isOver === true ? 'connections.times.ran-out' : 'connections.times.runs-out')}>{exactTime(expiresAt)}</Fact>
        )}
        {isEndless(connection) || isPending ? null : (
          <Fact name={t('connections.times.refreshed')}>
            {lastRefreshedAt === null ? t('connections.times.not-refreshed') : <RelativeTime at={lastRefreshedAt} now={now} isLong />}
          </Fact>
        )}
        <Fact name={t('connections.times.compared')}>
          {lastSyncedAt === null ? t('connections.times.not-yet') : <RelativeTime at={lastSyncedAt} now={now} isLong />}
        </Fact>
        <Fact name={t('connections.times.used')}>
          {lastUsedAt === null ? t('connections.times.not-used') : <RelativeTime at={lastUsedAt} now={now} isLong />}
        </Fact>
        <Fact name={t(isPending ? 'connections.times.started' : 'connections.times.connected')}>{exactTime(createdAt)}</Fact>
        <Fact name={t('connections.times.from')}>{t(connection.isOurs ? 'connections.times.ours' : 'connections.times.elsewhere')}</Fact>
        {connection.nangoConnectionId === null ? null : (
          <Fact name={t('connections.times.id-at', { place })}>
            <CopyableHandle text={connection.nangoConnectionId} className="-my-1 max-w-full" />
          </Fact>
        )}
      </dl>
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
    ? t('connections.notes.saving')
    : draft !== null && draft !== saved && !update.isSuccess
      ? t('connections.notes.not-saved')
      : update.isSuccess
        ? t('connections.notes.saved')
        : t('connections.notes.when')
  return (
    <Section title={t('connections.notes.title')} aside={<span aria-live="polite">{words}</span>}>
      <textarea
        aria-label={t('connections.notes.title')}
        value={text}
        maxLength={10_000}
        rows={3}
        placeholder={t('connections.notes.hint')}
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
      {update.error === null ? null : <ErrorNotice error={update.error} title={t('connections.notes.failed')} />}
    </Section>
  )
}
