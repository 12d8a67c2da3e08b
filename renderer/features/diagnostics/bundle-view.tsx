import { Copy, PackageCheck, Save } from 'lucide-react'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { useState } from 'react'
import { Button } from '#renderer/ui/button.tsx'
import { copyText } from '#renderer/ui/copy-text.ts'
import { CopyableHandle } from '#renderer/ui/copyable-handle.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { Notice } from '#renderer/ui/notice.tsx'
import { tell } from '#renderer/ui/toast.tsx'

const PARTS = ['versions', 'status', 'doctor', 'profiles', 'settings', 'environment', 'log'] as const

/** The support bundle: what is in it, the whole of it to read, then saved or copied. */
export const BundleView = () => {
  const [isAsked, setIsAsked] = useState(false)
  const bundle = useRead('system.bundle', {}, { isEnabled: isAsked })
  const save = useWrite('system.saveBundle')
  const { data } = bundle
  return (
    <div className="relative min-h-0 flex-1 overflow-y-auto p-4">
      <div className="flex max-w-[860px] flex-col gap-4">
        <div className="flex items-start gap-4">
          <p className="min-w-0 flex-1 text-ink-2">{t('trouble.bundle.lead')}</p>
          {data === undefined ? (
            <Button
              variant="primary"
              icon={PackageCheck}
              isBusy={isAsked && bundle.isFetching}
              onClick={() => (isAsked ? void bundle.refetch() : setIsAsked(true))}
            >
              {t('trouble.bundle.make')}
            </Button>
          ) : (
            <div className="flex gap-2">
              <Button
                icon={Copy}
                onClick={() =>
                  void copyText(data.text).then((isCopied) => tell(t(isCopied ? 'trouble.bundle.copied' : 'trouble.bundle.not-copied')))
                }
              >
                {t('trouble.bundle.copy')}
              </Button>
              <Button variant="primary" icon={Save} isBusy={save.isPending} onClick={() => save.mutate({})}>
                {t('trouble.bundle.save')}
              </Button>
            </div>
          )}
        </div>
        {bundle.error === null ? null : <ErrorNotice error={bundle.error} title={t('trouble.bundle.failed')} />}
        {save.error === null ? null : <ErrorNotice error={save.error} title={t('trouble.bundle.failed')} />}
        {save.data === undefined ? null : (
          <Notice tone="connected" title={t('trouble.bundle.saved')}>
            <CopyableHandle text={save.data.path} className="max-w-full" />
          </Notice>
        )}
        <section aria-label={t('trouble.bundle.holds')} className="flex flex-col gap-1">
          <h2 className="font-semibold">{t('trouble.bundle.holds')}</h2>
          <ul className="list-disc pl-5 text-ink-2">
            {(data === undefined ? PARTS : data.contents.map(({ part }) => part)).map((part) => (
              <li key={part}>{t(`trouble.part.${part}` as MessageKey)}</li>
            ))}
          </ul>
          <p className="text-ink-1">{t('trouble.bundle.never')}</p>
        </section>
        {data === undefined ? null : (
          <section aria-label={t('trouble.bundle.preview')} className="flex flex-col gap-1">
            <h2 className="font-semibold">
              {t('trouble.bundle.preview')}{' '}
              <span className="font-normal text-ink-3">
                {t('trouble.bundle.size', { count: Math.max(1, Math.round(data.text.length / 1024)) })}
              </span>
            </h2>
            <pre
              tabIndex={0}
              aria-label={t('trouble.bundle.preview')}
              className="max-h-[420px] overflow-auto rounded-8 border border-line bg-sunken p-3 font-mono text-caption whitespace-pre-wrap"
            >
              {data.text.slice(0, 400_000)}
            </pre>
          </section>
        )}
      </div>
    </div>
  )
}
