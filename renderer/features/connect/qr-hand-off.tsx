import { QrCode } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ResultOf } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { useHost } from '../../api/use-api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QrCanvas } from './qr-canvas.tsx'

type Code = ResultOf<'connect.qrCode'>

const CodeWords = ({ code }: { readonly code: Code }) => {
  if (code.isLocal) return <p className="text-ink-2">{t('connect.qr.local')}</p>
  if (code.rows.length === 0) return <p className="text-ink-2">{t('connect.qr.too-long')}</p>
  return (
    <div className="flex flex-wrap items-start gap-4">
      <QrCanvas rows={code.rows} name={t('connect.qr.name')} />
      <p className="min-w-40 flex-1 text-ink-2">{t('connect.qr.words')}</p>
    </div>
  )
}

/** Hands the sign-in page over to a phone or another computer; the code is gone when it is folded away. */
export const QrHandOff = ({ flowId }: { readonly flowId: string }) => {
  const { api } = useHost()
  const [isOpen, setIsOpen] = useState(false)
  const [code, setCode] = useState<Code | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const box = useRef<HTMLDivElement>(null)
  // A code of which a part is below the fold cannot be scanned.
  useEffect(() => {
    if (code === null) return undefined
    const show = (): void => box.current?.scrollIntoView({ block: 'nearest' })
    show()
    window.addEventListener('resize', show)
    return () => window.removeEventListener('resize', show)
  }, [code])
  useEffect(() => {
    if (!isOpen) return undefined
    let isWanted = true
    api.connect.qrCode({ flowId }).then(
      (read) => isWanted && setCode(read),
      (failure: unknown) => isWanted && setError(failure instanceof Error ? failure : new Error('unknown')),
    )
    return () => {
      isWanted = false
      setCode(null)
      setError(null)
    }
  }, [api, flowId, isOpen])
  return (
    <>
      <Button icon={QrCode} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {t(isOpen ? 'connect.qr.hide' : 'connect.qr.show')}
      </Button>
      {isOpen ? (
        <div ref={box} className="order-last w-full scroll-mb-3" role="group" aria-label={t('connect.qr.name')}>
          {error === null ? null : <ErrorNotice error={error} />}
          {code === null ? null : <CodeWords code={code} />}
        </div>
      ) : null}
    </>
  )
}
