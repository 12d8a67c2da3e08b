import { Stethoscope } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRead, useWrite } from '../../api/use-api.ts'
import { DEFAULT_SETTINGS, Settings } from '#shared/contract/settings'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { exactTime } from '../../ui/relative-words.ts'
import { SelectField } from '../../ui/select-field.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { CheckList } from '../profiles/test-results.tsx'
import { Row, Rows, SectionFrame } from './section-frame.tsx'

const LICENCE = 'MIT'

const Doctor = () => {
  const client = useQueryClient()
  const doctor = useRead('system.doctor', {}, { isEnabled: false })
  const checks = doctor.data?.checks ?? []
  const fails = checks.filter(({ status }) => status === 'fail').length
  const warns = checks.filter(({ status }) => status === 'warn').length
  const sentence =
    fails > 0
      ? t('settings.doctor.fails', { count: fails })
      : warns > 0
        ? t('settings.doctor.warns', { count: warns })
        : t('settings.doctor.well')
  const run = async (): Promise<void> => {
    client.removeQueries({ queryKey: ['system.doctor', {}] })
    await doctor.refetch()
  }
  return (
    <div className="flex flex-col gap-2 pt-2">
      <div className="flex items-center gap-4">
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold">{t('settings.doctor')}</h3>
          <p role="status" className="text-small text-ink-2">
            {doctor.isFetching ? t('settings.doctor.looking') : doctor.data === undefined ? t('settings.doctor.lead') : sentence}
          </p>
        </div>
        <Button icon={Stethoscope} isBusy={doctor.isFetching} onClick={() => void run()}>
          {t('settings.doctor.run')}
        </Button>
      </div>
      {doctor.error === null ? null : <ErrorNotice error={doctor.error} title={t('settings.doctor.failed')} />}
      {checks.length === 0 ? null : (
        <div className="rounded-8 border border-line px-4 py-2">
          <CheckList checks={checks} name={t('settings.doctor.found')} />
        </div>
      )}
    </div>
  )
}

const LogLevel = () => {
  const { logLevel } = useRead('settings.get', {}).data ?? DEFAULT_SETTINGS
  const update = useWrite('settings.update')
  return (
    <div className="flex flex-col gap-2 rounded-8 border border-line px-4 pt-3 pb-2">
      <div className="max-w-80">
        <SelectField
          label={t('settings.about.log')}
          hint={t('settings.about.log-hint')}
          value={logLevel}
          onValueChange={(level) => update.mutate({ logLevel: level })}
          options={Settings.shape.logLevel.options.map((level) => ({ value: level, label: t(`settings.about.log-${level}`) }))}
        />
      </div>
      {update.error === null ? null : <ErrorNotice error={update.error} title={t('settings.appearance.not-kept')} />}
    </div>
  )
}

/** Which Patchbay this is, whose work is in it, what it logs, and whether it is well. */
export const AboutSection = () => {
  const { data: status } = useRead('system.status', {})
  if (status === undefined) return <SkeletonRows rows={4} />
  return (
    <SectionFrame title={t('settings.about')} lead={t('settings.about.lead')}>
      <Rows>
        <Row label={t('settings.about.version')}>
          <span className="font-mono text-small">{status.version}</span>
        </Row>
        <Row
          label={t('settings.about.runs-as')}
          hint={t('settings.about.process', { pid: String(status.pid), time: exactTime(status.startedAt) })}
        >
          {t(status.host === 'electron' ? 'settings.about.desktop' : 'settings.about.local-host')}
        </Row>
        <Row label={t('settings.about.contract')} hint={t('settings.about.contract-hint')}>
          <span className="font-mono text-small">{status.contractVersion}</span>
        </Row>
        <Row label={t('settings.about.licence')} hint={t('settings.about.licence-hint')}>
          {LICENCE}
        </Row>
      </Rows>
      <LogLevel />
      <Doctor />
    </SectionFrame>
  )
}
