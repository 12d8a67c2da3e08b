import { Eye } from 'lucide-react'
import { type Ref, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { controlEdge, FieldFrame, type FieldWords } from './field-frame.tsx'

/** A secret on its way in: dots, the eye shows it while held, pasting trims spaces and says so, `expectedLength` counts characters. */
export const CredentialField = ({
  value,
  onValueChange,
  onLeave,
  placeholder,
  expectedLength = null,
  ref,
  hint,
  ...words
}: FieldWords & {
  readonly value: string
  readonly onValueChange: (value: string) => void
  readonly onLeave?: () => void
  readonly placeholder?: string | undefined
  readonly expectedLength?: number | null
  readonly ref?: Ref<HTMLInputElement>
}) => {
  const [isShown, setIsShown] = useState(false)
  const [trimmed, setTrimmed] = useState(0)
  const facts = [
    trimmed > 0 ? t('ui.credential.trimmed', { count: trimmed }) : null,
    expectedLength !== null && value !== '' ? t('ui.credential.length', { count: value.length, expected: expectedLength }) : null,
  ].filter((fact) => fact !== null)
  return (
    <FieldFrame {...words} hint={facts.length > 0 ? facts.join(' · ') : hint}>
      {(ids) => (
        <div className={cx('flex h-8 min-w-0 items-center', controlEdge(ids['aria-invalid'] === true))}>
          <input
            {...ids}
            ref={ref}
            type={isShown ? 'text' : 'password'}
            value={value}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            data-1p-ignore
            data-lpignore="true"
            onChange={(event) => {
              setTrimmed(0)
              onValueChange(event.target.value)
            }}
            onPaste={(event) => {
              const pasted = event.clipboardData.getData('text')
              const kept = pasted.trim()
              if (kept === pasted) return
              event.preventDefault()
              const { selectionStart, selectionEnd } = event.currentTarget
              onValueChange(value.slice(0, selectionStart ?? value.length) + kept + value.slice(selectionEnd ?? value.length))
              setTrimmed(pasted.length - kept.length)
            }}
            onBlur={onLeave}
            className={cx('h-full min-w-0 flex-1 bg-transparent px-2.5 outline-none', isShown && 'font-mono text-small')}
          />
          <button
            type="button"
            aria-label={t('ui.credential.show', { label: words.label })}
            aria-pressed={isShown}
            onPointerDown={() => setIsShown(true)}
            onPointerUp={() => setIsShown(false)}
            onPointerLeave={() => setIsShown(false)}
            onKeyDown={(event) => {
              if (event.key === ' ') setIsShown(true)
            }}
            onKeyUp={() => setIsShown(false)}
            onBlur={() => setIsShown(false)}
            className="mr-1 grid size-6 place-items-center rounded-4 text-ink-2 hover:bg-hover"
          >
            <Eye aria-hidden="true" />
          </button>
        </div>
      )}
    </FieldFrame>
  )
}
