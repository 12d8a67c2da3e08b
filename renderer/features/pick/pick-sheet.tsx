import { type KeyboardEvent, useRef, useState } from 'react'
import type { PickAccount, PickRequest } from '#shared/contract/connection-picks'
import { t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { useConnectorNames } from '../../api/use-connector-names.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { Notice } from '../../ui/notice.tsx'
import { clockTime } from '../../ui/relative-words.ts'
import { SearchField } from '../../ui/search-field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { spokenName } from '../../ui/spoken-name.ts'
import { AccountChoices } from './account-choices.tsx'
import { askerWords, byName } from './pick-words.ts'

const SEARCHED_FROM = 9

/** It opens by itself: what was meant for the page below is not taken for an answer, milliseconds. */
const DEAF_FOR_MS = 500

/** What of the search is shown and which account is chosen; a search begins with its first match. */
const selectedOf = (accounts: readonly PickAccount[], wanted: string | null, isSearching: boolean): PickAccount | null =>
  accounts.find(({ connectionId }) => connectionId === wanted) ?? (isSearching ? accounts[0] : undefined) ?? null

/** Who asks for which account and why, and the accounts to choose from. Esc declines. */
export const PickSheet = ({
  request,
  isOpen,
  isEnded,
  isBusy,
  error,
  profileName,
  more,
  onAnswer,
  onClose,
}: {
  readonly request: PickRequest
  readonly isOpen: boolean
  /** Nobody waits for the answer any more. */
  readonly isEnded: boolean
  readonly isBusy: boolean
  readonly error: Error | null
  readonly profileName: string
  /** How many others wait behind it. */
  readonly more: number
  readonly onAnswer: (connectionId: string | null) => void
  readonly onClose: () => void
}) => {
  const { pickId, connectorIds, reason, expiresAt, asker } = request
  const [since] = useState(() => performance.now())
  const [search, setSearch] = useState('')
  const [wanted, setWanted] = useState<string | null>(null)
  const marked = useRef<HTMLElement>(null)
  const searchField = useRef<HTMLInputElement>(null)
  const nameOf = useConnectorNames()
  const typed = search.trim()
  const all = useRead('connections.pickAccounts', { pickId }, { isEnabled: !isEnded })
  const found = useRead('connections.pickAccounts', typed === '' ? { pickId } : { pickId, search: typed }, {
    isEnabled: !isEnded,
    keepsPrevious: true,
  })
  const offered = found.data?.accounts ?? []
  const accounts = connectorIds.length === 0 ? byName(offered, nameOf) : offered
  const total = found.data?.total ?? null
  const isMany = all.data !== undefined && (all.data.total === null || all.data.total >= SEARCHED_FROM)
  const selected = selectedOf(accounts, wanted ?? all.data?.preselected ?? null, typed !== '')
  const isHeard = (): boolean => performance.now() - since > DEAF_FOR_MS
  const [only] = connectorIds
  const connector = connectorIds.length === 1 && only !== undefined ? { id: only, name: nameOf(only) } : null

  const close = (): void => {
    if (isEnded) onClose()
    else if (isHeard()) onAnswer(null)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target } = event
    if (!(target instanceof HTMLElement)) return
    const isSearch = target === searchField.current
    if (event.key === '/' && !isSearch && searchField.current !== null) searchField.current.focus()
    else if (event.key === 'ArrowDown' && isSearch) marked.current?.focus()
    else if (event.key === 'Enter' && (isSearch || target.dataset['connection'] !== undefined)) {
      const answer = selected?.connectionId ?? target.dataset['connection']
      if (answer !== undefined && isHeard() && !isBusy) onAnswer(answer)
    } else return
    event.preventDefault()
  }
  const content = () => {
    if (isEnded)
      return (
        <Notice tone="unknown" title={t('pick.ended')}>
          {t('pick.ended-text')}
        </Notice>
      )
    if (found.data === undefined) return found.error === null ? null : <ErrorNotice error={found.error} title={t('pick.not-read')} />
    if (all.data?.accounts.length === 0)
      return (
        <Notice tone="unknown" title={t('pick.none')}>
          {t('pick.none-text')}
        </Notice>
      )
    return (
      <>
        {isMany ? (
          <SearchField
            ref={searchField}
            value={search}
            onValueChange={setSearch}
            name={t('pick.search')}
            placeholder={t('pick.search')}
            results={typed === '' ? null : total}
          />
        ) : null}
        {/* What a search finds does not move the sheet. */}
        <div className={cx(isMany && 'h-72 short:h-47')}>
          {accounts.length === 0 ? (
            <p role="status" className="py-3 text-center text-ink-2">
              {t('pick.none-match')}
            </p>
          ) : (
            <AccountChoices accounts={accounts} chosen={selected?.connectionId ?? null} onChoose={setWanted} nameOf={nameOf} ref={marked} />
          )}
        </div>
        {total !== null && total <= accounts.length ? null : (
          <p className="text-small text-ink-3">
            {total === null ? t('pick.first-of-many', { count: accounts.length }) : t('pick.first', { count: accounts.length, total })}
          </p>
        )}
      </>
    )
  }
  return (
    <Sheet
      // The accounts are there when it opens, so that the keyboard begins on one of them.
      isOpen={isOpen && (isEnded || !all.isPending)}
      onClose={close}
      closeName={t(isEnded ? 'pick.close' : 'pick.decline')}
      lead={connector === null ? undefined : <LogoTile connectorId={connector.id} name={connector.name} size={40} />}
      title={connector === null ? t('pick.title-any') : t('pick.title', { name: spokenName(connector.name) })}
      subtitle={<bdi className="[overflow-wrap:anywhere]">{t('pick.subtitle', { who: askerWords(asker), profile: profileName })}</bdi>}
      initialFocus={selected === null && isMany ? searchField : marked}
      foot={
        isEnded ? (
          <Button variant="primary" onClick={close}>
            {t('pick.close')}
          </Button>
        ) : (
          <>
            <span className="min-w-0 flex-1 text-small text-ink-3">
              <span className="inline-block">{t('pick.until', { time: clockTime(expiresAt) })}</span>{' '}
              {more === 0 ? null : <span className="inline-block">{t('pick.more', { count: more })}</span>}
            </span>
            <Button onClick={() => onAnswer(null)}>{t('pick.decline')}</Button>
            <Button
              variant="primary"
              isBusy={isBusy}
              disabledReason={selected === null ? t('pick.choose-first') : null}
              onClick={() => selected !== null && onAnswer(selected.connectionId)}
            >
              {t('pick.use')}
            </Button>
          </>
        )
      }
    >
      {/* The keys of the search and of the list are the same: one place hears both. */}
      <div role="presentation" onKeyDown={onKeyDown} className="flex flex-col gap-3">
        {reason === null ? null : (
          <figure className="rounded-8 bg-sunken px-3 py-2">
            <figcaption className="text-small text-ink-2">{t('pick.reason')}</figcaption>
            <blockquote className="break-words text-ink-1">
              <bdi>{reason}</bdi>
            </blockquote>
          </figure>
        )}
        {isEnded ? null : <p className="text-ink-2">{t('pick.lead')}</p>}
        {content()}
        {error === null || isEnded ? null : <ErrorNotice error={error} title={t('pick.failed')} />}
      </div>
    </Sheet>
  )
}
