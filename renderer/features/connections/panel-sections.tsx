import { modeWords } from '#renderer/ui/mode-words.ts'
import { useEffect, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { monogram } from '#renderer/ui/monogram.ts'
import { isEndless, isForm } from './connection-words.ts'
import { isolated } from './marked-words.tsx'
import { Fact, Facts, Section } from '#renderer/ui/panel-section.tsx'

/** Who the connection speaks as, and who holds its credentials. */
export const AccountSection = ({
  connection,
  place,
  holder,
  isDefault,
}: {
  readonly connection: Connection
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly holder: string
  /** It is what the connector's name alone means. */
  readonly isDefault: boolean
}) => {
  const { identity } = connection
  const account = tellingName(identity)
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
      <Facts>
        {identity?.username && identity.username !== account && identity.username !== name ? (
          <Fact name={t('connections.account.user-name')}>
            <bdi>{identity.username}</bdi>
          </Fact>
        ) : null}
        {name === null ? null : (
          <Fact name={t('connections.account.source')}>
            {isForm(connection) ? t('connections.account.source-form') : t('connections.account.source-oauth', { place })}
          </Fact>
        )}
        <Fact name={t('connections.account.held-by')}>
          <bdi>{holder}</bdi>
        </Fact>
        {isDefault ? (
          <Fact name={t('life.default.title')}>
            {rich('life.default.text', { slug: connection.connectorId, code: (words) => <code className="font-mono">{words}</code> })}
          </Fact>
        ) : null}
      </Facts>
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
