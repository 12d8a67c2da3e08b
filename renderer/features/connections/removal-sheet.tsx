import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { RevocationReport } from '#shared/contract/connection-life'
import type { Connection } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { tellingName } from '#shared/telling-name'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { ConfirmSheet } from '#renderer/ui/confirm-sheet.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { fullName } from '#renderer/ui/full-name.ts'
import { RadioCards } from '#renderer/ui/radio-card.tsx'
import { spokenName } from '#renderer/ui/spoken-name.ts'
import { tell } from '#renderer/ui/toast.tsx'
import { useNow } from '#renderer/ui/use-now.ts'
import { isolated, strong } from './marked-words.tsx'
import { isGoneError } from './panel-gone.tsx'
import { AccountPageLink, RevokePlaces, TokenReport } from './revoke-places.tsx'
import { type Done, RevokeReport } from './revoke-report.tsx'
import { didHappen, type Way, willHappen } from './revoke-words.ts'

const code = (words: ReactNode): ReactNode => <code className="font-mono text-small break-all">{words}</code>

const WAYS: readonly Way[] = ['revoke-remove', 'remove', 'forget', 'revoke']

const NOT_ENDED: ReadonlySet<string> = new Set(['connection.revoke_failed', 'connection.revoke_unknown'])

/** What the provider said to each token where it did not end access, or may not have; it travels with the error. */
const tokensOf = (error: Error | null): RevocationReport['tokens'] => {
  if (!(error instanceof PatchbayError) || !NOT_ENDED.has(error.code)) return []
  const { tokens } = error.data
  return Array.isArray(tokens) ? (tokens as RevocationReport['tokens']) : []
}

/** Asks how a connection is removed or its access ended, says what happens where before, and what happened after. A pending one only has its sign-in ended. */
export const RemovalSheet = ({
  connection: given,
  connectorName,
  place,
  onClose,
  onGone,
}: {
  readonly connection: Connection
  readonly connectorName: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly onClose: () => void
  /** It is not in the list any more. */
  readonly onGone: () => void
}) => {
  const { connectionId } = given
  // The list may not have heard yet that a sign-in was approved.
  const connection = useRead('connections.get', { connectionId }).data ?? given
  const [way, setWay] = useState<Way>('remove')
  const [done, setDone] = useState<Done | null>(null)
  const now = useNow(30_000)
  const account = tellingName(connection.identity)
  const name = fullName(connection, connectorName)
  const provider = spokenName(connectorName)
  const names = { connector: provider, place }
  const isPending = connection.nangoConnectionId === null
  const scope = useRead('connections.revocation', { connectionId }, { isEnabled: !isPending && done === null }).data ?? null
  const removing = useWrite('connections.remove')
  const revoking = useWrite('connections.revoke')
  const canEnd = scope !== null && scope.ends !== 'nothing' && connection.status !== 'revoked'
  const error = removing.error ?? revoking.error
  const isGone = isGoneError(error)
  // It stands below what was asked: in a small window it could go unseen.
  const failure = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error !== null) failure.current?.scrollIntoView({ block: 'nearest' })
  }, [error])

  const run = (): void => {
    removing.reset()
    revoking.reset()
    if (way === 'revoke') {
      revoking.mutate({ connectionId }, { onSuccess: (revocation) => setDone({ way, revocation, removal: null }) })
      return
    }
    const wanted = { connectionId, revoke: way === 'revoke-remove', forgetOnly: !isPending && way === 'forget' }
    removing.mutate(wanted, {
      onSuccess: (removal) => {
        if (removal.revocation !== null || removal.undo !== 'none') {
          setDone({ way, revocation: removal.revocation, removal })
          return
        }
        const [atProvider, ...rest] = didHappen({ way, revocation: null, removal }, connection, names, now)
        const words = [...rest, ...(atProvider === undefined ? [] : [atProvider])].map((one) =>
          t('life.report.line', { place: one.place, words: one.words }),
        )
        tell(t('connections.told.removed', { name }), words.join(' '))
        onClose()
        onGone()
      },
    })
  }
  if (done !== null) {
    return (
      <RevokeReport
        connection={connection}
        connectorName={provider}
        name={name}
        place={place}
        done={done}
        now={now}
        onClose={() => {
          onClose()
          if (done.removal !== null) onGone()
        }}
      />
    )
  }
  const places = willHappen(way, scope, connection, names, now)
  const ends = way === 'revoke' || way === 'revoke-remove'
  return (
    <ConfirmSheet
      isOpen
      title={rich('connections.remove.title', { name: connectorName, label: connection.label ?? '', b: isolated })}
      safeLabel={t('connections.remove.keep')}
      confirmLabel={t(isPending ? 'connections.remove.end' : `life.revoke.do-${way}`)}
      isBusy={removing.isPending || revoking.isPending}
      onConfirm={run}
      onClose={onClose}
    >
      <p>
        {account === null
          ? rich('connections.remove.handle', { handle: connection.handle, code })
          : rich('connections.remove.account', { account, handle: connection.handle, code, b: strong })}
      </p>
      {isPending ? (
        <p>{t('connections.remove.pending')}</p>
      ) : (
        <>
          <RadioCards
            name={t('connections.remove.how')}
            isTight
            value={way}
            onValueChange={setWay}
            choices={WAYS.filter((one) => canEnd || one === 'remove' || one === 'forget').map((one) => ({
              value: one,
              title: t(`life.revoke.way-${one}`, { name: provider, place }),
            }))}
          />
          <RevokePlaces title={t('life.revoke.what')} places={places} />
          <p className="flex flex-wrap gap-x-3 text-small">
            <span>{t(way === 'forget' ? 'life.revoke.can-undo' : 'life.revoke.final')}</span>
            {ends && scope?.readsCredentials === true ? <span>{t('life.revoke.reads')}</span> : null}
            {ends || way === 'forget' ? null : <AccountPageLink url={scope?.pageUrl ?? null} name={provider} />}
          </p>
        </>
      )}
      {error === null ? null : (
        <div ref={failure} className="flex flex-col gap-3">
          <ErrorNotice error={error} title={t(isGone ? 'life.gone.short' : 'connections.remove.failed', { place })} />
          <TokenReport tokens={tokensOf(error)} />
          {tokensOf(error).length === 0 ? null : <AccountPageLink url={scope?.pageUrl ?? null} name={provider} />}
        </div>
      )}
    </ConfirmSheet>
  )
}
