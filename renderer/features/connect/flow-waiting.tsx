import { AppWindow, Copy, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import type { Flow } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { useHost } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { openSignInWindow } from './open-sign-in-window.ts'
import { QrHandOff } from './qr-hand-off.tsx'
import { StepList } from './step-list.tsx'

type Task = 'open' | 'copy'

/** What is being waited for, in one sentence, with the ways back to the page, the steps and the time that is left. */
export const FlowWaiting = ({ flow, name, onRenew }: { readonly flow: Flow; readonly name: string; readonly onRenew: () => void }) => {
  const { api } = useHost()
  const [task, setTask] = useState<Task | null>(null)
  const [said, setSaid] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const open = flow.steps.find(({ id }) => id === 'open')
  const isWindow = flow.via === 'window'
  const isOpen = open?.state === 'done'
  const hasFailed = open?.state === 'failed'
  const { flowId } = flow
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
  const openPage = async (): Promise<string> => {
    if (isWindow) {
      await openSignInWindow(api, flowId)
      return t('connect.waiting.opened')
    }
    await api.connect.reopen({ flowId })
    return t('connect.waiting.opened-again')
  }
  const copy = async (): Promise<string> => {
    const { isCopied, authorizationUrl } = await api.connect.copyAddress({ flowId })
    if (isCopied || (authorizationUrl !== undefined && (await copyText(authorizationUrl)))) return t('connect.waiting.copied')
    return t('connect.waiting.not-copied')
  }
  const title = isWindow
    ? t('connect.waiting.title-window')
    : hasFailed
      ? t('connect.waiting.title-no-browser')
      : t('connect.waiting.title-browser')
  const text = isWindow
    ? isOpen
      ? t('connect.waiting.window-open', { name })
      : t('connect.waiting.window-ready', { name })
    : hasFailed
      ? t('connect.waiting.open-yourself')
      : isOpen
        ? t('connect.waiting.browser-open', { name })
        : t('connect.waiting.browser-ready', { name })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-3">
        <div>
          <h3 className="text-lead font-semibold">{title}</h3>
          <p className="text-ink-2">{text}</p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button icon={isWindow ? AppWindow : ExternalLink} isBusy={task === 'open'} onClick={() => void run('open', openPage)}>
            {t(isWindow ? 'connect.waiting.open-window' : isOpen ? 'connect.waiting.reopen' : 'connect.waiting.open')}
          </Button>
          <Button icon={Copy} isBusy={task === 'copy'} onClick={() => void run('copy', copy)}>
            {t('connect.waiting.copy')}
          </Button>
          {isWindow ? null : <QrHandOff flowId={flowId} />}
          <p role="status" className="min-w-0 flex-1 text-small text-ink-2">
            {said}
          </p>
        </div>
        {error === null ? null : <ErrorNotice error={error} />}
      </div>
      <div className="border-t border-line pt-3">
        <StepList flow={flow} />
        {!isWindow && !flow.isListening ? <p className="pt-1 pl-6 text-small text-ink-3">{t('connect.waiting.no-line')}</p> : null}
      </div>
      {flow.expiresAt === null ? null : (
        <Countdown
          until={flow.expiresAt}
          totalMs={Math.max(1, Date.parse(flow.expiresAt) - Date.parse(flow.createdAt))}
          lead={t('connect.waiting.good-for')}
          onRenew={onRenew}
        />
      )}
    </div>
  )
}
