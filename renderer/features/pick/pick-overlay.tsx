import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { PickRequest } from '#shared/contract/connection-picks'
import type { Profile } from '#shared/contract/profiles'
import { useHost, useRead, useWrite } from '../../api/use-api.ts'
import { isCovered } from '../../ui/is-covered.ts'
import { PickSheet } from './pick-sheet.tsx'

const followPage = (listener: () => void): (() => void) => {
  const observer = new MutationObserver(listener)
  observer.observe(document.body, { childList: true, subtree: true })
  return () => observer.disconnect()
}

/** Says when nothing lies over the page any more: a request never comes over what the person is doing. */
const WhenFree = ({ onFree }: { readonly onFree: () => void }) => {
  const isWaiting = useSyncExternalStore(followPage, isCovered)
  const tell = useRef(onFree)
  useEffect(() => {
    tell.current = onFree
  })
  useEffect(() => {
    if (!isWaiting) tell.current()
  }, [isWaiting])
  return null
}

const OfProfile = ({ profile }: { readonly profile: Profile }) => {
  const { transport } = useHost()
  const { data, refetch } = useRead('connections.picks', {})
  const picks = data?.picks ?? []
  // A program waits: it is not put off until other changes have been read.
  useEffect(() => transport.onEvent(({ type }) => (type === 'picks.changed' ? void refetch() : undefined)), [transport, refetch])
  const answer = useWrite('connections.answerPick')
  const [shown, setShown] = useState<PickRequest | null>(null)
  /** Those that are answered, or put away after their end. */
  const [done, setDone] = useState<ReadonlySet<string>>(new Set())
  const waiting = picks.filter(({ pickId }) => !done.has(pickId))
  const isShown = shown !== null && !done.has(shown.pickId)
  const next = isShown ? undefined : waiting[0]
  const finish = (pickId: string): void => setDone((before) => new Set([...before, pickId]))
  return (
    <>
      {next === undefined ? null : (
        <WhenFree
          key={next.pickId}
          onFree={() => {
            answer.reset()
            setShown(next)
          }}
        />
      )}
      {shown === null ? null : (
        <PickSheet
          key={shown.pickId}
          request={shown}
          isOpen={isShown}
          isEnded={isShown && !picks.some(({ pickId }) => pickId === shown.pickId)}
          isBusy={answer.isPending}
          error={answer.error}
          profileName={profile.name}
          more={waiting.length - 1}
          onAnswer={(connectionId) => answer.mutate({ pickId: shown.pickId, connectionId }, { onSuccess: () => finish(shown.pickId) })}
          onClose={() => finish(shown.pickId)}
        />
      )}
    </>
  )
}

/** Brings up the requests of programs for a connection, one after the other, while a profile is in use and the vault is open. */
export const PickOverlay = () => {
  const status = useRead('system.status', {}).data
  if (status?.vault.state !== 'open' || status.profile === null || status.storage.state === 'rescue') return null
  return <OfProfile key={status.profile.profileId} profile={status.profile} />
}
