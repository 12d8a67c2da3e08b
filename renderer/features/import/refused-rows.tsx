import type { ImportFile } from '#shared/import-file'
import type { RowResult } from '#shared/import-run'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { reasonWords } from './import-words.ts'

const MOST_SHOWN = 50

/** The rows that do not go in, each with its place in the file and why. */
export const RefusedRows = ({ file, results }: { readonly file: Pick<ImportFile, 'format'>; readonly results: readonly RowResult[] }) => {
  const refused = results.filter(({ outcome }) => outcome === 'refused')
  if (refused.length === 0) return null
  const rest = refused.length - MOST_SHOWN
  return (
    <div role="group" aria-label={t('import.refused.title')} tabIndex={0} className="max-h-48 overflow-y-auto rounded-8 border border-line">
      <table className="w-full border-collapse text-left">
        <thead className="sr-only">
          <tr>
            <th scope="col">{t('import.refused.place')}</th>
            <th scope="col">{t('import.refused.why')}</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {refused.slice(0, MOST_SHOWN).map((result) => {
            const { text, detail } = reasonWords(result.reason)
            return (
              <tr key={result.line} className="align-top">
                <th scope="row" className="w-24 py-1.5 pl-3 font-normal whitespace-nowrap text-ink-3 tabular-nums">
                  {t('import.refused.line', { kind: file.format, line: String(result.line) })}
                </th>
                <td className="px-3 py-1.5 break-words">
                  <bdi>{text}</bdi>
                  {detail === null ? null : (
                    <bdi lang="en" className="block text-small text-ink-3">
                      {detail}
                    </bdi>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {rest <= 0 ? null : (
        <p className="border-t border-line px-3 py-1.5 text-ink-3">{t('import.refused.more', { count: formatNumber(rest) })}</p>
      )}
    </div>
  )
}
