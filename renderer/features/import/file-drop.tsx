import { FileUp } from 'lucide-react'
import { type DragEvent, type RefObject, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { FoldAway } from '../../ui/fold-away.tsx'
import { Notice } from '../../ui/notice.tsx'
import { problemWords } from './import-words.ts'
import { type FileProblem, IMPORT_LIMITS } from './read-import-file.ts'

const EXAMPLE = ['connector,label,api_key,config.baseUrl,tags.team', 'n8n,Staging,key-of-staging,https://n8n.example.com,sales'].join('\n')

/** Where a file is dropped or chosen, and what it may hold. */
export const FileDrop = ({
  problem,
  isReading,
  chooser,
  onFile,
}: {
  readonly problem: FileProblem | null
  readonly isReading: boolean
  readonly chooser: RefObject<HTMLButtonElement | null>
  readonly onFile: (file: File) => void
}) => {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)
  const take = (file: File | undefined): void => {
    if (file !== undefined) onFile(file)
  }
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-2">{t('import.choose.lead')}</p>
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event: DragEvent) => {
          event.preventDefault()
          setIsOver(false)
          take(event.dataTransfer.files[0])
        }}
        className={cx(
          'flex flex-col items-center gap-2 rounded-8 border border-dashed border-line-control px-4 py-8 text-center transition-colors',
          isOver ? 'bg-selected' : 'bg-surface',
        )}
      >
        <FileUp aria-hidden="true" className="size-6 text-ink-2" />
        <p className="font-medium">{t('import.choose.drop')}</p>
        <Button ref={chooser} variant="primary" isBusy={isReading} onClick={() => input.current?.click()}>
          {t('import.choose.button')}
        </Button>
        <p className="text-small text-ink-3">
          {t('import.choose.limits', { megabytes: IMPORT_LIMITS.bytes / 1_048_576, rows: IMPORT_LIMITS.rows })}
        </p>
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.json,.jsonl,.ndjson,text/csv,application/json"
          aria-label={t('import.choose.button')}
          aria-hidden="true"
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            take(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </div>
      <div aria-live="polite" className="empty:hidden">
        {problem === null ? null : (
          <Notice tone="error" title={t('import.choose.not-read')}>
            {problemWords(problem)}
          </Notice>
        )}
      </div>
      <FoldAway title={t('import.choose.what')}>
        <ul className="flex list-disc flex-col gap-1 pl-5 text-ink-2">
          <li>{t('import.choose.what-who')}</li>
          <li>{t('import.choose.what-secret')}</li>
          <li>{t('import.choose.what-adopt')}</li>
          <li>{t('import.choose.what-more')}</li>
        </ul>
        <pre
          tabIndex={0}
          aria-label={t('import.choose.example')}
          className="overflow-x-auto rounded-8 border border-line bg-sunken p-3 font-mono text-caption"
        >
          {EXAMPLE}
        </pre>
      </FoldAway>
    </div>
  )
}
