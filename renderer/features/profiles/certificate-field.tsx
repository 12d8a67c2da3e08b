import { FileKey2, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { controlEdge, FieldFrame } from '#renderer/ui/field-frame.tsx'

const LARGEST = 262_144

/** How many certificates a PEM text holds. */
export const countCertificates = (pem: string): number => pem.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 0

/** A file with the certificate of a private authority: dropped or chosen, shown by name and kind, never by content. */
export const CertificateField = ({
  name,
  pem,
  error,
  onChange,
}: {
  /** The name of the file, or what is kept already; null: none. */
  readonly name: string | null
  /** The text of a file that was just chosen. */
  readonly pem: string | null
  readonly error?: string | undefined
  readonly onChange: (name: string | null, pem: string | null) => void
}) => {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    if (file.size > LARGEST) return setRefusal(t('profiles.certificate-large'))
    const text = await file.text()
    if (countCertificates(text) === 0) return setRefusal(t('profiles.certificate-not-pem', { file: file.name }))
    setRefusal(null)
    return onChange(file.name, text)
  }
  const kind = pem === null ? '' : t('profiles.certificate-count', { count: countCertificates(pem) })
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    <FieldFrame label={t('profiles.certificate')} isOptional hint={t('profiles.certificate-hint')} error={refusal ?? error ?? null}>
      {(ids) => (
        <div
          onDragOver={(event) => {
            event.preventDefault()
            setIsOver(true)
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
          className={cx(
            'flex h-8 min-w-0 items-center gap-2 pr-1 pl-2.5',
            controlEdge(ids['aria-invalid'] === true),
            isOver && 'bg-selected',
          )}
        >
          <FileKey2 aria-hidden="true" className="text-ink-2" />
          <span className={cx('min-w-0 flex-1 truncate', name === null && 'text-ink-3')}>
            {name === null ? t('profiles.certificate-drop') : <bdi>{name}</bdi>}
            {kind === '' ? null : <span className="text-ink-3"> · {kind}</span>}
          </span>
          {name === null ? null : (
            <Button
              variant="ghost"
              size="small"
              className="h-6 px-2"
              onClick={() => {
                setRefusal(null)
                onChange(null, null)
              }}
            >
              {t('profiles.certificate-take-away')}
            </Button>
          )}
          <Button variant="ghost" size="small" icon={Upload} className="h-6 px-2 text-accent" onClick={() => input.current?.click()}>
            {t('profiles.certificate-choose')}
          </Button>
          <input
            {...ids}
            aria-required={undefined}
            ref={input}
            type="file"
            accept=".pem,.crt,.cer,.ca-bundle,application/x-pem-file"
            tabIndex={-1}
            className="sr-only"
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
