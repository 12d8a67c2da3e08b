import { FileKey2, Upload } from 'lucide-react'
import { type ClipboardEvent, type DragEvent, useRef, useState } from 'react'
import type { FileKind } from '#shared/key-file'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { controlEdge, FieldFrame, type FieldWords } from '../../ui/field-frame.tsx'
import { keyFileWords } from './key-words.ts'

/** Larger than any key, and more than the core takes. */
const LARGEST = 65_536

const ENDINGS: Readonly<Record<FileKind, string>> = {
  pem_private_key: '.pem,.key,.p8',
  pem_certificate: '.pem,.crt,.cer',
  json_jwk: '.json,.jwk',
  json_service_account: '.json',
}

/** A key or certificate: dropped, pasted or chosen; told by name and kind, never by its content. */
export const FileField = ({
  accepts,
  value,
  fileName,
  onFile,
  ...words
}: FieldWords & {
  readonly accepts: readonly FileKind[]
  /** The text of the file; empty for none. */
  readonly value: string
  /** Null where it was pasted. */
  readonly fileName: string | null
  readonly onFile: (text: string, fileName: string | null) => void
}) => {
  const input = useRef<HTMLInputElement>(null)
  const face = useRef<HTMLButtonElement>(null)
  const [isOver, setIsOver] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const isEmpty = value === ''
  const error = refusal ?? words.error ?? null
  const put = (text: string, name: string | null): void => {
    setRefusal(null)
    onFile(text, name)
  }
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    if (file.size > LARGEST) return setRefusal(t('connect.problem.too-long', { most: LARGEST }))
    return put(await file.text(), file.name)
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    void take(event.dataTransfer.files[0])
  }
  const paste = (event: ClipboardEvent): void => {
    event.preventDefault()
    const [file] = event.clipboardData.files
    const text = event.clipboardData.getData('text')
    if (file !== undefined) void take(file)
    else if (text.length > LARGEST) setRefusal(t('connect.problem.too-long', { most: LARGEST }))
    else if (text.trim() !== '') put(text, null)
  }
  return (
    <FieldFrame {...words} error={error}>
      {({ id, 'aria-describedby': described, 'aria-invalid': isWrong }) => (
        <div
          onDragOver={(event) => {
            event.preventDefault()
            setIsOver(true)
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
          onPaste={paste}
          className={cx('flex h-8 min-w-0 items-center gap-1 pr-1', controlEdge(isWrong === true), isOver && 'bg-selected')}
        >
          <button
            ref={face}
            type="button"
            id={id}
            aria-labelledby={`${id}-label ${id}`}
            aria-describedby={described}
            onClick={() => input.current?.click()}
            className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-6 pl-2.5 text-left outline-none"
          >
            <FileKey2 aria-hidden="true" className="text-ink-2" />
            <span className={cx('min-w-0 flex-1 truncate', isEmpty && 'text-ink-3')}>
              {isEmpty ? t('connect.file.empty') : <bdi>{fileName ?? t('connect.file.pasted')}</bdi>}
              {isEmpty || error !== null ? null : <span className="text-ink-3"> · {keyFileWords(accepts, value)}</span>}
            </span>{' '}
            <span className="flex flex-none items-center gap-1.5 px-1 text-small font-medium text-accent">
              <Upload aria-hidden="true" className="size-3.5" />
              {t('connect.file.choose')}
            </span>
          </button>
          {isEmpty ? null : (
            <Button
              variant="ghost"
              size="small"
              className="h-6 px-2"
              onClick={() => {
                put('', null)
                face.current?.focus()
              }}
            >
              {t('connect.file.take-away')}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            accept={accepts.map((kind) => ENDINGS[kind]).join(',')}
            tabIndex={-1}
            aria-hidden="true"
            hidden
            onChange={(event) => {
              void take(event.target.files?.[0])
              event.target.value = ''
            }}
          />
        </div>
      )}
    </FieldFrame>
  )
}
