import { AppWindow, Copy, ExternalLink } from 'lucide-react'
import { useState } from 'react'
import type { Flow } from '#shared/contract/connect'
import { useHost } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { Countdown } from '../../ui/countdown.tsx'
import { copyText } from '../../ui/copy-text.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { openSignInWindow } from './open-sign-in-window.ts'
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
      return 'Opened.'
    }
    await api.connect.reopen({ flowId })
    return 'Opened again.'
  }
  const copy = async (): Promise<string> => {
    const { isCopied, authorizationUrl } = await api.connect.copyAddress({ flowId })
    if (isCopied || (authorizationUrl !== undefined && (await copyText(authorizationUrl)))) return 'Copied. Keep it to yourself.'
    return 'The clipboard did not take it.'
  }
  const title = isWindow
    ? 'Approve the sign-in in its window'
    : hasFailed
      ? 'No browser could be opened'
      : 'Approve the sign-in in your browser'
  const text = isWindow
    ? isOpen
      ? `A ${name} page is open in a window of its own; this sheet notices by itself.`
      : `The ${name} page is ready. Open its window to go on.`
    : hasFailed
      ? 'Copy the address and open it yourself; this window notices by itself.'
      : isOpen
        ? `A ${name} page is open in your browser; this window notices by itself.`
        : `Open the ${name} page to go on; this window notices by itself.`
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-3">
        <div>
          <h3 className="text-lead font-semibold">{title}</h3>
          <p className="text-ink-2">{text}</p>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button icon={isWindow ? AppWindow : ExternalLink} isBusy={task === 'open'} onClick={() => void run('open', openPage)}>
            {isWindow ? 'Open the sign-in window' : isOpen ? 'Reopen page' : 'Open page'}
          </Button>
          <Button icon={Copy} isBusy={task === 'copy'} onClick={() => void run('copy', copy)}>
            Copy address
          </Button>
          <p role="status" className="min-w-0 flex-1 text-small text-ink-2">
            {said}
          </p>
        </div>
        {error === null ? null : <ErrorNotice error={error} />}
      </div>
      <div className="border-t border-line pt-3">
        <StepList flow={flow} />
        {!isWindow && !flow.isListening ? (
          <p className="pt-1 pl-6 text-small text-ink-3">
            Nango's line is closed: only success is noticed by itself. If you refuse on the page, cancel here.
          </p>
        ) : null}
      </div>
      {flow.expiresAt === null ? null : (
        <Countdown
          until={flow.expiresAt}
          totalMs={Math.max(1, Date.parse(flow.expiresAt) - Date.parse(flow.createdAt))}
          lead="This page is good for another"
          onRenew={onRenew}
        />
      )}
    </div>
  )
}
