import { ChevronDown, ChevronRight } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { Flow } from '#shared/contract/connect'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { StepTrace } from '#renderer/ui/step-trace.tsx'

/** The eleven steps as they are recorded, and the way to what the log has of this attempt. Folded away until somebody asks. */
export const AllSteps = ({ flow }: { readonly flow: Flow }) => {
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  const list = useRef<HTMLDivElement>(null)
  // It opens at the end of the sheet, where it could go unseen.
  useEffect(() => {
    if (isOpen) list.current?.scrollIntoView({ block: 'nearest' })
  }, [isOpen])
  return (
    <div>
      <Button
        variant="ghost"
        size="small"
        icon={isOpen ? ChevronDown : ChevronRight}
        aria-expanded={isOpen}
        aria-controls={id}
        className="-ml-2"
        onClick={() => setIsOpen(!isOpen)}
      >
        {t('connect.steps.all')}
      </Button>
      <div ref={list} id={id} hidden={!isOpen} className="flex flex-col gap-2 pt-1 text-small">
        <StepTrace steps={flow.steps} />
        <Link
          href={paths.logOfAttempt(flow.flowId)}
          onClick={() => requestSheet(null)}
          className="self-start rounded-4 font-medium text-accent hover:underline"
        >
          {t('connect.steps.log')}
        </Link>
      </div>
    </div>
  )
}
