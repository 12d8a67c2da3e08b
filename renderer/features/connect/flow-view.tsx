import { useEffect, useRef } from 'react'
import type { Flow } from '#shared/contract/connect'
import { rich, t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { Cable, type CableState } from '../../ui/cable.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { EndNotice } from './end-notice.tsx'
import { cancelledWords, failureWords } from './flow-words.ts'
import { FlowWaiting } from './flow-waiting.tsx'
import { StepList } from './step-list.tsx'
import { AllSteps } from './all-steps.tsx'
import { accountName, tellConnected } from './tell-connected.ts'

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

const Connected = ({ flow, name, onDone }: { readonly flow: Flow; readonly name: string; readonly onDone: () => void }) => {
  const account = flow.steps.find(({ id }) => id === 'account')
  const isKnown = flow.via === 'form' || account?.state === 'done' || account?.state === 'skipped'
  const { data: connection } = useRead('connections.get', { connectionId: flow.connectionId })
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
    const timer = setTimeout(() => {
      finish()
      done.current()
    }, SEATED_MS)
    return () => clearTimeout(timer)
  }, [connection, isKnown, name])
  // Closed earlier by hand: it is told all the same.
  const last = useRef<(() => void) | null>(null)
  last.current = connection === undefined ? null : () => (isTold.current ? undefined : tellConnected(connection, name))
  useEffect(() => () => last.current?.(), [])
  const who = connection === undefined ? null : accountName(connection)
  return (
    <div role="status" className="text-center">
      <h3 className="text-lead font-semibold">
        {who === null
          ? t('connect.done.connected', { name })
          : rich('connect.done.connected-as', { who: <bdi className="break-words">{who}</bdi> })}
      </h3>
      <p className="min-h-5 text-ink-2">
        {connection === undefined
          ? ''
          : rich('connect.done.handle', { handle: <span className="font-mono text-small">{connection.handle}</span> })}
      </p>
    </div>
  )
}

/** One flow from waiting to its end, each state with its own words and next step. */
export const FlowView = ({
  flow,
  error,
  name,
  middle,
  hasAddress,
  onRenew,
  onDone,
}: {
  readonly flow: Flow | undefined
  readonly error: Error | null
  readonly name: string
  /** `Nango` or `Sandbox`. */
  readonly middle: string
  readonly hasAddress: boolean
  readonly onRenew: () => void
  readonly onDone: () => void
}) => {
  if (error !== null) return <ErrorNotice error={error} title={t('connect.not-shown')} />
  if (flow === undefined) return <SkeletonRows rows={4} />
  const cable = cableOf(flow)
  const isLate = flow.steps.some(({ id, state }) => id === 'cleanup' && state === 'done')
  return (
    <div className="flex flex-col gap-3">
      <Cable
        connectorId={flow.connectorId}
        connectorName={name}
        middleName={middle}
        atProvider={cable.atProvider}
        atComputer="whole"
        words={cable.words}
      />
      {flow.state === 'waiting' ? <FlowWaiting flow={flow} name={name} onRenew={onRenew} /> : null}
      {flow.state === 'starting' || flow.state === 'finishing' ? <StepList flow={flow} /> : null}
      {flow.state === 'connected' ? <Connected flow={flow} name={name} onDone={onDone} /> : null}
      <div aria-live="polite" className="flex flex-col gap-4 empty:hidden">
        {flow.state === 'failed' || flow.state === 'expired' ? (
          <EndNotice
            tone="attention"
            words={failureWords(flow.error ?? { code: 'connect.expired', message: '' }, { name, via: flow.via, hasAddress })}
          />
        ) : null}
        {flow.state === 'cancelled' ? <EndNotice tone="revoked" words={cancelledWords(name, isLate)} /> : null}
      </div>
      {flow.state === 'failed' || flow.state === 'cancelled' ? <StepList flow={flow} /> : null}
      {flow.state === 'connected' ? null : <AllSteps flow={flow} />}
    </div>
  )
}
