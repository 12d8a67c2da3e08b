import { useEffect, useRef } from 'react'
import type { Flow } from '#shared/contract/connect'
import { rich, t } from '#renderer/messages/translate.ts'
import type { Connection } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { useRead } from '../../api/use-api.ts'
import { Cable, type CableState } from '../../ui/cable.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { EndNotice } from './end-notice.tsx'
import { cancelledWords, failureWords } from './flow-words.ts'
import { FlowWaiting } from './flow-waiting.tsx'
import { calledName } from './identity-words.ts'
import { KeptAside } from './kept-aside.tsx'
import { noteWords } from './note-words.ts'
import { StepList } from './step-list.tsx'
import { AllSteps } from './all-steps.tsx'
import { tellConnected } from './tell-connected.ts'

/** How long a sheet shows that it is connected before it closes. */
const SEATED_MS = 2000

const cableOf = (flow: Flow): { readonly atProvider: CableState; readonly words: string } => {
  switch (flow.state) {
    // Where the words are empty, those below the cable say it.
    case 'connected':
      return { atProvider: 'whole', words: '' }
    case 'failed':
    case 'expired':
    case 'cancelled':
      return { atProvider: 'broken', words: '' }
    case 'finishing':
      return { atProvider: 'waiting', words: t('connect.cable.checking') }
    case 'starting':
      return { atProvider: 'waiting', words: t('connect.cable.opening') }
    case 'waiting':
      return { atProvider: 'waiting', words: '' }
  }
}

/** What there is to say of a reconnect that succeeded, besides who answered. */
const afterReconnect = (flow: Flow, which: string): string | null => {
  if (flow.reconnect === undefined) return null
  if (flow.reconnect.addedConnectionId !== null) return t('connect.again.added', { which })
  const account = flow.steps.find(({ id }) => id === 'account')
  return account?.note == null ? t('connect.again.in-place') : noteWords(account.note)
}

const Connected = ({
  flow,
  name,
  again,
  onDone,
}: {
  readonly flow: Flow
  readonly name: string
  readonly again: string | null
  readonly onDone: () => void
}) => {
  const account = flow.steps.find(({ id }) => id === 'account')
  const isKnown = flow.via === 'form' || account?.state === 'done' || account?.state === 'skipped'
  const added = flow.reconnect?.addedConnectionId ?? null
  const { data: connection } = useRead('connections.get', { connectionId: added ?? flow.connectionId })
  const isTold = useRef(false)
  const done = useRef(onDone)
  useEffect(() => {
    done.current = onDone
  })
  useEffect(() => {
    if (connection === undefined || !isKnown || isTold.current) return undefined
    const finish = (): void => {
      if (isTold.current) return
      isTold.current = true
      tellConnected(connection, name)
    }
    const timer = setTimeout(
      () => {
        finish()
        done.current()
      },
      // There is more to read.
      flow.reconnect === undefined ? SEATED_MS : 2 * SEATED_MS,
    )
    return () => clearTimeout(timer)
  }, [connection, isKnown, name, flow.reconnect])
  // Closed earlier by hand: it is told all the same.
  const last = useRef<(() => void) | null>(null)
  last.current = connection === undefined ? null : () => (isTold.current ? undefined : tellConnected(connection, name))
  useEffect(() => () => last.current?.(), [])
  const who = tellingName(connection?.identity)
  const more = afterReconnect(flow, again ?? name)
  return (
    <div role="status" className="text-center">
      <h3 className="text-lead font-semibold">
        {who === null
          ? t('connect.done.connected', { name })
          : rich('connect.done.connected-as', { who: <bdi className="[overflow-wrap:anywhere]">{who}</bdi> })}
      </h3>
      <p className="min-h-5 text-ink-2">
        {connection === undefined
          ? ''
          : rich('connect.done.handle', { handle: <span className="font-mono text-small break-all">{connection.handle}</span> })}
      </p>
      {more === null ? null : <p className="pt-1 text-ink-2">{more}</p>}
    </div>
  )
}

/** One flow from waiting to its end, each state with its own words and next step. */
export const FlowView = ({
  flow,
  error,
  name,
  connection,
  middle,
  hasAddress,
  onRenew,
  onDone,
}: {
  readonly flow: Flow | undefined
  readonly error: Error | null
  readonly name: string
  /** The connection that is signed in anew; null for a new one, and until it is read. */
  readonly connection: Connection | null
  /** `Nango` or `Sandbox`. */
  readonly middle: string
  readonly hasAddress: boolean
  readonly onRenew: () => void
  readonly onDone: () => void
}) => {
  if (error !== null) return <ErrorNotice error={error} title={t('connect.not-shown')} />
  if (flow === undefined) return <SkeletonRows rows={4} />
  const cable = cableOf(flow)
  const again = flow.reconnect === undefined ? null : connection === null ? name : calledName(connection)
  const isKept = flow.error?.code === 'connection.identity_mismatch' && flow.error.data?.['decision'] === 'keep'
  const isLate = flow.steps.some(({ id, state }) => id === 'cleanup' && state === 'done')
  return (
    <div className="flex flex-col gap-3">
      <Cable
        connectorId={flow.connectorId}
        connectorName={name}
        middleName={middle}
        atProvider={isKept && connection?.status === 'connected' ? 'whole' : cable.atProvider}
        atComputer="whole"
        words={cable.words}
      />
      {flow.state === 'waiting' ? <FlowWaiting flow={flow} name={name} onRenew={onRenew} /> : null}
      {flow.state === 'waiting' && flow.reconnect !== undefined ? (
        <KeptAside reconnect={flow.reconnect} identity={connection?.identity ?? null} />
      ) : null}
      {flow.state === 'starting' || flow.state === 'finishing' ? <StepList flow={flow} /> : null}
      {flow.state === 'connected' ? <Connected flow={flow} name={name} again={again} onDone={onDone} /> : null}
      <div aria-live="polite" className="flex flex-col gap-4 empty:hidden">
        {flow.state === 'failed' || flow.state === 'expired' ? (
          <EndNotice
            tone={isKept && connection?.status === 'connected' ? 'connected' : 'attention'}
            words={failureWords(flow.error ?? { code: 'connect.expired', message: '' }, { name, via: flow.via, hasAddress, again })}
          />
        ) : null}
        {flow.state === 'cancelled' ? <EndNotice tone="revoked" words={cancelledWords(name, isLate, again)} /> : null}
      </div>
      {(flow.state === 'failed' && !isKept) || flow.state === 'cancelled' ? <StepList flow={flow} /> : null}
      {flow.state === 'connected' ? null : <AllSteps flow={flow} />}
    </div>
  )
}
