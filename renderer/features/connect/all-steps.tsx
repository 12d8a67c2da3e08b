import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { Flow } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { FoldAway } from '#renderer/ui/fold-away.tsx'
import { StepTrace } from '#renderer/ui/step-trace.tsx'

/** The eleven steps as they are recorded, and the way to what the log has of this attempt. Folded away until somebody asks. */
export const AllSteps = ({ flow }: { readonly flow: Flow }) => {
  const list = useRef<HTMLDivElement>(null)
  const running = flow.steps.find(({ state }) => state === 'running')?.id
  // Where not all of them fit, the one that runs is in sight. What is folded away does not scroll.
  useEffect(() => {
    list.current?.querySelector('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' })
  }, [running])
  return (
    <FoldAway title={t('connect.steps.all')}>
      <div ref={list} className="flex flex-col gap-2 text-small">
        <StepTrace steps={flow.steps} />
        <Link
          href={paths.logOfAttempt(flow.flowId)}
          onClick={() => requestSheet(null)}
          className="self-start rounded-4 font-medium text-accent hover:underline"
        >
          {t('connect.steps.log')}
        </Link>
      </div>
    </FoldAway>
  )
}
