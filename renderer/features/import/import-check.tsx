import { FileText } from 'lucide-react'
import { countOutcomes } from '#shared/import-run'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonRows } from '../../ui/skeleton-rows.tsx'
import { countWords, wantedFields } from './import-words.ts'
import { MappingGrid } from './mapping-grid.tsx'
import { RefusedRows } from './refused-rows.tsx'
import type { ImportStep, ImportWork } from './use-import.ts'

/** How many of the planned rows would take the place of a connection that is there. */
const existing = (results: NonNullable<Extract<ImportStep, { step: 'check' }>['planned']>['results']): number =>
  results.filter(({ outcome, reason }) => outcome === 'update' || reason?.code === 'exists').length

/** What the file would do: a dry run of all its rows, and what its columns mean. */
export const ImportCheck = ({ state, work }: { readonly state: Extract<ImportStep, { step: 'check' }>; readonly work: ImportWork }) => {
  const { source, planned, error, isChecking } = state
  const { file } = source
  const counts = planned === null ? null : countOutcomes(planned.results)
  const wanted = counts === null ? 0 : counts.create + counts.update + counts.adopt
  const isUnknown = planned !== null && planned.mapping.every(({ field }) => field === null)
  const refused = planned === null || isUnknown ? null : <RefusedRows file={file} results={planned.results} />
  const there = planned === null ? 0 : existing(planned.results)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2">
        <FileText aria-hidden="true" className="flex-none text-ink-2" />
        <span className="min-w-0 flex-1 truncate">
          <bdi className="font-medium">{source.name}</bdi>
          <span className="text-ink-3">
            {' · '}
            {t('import.check.rows', { count: file.rows.length })}
          </span>
        </span>
        <Button size="small" variant="ghost" onClick={work.anew}>
          {t('import.check.other')}
        </Button>
      </div>
      <div aria-live="polite" aria-busy={isChecking} className="flex flex-col gap-3">
        {error === null ? null : <ErrorNotice error={error} title={t('import.check.failed')} />}
        {planned === null || counts === null ? (
          error === null ? (
            <SkeletonRows rows={3} />
          ) : null
        ) : (
          <Notice
            tone={wanted === 0 || counts.refused > 0 ? 'attention' : 'connected'}
            title={
              isUnknown
                ? t('import.check.unknown')
                : counts.refused === 0
                  ? t(wanted === 0 ? 'import.check.all-there' : 'import.check.all')
                  : t('import.check.some', { good: formatNumber(file.rows.length - counts.refused), all: formatNumber(file.rows.length) })
            }
          >
            {isUnknown ? t('import.check.unknown-text') : t('import.check.dry', { counts: countWords(planned.results, false) })}
          </Notice>
        )}
        {wanted === 0 ? null : refused}
      </div>
      {there === 0 ? null : (
        <Checkbox
          isChecked={work.replaces}
          onChange={work.setReplaces}
          label={
            <>
              {t('import.check.replace', { count: there })}
              <span className="block text-small text-ink-3">{t('import.check.replace-text')}</span>
            </>
          }
        />
      )}
      {planned === null ? null : (
        <MappingGrid file={file} mapping={planned.mapping} wanted={wantedFields(planned.results)} onChange={work.mapTo} />
      )}
      {/* Where nothing can go in, what the columns mean is to be said first. */}
      {wanted === 0 ? refused : null}
    </div>
  )
}
