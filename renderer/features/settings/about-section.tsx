import { Stethoscope } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRead } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { exactTime } from '../../ui/relative-words.ts'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { CheckList } from '../profiles/test-results.tsx'
import { Row, Rows, SectionFrame } from './section-frame.tsx'

const countOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

const Doctor = () => {
  const client = useQueryClient()
  const doctor = useRead('system.doctor', {}, { isEnabled: false })
  const checks = doctor.data?.checks ?? []
  const fails = checks.filter(({ status }) => status === 'fail').length
  const warns = checks.filter(({ status }) => status === 'warn').length
  const sentence =
    fails > 0
      ? `${countOf(fails, 'thing is', 'things are')} not in order.`
      : warns > 0
        ? `In order, with ${countOf(warns, 'thing', 'things')} to know.`
        : 'Everything is in order.'
  const run = async (): Promise<void> => {
    client.removeQueries({ queryKey: ['system.doctor', {}] })
    await doctor.refetch()
  }
  return (
    <div className="flex flex-col gap-2 pt-2">
      <div className="flex items-center gap-4">
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold">Doctor</h3>
          <p role="status" className="text-small text-ink-2">
            {doctor.isFetching
              ? 'Looking at everything Patchbay depends on'
              : doctor.data === undefined
                ? 'Looks at everything Patchbay depends on, and says what to do about what it finds.'
                : sentence}
          </p>
        </div>
        <Button icon={Stethoscope} isBusy={doctor.isFetching} onClick={() => void run()}>
          Run doctor
        </Button>
      </div>
      {doctor.error === null ? null : <ErrorNotice error={doctor.error} title="The doctor could not look." />}
      {checks.length === 0 ? null : (
        <div className="rounded-8 border border-line px-4 py-2">
          <CheckList checks={checks} name="What the doctor found" />
        </div>
      )}
    </div>
  )
}

/** Which Patchbay this is, whose work is in it, and whether it is well. */
export const AboutSection = () => {
  const { data: status } = useRead('system.status', {})
  if (status === undefined) return <SkeletonRows rows={4} />
  return (
    <SectionFrame
      title="About"
      lead="Connect your accounts once, see which ones work, and let programs use them without handing out a key."
    >
      <Rows>
        <Row label="Version">
          <span className="font-mono text-small">{status.version}</span>
        </Row>
        <Row label="Runs as" hint={`Process ${status.pid}, since ${exactTime(status.startedAt)}`}>
          {status.host === 'electron' ? 'Desktop app' : 'Local host with a browser window'}
        </Row>
        <Row label="Contract" hint="The version of the API that this window and the command line speak.">
          <span className="font-mono text-small">{status.contractVersion}</span>
        </Row>
        <Row
          label="Licence"
          hint="Patchbay is free software. The works of others in it, with their licences, are named in the file NOTICE beside it."
        >
          MIT
        </Row>
      </Rows>
      <Doctor />
    </SectionFrame>
  )
}
