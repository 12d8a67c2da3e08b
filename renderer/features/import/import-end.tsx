import { countOutcomes, type RowResult } from '#shared/import-run'
import { t } from '#renderer/messages/translate.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { clockTime } from '../../ui/relative-words.ts'
import { countWords } from './import-words.ts'
import { RefusedRows } from './refused-rows.tsx'
import type { ImportStep } from './use-import.ts'

/** How far it is. `pausedUntil`: Nango asked for a pause, in milliseconds since the epoch. */
export const Running = ({
  done,
  wanted,
  pausedUntil,
  isStopping,
}: {
  readonly done: number
  readonly wanted: number
  readonly pausedUntil: number | null
  readonly isStopping: boolean
}) => (
  <div className="flex flex-col gap-3">
    <p role="status" className="font-medium">
      {t(isStopping ? 'import.run.stopping' : 'import.run.done', { done, count: wanted })}
    </p>
    <ProgressBar name={t('import.run.name')} done={done} total={wanted} />
    <p className="text-ink-2">
      {pausedUntil === null || isStopping
        ? t('import.run.text')
        : t('import.run.paused', { time: clockTime(new Date(pausedUntil).toISOString()) })}
    </p>
  </div>
)

/** `195 added, 5 refused`, in colour only where something is left to do. */
export const EndNotice = ({
  results,
  error,
}: {
  readonly results: readonly Pick<RowResult, 'outcome'>[]
  readonly error: Error | null
}) => {
  const counts = countOutcomes(results)
  const isWhole = counts.refused === 0 && counts.not_tried === 0
  return (
    <div role="status" className="flex flex-col gap-3">
      <Notice tone={isWhole ? 'connected' : 'attention'} title={`${countWords(results, true)}.`}>
        {counts.not_tried === 0 ? null : t('import.end.again')}
      </Notice>
      {error === null ? null : <ErrorNotice error={error} title={t('import.end.stopped')} />}
    </div>
  )
}

/** What became of the rows. */
export const ImportEnd = ({
  state,
  withSecrets,
  onSecrets,
}: {
  readonly state: Extract<ImportStep, { step: 'end' }>
  readonly withSecrets: boolean
  readonly onSecrets: (withSecrets: boolean) => void
}) => {
  const { source, results, mapping, error } = state
  const counts = countOutcomes(results)
  return (
    <div className="flex flex-col gap-4">
      <EndNotice results={results} error={error} />
      <RefusedRows file={source.file} results={results} />
      {counts.refused + counts.not_tried === 0 ? null : (
        <>
          <p className="text-ink-2">{t('import.end.file')}</p>
          {mapping.some(({ isSecret }) => isSecret) ? (
            <Checkbox
              isChecked={withSecrets}
              onChange={onSecrets}
              label={
                <>
                  {t('import.end.secrets')}
                  <span className="block text-small text-ink-3">{t('import.end.secrets-text')}</span>
                </>
              }
            />
          ) : null}
        </>
      )}
    </div>
  )
}
