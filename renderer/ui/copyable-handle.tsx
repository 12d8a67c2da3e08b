import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { copyText } from './copy-text.ts'
import { Tooltip } from './tooltip.tsx'

/** A handle or id in mono that copies itself with one click and says so. */
export const CopyableHandle = ({
  text,
  keyCap,
  className,
}: {
  readonly text: string
  readonly keyCap?: string | undefined
  readonly className?: string
}) => {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (outcome === null) return undefined
    const timer = setTimeout(() => setOutcome(null), 2000)
    return () => clearTimeout(timer)
  }, [outcome])
  return (
    <Tooltip
      text={outcome === 'copied' ? t('ui.copied') : outcome === 'failed' ? t('ui.clipboard-refused') : t('ui.copy', { text })}
      keyCap={keyCap}
    >
      <button
        type="button"
        aria-label={t('ui.copy', { text })}
        onClick={() => {
          void copyText(text).then((isCopied) => setOutcome(isCopied ? 'copied' : 'failed'))
        }}
        className={cx(
          '-mx-1 inline-flex h-6 min-w-0 items-center gap-1.5 rounded-6 px-1 font-mono text-small text-ink-3 hover:bg-hover',
          className,
        )}
      >
        <span className="truncate">{text}</span>
        {outcome === 'copied' ? (
          <Check aria-hidden="true" className="size-3.5 text-connected" />
        ) : (
          <Copy aria-hidden="true" className="size-3.5" />
        )}
        <span className="sr-only" aria-live="polite">
          {outcome === 'copied' ? t('ui.copied') : ''}
        </span>
      </button>
    </Tooltip>
  )
}
