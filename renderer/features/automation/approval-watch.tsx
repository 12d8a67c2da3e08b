import { Pause, Play } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useHost, useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { useKeys } from '#renderer/shell/key-map.ts'
import { onDemand } from '#renderer/shell/on-demand.tsx'
import { questionsOf } from './approval-queue.ts'

const ApprovalDesk = onDemand(async () => (await import('./approval-desk.tsx')).ApprovalDesk)

const Watch = () => {
  const { transport } = useHost()
  const waiting = useRead('grants.list', { state: 'waiting' })
  const live = useRead('grants.calls', {})
  const pause = useWrite('grants.pause')
  const resume = useWrite('grants.resume')
  const isPaused = waiting.data?.isPaused === true
  useKeys(
    [
      isPaused
        ? { keys: '', does: t('automation.key.resume'), icon: Play, run: () => resume.mutate({}) }
        : { keys: '', does: t('automation.key.pause'), icon: Pause, run: () => pause.mutate({}) },
    ],
    'frame',
  )
  const { refetch: readGrants } = waiting
  const { refetch: readCalls } = live
  // A program waits, and a card that is over must not stay: neither is put off until other changes have been read.
  useEffect(
    () =>
      transport.onEvent(({ type }) => {
        if (type === 'grants.changed' || type === 'grants.asked') void readGrants()
        if (type === 'calls.changed' || type === 'grants.asked') void readCalls()
      }),
    [transport, readGrants, readCalls],
  )
  const questions = questionsOf(waiting.data?.grants ?? [], live.data?.calls ?? [])
  // Once something has waited it stays, to say what became of the last one.
  const [hasWaited, setHasWaited] = useState(false)
  useEffect(() => {
    if (questions.length > 0) setHasWaited(true)
  }, [questions.length])
  return hasWaited || questions.length > 0 ? <ApprovalDesk questions={questions} /> : null
}

/** Brings up what waits for the person's yes while the vault is open, over any page and any sheet. Its card is read when it is first needed. */
export const ApprovalWatch = () => {
  const status = useRead('system.status', {}).data
  return status?.vault.state === 'open' && status.storage.state !== 'rescue' ? <Watch /> : null
}
