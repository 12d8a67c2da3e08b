import { Copy, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import type { Flow } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { useHost } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { Countdown } from '../../ui/countdown.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'

type Task = 'open' | 'copy'

const turnWords = (flow: Flow | undefined, name: string, middle: string): string => {
  if (flow === undefined || flow.state === 'starting')
    return flow?.via === 'form' ? t('queue.turn.sending', { middle }) : t('connect.cable.opening')
  if (flow.via === 'form') return t('queue.turn.sending', { middle })
  if (flow.state !== 'waiting') return t('connect.cable.checking')
  const open = flow.steps.find(({ id }) => id === 'open')?.state
  if (open === 'failed') return t('connect.waiting.open-yourself')
  return t(open === 'done' ? 'connect.waiting.browser-open' : 'connect.waiting.browser-ready', { name })
}

/** The sign-in whose turn it is: what is waited for, the ways back to its page, and the time that is left. */
export const QueueTurn = ({
  flow,
  name,
  middle,
  onLater,
}: {
  readonly flow: Flow | undefined
  readonly name: string
  /** `Nango` or `Sandbox`. */
  readonly middle: string
  /** Leaves it out for now and goes on with the next. */
  readonly onLater: () => void
}) => {
  const { api } = useHost()
  const [task, setTask] = useState<Task | null>(null)
  const [said, setSaid] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const run = async (which: Task, work: () => Promise<string>): Promise<void> => {
    setTask(which)
    setSaid('')
    setError(null)
    try {
      setSaid(await work())
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error('unknown'))
    } finally {
      setTask(null)
    }
  }
  const isWaiting = flow?.state === 'waiting' && flow.via !== 'form'
  const flowId = flow?.flowId ?? ''
  const reopen = async (): Promise<string> => {
    await api.connect.reopen({ flowId })
    return t('connect.waiting.opened-again')
  }
  const copy = async (): Promise<string> => {
    const { isCopied, authorizationUrl } = await api.connect.copyAddress({ flowId })
    if (isCopied || (authorizationUrl !== undefined && (await copyText(authorizationUrl)))) return t('connect.waiting.copied')
    return t('connect.waiting.not-copied')
  }
  const isOpen = flow?.steps.find(({ id }) => id === 'open')?.state === 'done'
  return (
    <div className="flex flex-col gap-2.5 pb-1">
      <p className="text-ink-2">{turnWords(flow, name, middle)}</p>
      {isWaiting ? (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <Button variant="primary" size="small" icon={ExternalLink} isBusy={task === 'open'} onClick={() => void run('open', reopen)}>
              {t(isOpen ? 'connect.waiting.reopen' : 'connect.waiting.open')}
            </Button>
            <Button size="small" icon={Copy} isBusy={task === 'copy'} onClick={() => void run('copy', copy)}>
              {t('connect.waiting.copy')}
            </Button>
            <p role="status" className="min-w-0 flex-1 text-small text-ink-2">
              {said}
            </p>
          </div>
          {flow.isListening ? null : <p className="text-small text-ink-2">{t('queue.turn.no-line')}</p>}
          {flow.expiresAt === null ? null : (
            <Countdown
              until={flow.expiresAt}
              totalMs={Math.max(1, Date.parse(flow.expiresAt) - Date.parse(flow.createdAt))}
              lead={t('connect.waiting.good-for')}
              renewLabel={t('queue.turn.later')}
              onRenew={onLater}
            />
          )}
        </>
      ) : null}
      {error === null ? null : <ErrorNotice error={error} />}
    </div>
  )
}
