import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { t } from '#renderer/messages/translate.ts'

export interface FieldWords {
  readonly label: string
  readonly hint?: ReactNode
  /** Replaces the hint, in its place and height. */
  readonly error?: ReactNode
  readonly isOptional?: boolean
  /** Shown at the right of the label, for Show names. */
  readonly technicalName?: string | undefined
}

/** What a control inside the frame must wear. */
export interface FieldIds {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': true | undefined
  readonly 'aria-required': true | undefined
}

/** Label above, hint or error below; the height stays when one replaces the other. */
export const FieldFrame = ({
  label,
  hint,
  error = null,
  isOptional = false,
  technicalName,
  children,
}: FieldWords & { readonly children: (ids: FieldIds) => ReactNode }) => {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col">
      <div className="flex items-baseline gap-1.5 pb-1">
        <label htmlFor={id} id={`${id}-label`} className="font-medium">
          {label}
        </label>
        {isOptional ? <span className="text-small text-ink-3">{t('ui.optional')}</span> : null}
        {technicalName === undefined ? null : <code className="ml-auto font-mono text-caption text-ink-3">{technicalName}</code>}
      </div>
      {children({
        id,
        'aria-describedby': `${id}-below`,
        'aria-invalid': error === null ? undefined : true,
        'aria-required': isOptional ? undefined : true,
      })}
      <div id={`${id}-below`} aria-live="polite" className="min-h-5 pt-1 text-small">
        {error === null ? (
          <span className="text-ink-3">{hint}</span>
        ) : (
          <span className="flex items-start gap-1.5 text-danger">
            <CircleAlert aria-hidden="true" className="mt-px size-3.5" />
            <span className="min-w-0">{error}</span>
          </span>
        )}
      </div>
    </div>
  )
}

/** The look of a control's border, shared by inputs, selects and credential fields. */
export const controlEdge = (isWrong: boolean): string =>
  `rounded-6 border bg-surface ${isWrong ? 'border-danger ring-1 ring-danger' : 'border-line-control'} focus-within:outline-2 focus-within:outline-accent`
