import { useState } from 'react'
import { asError } from '#renderer/api/as-error.ts'
import { type ParamsOf, useHost } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { saveText } from '#renderer/ui/save-text.ts'
import { tell } from '#renderer/ui/toast.tsx'

const MEDIA_TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

/** Reads the audit as one text, part by part, and saves it as a file. */
export const useAuditExport = () => {
  const { api } = useHost()
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const run = async (params: ParamsOf<'audit.export'>, format: 'csv' | 'ndjson'): Promise<void> => {
    setIsBusy(true)
    setError(null)
    try {
      const pieces: string[] = []
      for (let cursor: string | undefined; ;) {
        const piece = await api.audit.export({ ...params, format, ...(cursor === undefined ? {} : { cursor }) })
        pieces.push(piece.text)
        if (piece.nextCursor === null) break
        cursor = piece.nextCursor
      }
      saveText(
        `patchbay-audit-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.${format}`,
        pieces.join(''),
        MEDIA_TYPES[format],
      )
      tell(t('automation.told.exported'), t('automation.told.no-values'))
    } catch (failure) {
      setError(asError(failure))
    } finally {
      setIsBusy(false)
    }
  }
  return { isBusy, error, run: (params: ParamsOf<'audit.export'>, format: 'csv' | 'ndjson'): void => void run(params, format) }
}
