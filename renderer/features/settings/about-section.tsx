import { Stethoscope } from 'lucide-react'
import { useLocation } from 'wouter'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { DEFAULT_SETTINGS, Settings } from '#shared/contract/settings'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { exactTime } from '#renderer/ui/relative-words.ts'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { Row, Rows, SectionFrame } from '#renderer/ui/section-frame.tsx'

const LICENCE = 'MIT'

const Doctor = () => {
  const [, go] = useLocation()
  return (
    <Row label={t('settings.doctor')} hint={t('settings.doctor.lead')}>
      <Button icon={Stethoscope} onClick={() => go(paths.diagnostics)}>
        {t('settings.doctor.open')}
      </Button>
    </Row>
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
        <Doctor />
      </Rows>
      <LogLevel />
    </SectionFrame>
  )
}
