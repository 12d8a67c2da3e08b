import { useCallback } from 'react'
import { type CallDetail } from '#shared/call-details'
import { t } from '#renderer/messages/translate.ts'
import { unseenParts } from './call-words.ts'

const NAMES = {
  query: 'automation.call.detail.query',
  headers: 'automation.call.detail.headers',
  body: 'automation.call.detail.body',
  label: 'automation.call.detail.label',
  notes: 'automation.call.detail.notes',
  tags: 'automation.call.detail.tags',
  mode: 'automation.call.detail.mode',
  metadata: 'automation.call.detail.metadata',
  scopes: 'automation.call.detail.scopes',
} as const

const isNamed = (key: string): key is keyof typeof NAMES => Object.hasOwn(NAMES, key)

/**
 * What a call would send or change, as data: nothing of it is a word of ours, and what cannot be seen stands out. Tells once its end was
 * in sight; it has a stop of its own for the keyboard.
 */
export const CallDetails = ({
  items,
  isCut,
  onSeen,
}: {
  readonly items: readonly CallDetail[]
  readonly isCut: boolean
  readonly onSeen: () => void
}) => {
  const end = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return undefined
      const observer = new IntersectionObserver(
        ([entry]) => {
          if (entry?.isIntersecting === true) onSeen()
        },
        { root: element.parentElement, rootMargin: '0px 0px 8px 0px' },
      )
      observer.observe(element)
      return () => observer.disconnect()
    },
    [onSeen],
  )
  return (
    <div
      role="region"
      aria-label={t('automation.call.details')}
      tabIndex={0}
      className="max-h-[178px] flex-none overflow-y-auto rounded-8 border border-line bg-sunken px-3 py-2 short:max-h-[138px]"
    >
      <dl className="flex flex-col gap-2">
        {items.map(({ key, json }, index) => (
          <div key={index} className="grid grid-cols-[104px_1fr]">
            <dt className="text-small leading-5 text-ink-2 [overflow-wrap:anywhere]">
              {key === null ? null : isNamed(key) ? t(NAMES[key]) : <bdi className="font-mono">{key}</bdi>}
            </dt>
            <dd className="min-w-0 font-mono text-small leading-5 select-text [overflow-wrap:anywhere] whitespace-pre-wrap">
              <bdi dir="ltr">
                {unseenParts(json).map(({ text, isUnseen }, part) =>
                  isUnseen ? (
                    <span key={part} className="text-attention">
                      {text}
                    </span>
                  ) : (
                    text
                  ),
                )}
              </bdi>
            </dd>
          </div>
        ))}
      </dl>
      {isCut ? <p className="mt-2 text-small text-attention">{t('automation.call.cut')}</p> : null}
      <div ref={end} className="h-px" />
    </div>
  )
}
