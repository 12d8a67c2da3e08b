import type { Ref } from 'react'
import { cx } from './class-names.ts'
import { controlEdge, FieldFrame, type FieldWords } from './field-frame.tsx'

/** One line of text under its label; `prefix` and `suffix` are fixed grey parts inside the border. */
export const TextField = ({
  value,
  onValueChange,
  onLeave,
  prefix,
  suffix,
  placeholder,
  type = 'text',
  isMono = false,
  isReadOnly = false,
  maxLength,
  ref,
  ...words
}: FieldWords & {
  readonly value: string
  readonly onValueChange: (value: string) => void
  readonly onLeave?: () => void
  readonly prefix?: string | null
  readonly suffix?: string | null
  readonly placeholder?: string | undefined
  readonly type?: 'text' | 'url' | 'email' | 'number'
  readonly isMono?: boolean
  readonly isReadOnly?: boolean
  readonly maxLength?: number
  readonly ref?: Ref<HTMLInputElement>
}) => (
  <FieldFrame {...words}>
    {(ids) => (
      <div className={cx('flex h-8 min-w-0 overflow-clip', controlEdge(ids['aria-invalid'] === true))}>
        {prefix ? (
          <span className="grid flex-none place-items-center border-r border-line bg-sunken px-2.5 text-ink-3">{prefix}</span>
        ) : null}
        <input
          {...ids}
          ref={ref}
          type={type === 'number' ? 'text' : type}
          inputMode={type === 'number' ? 'decimal' : undefined}
          value={value}
          placeholder={placeholder}
          readOnly={isReadOnly}
          maxLength={maxLength}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => onValueChange(event.target.value)}
          onBlur={onLeave}
          className={cx('min-w-0 flex-1 bg-transparent px-2.5 outline-none', isMono && 'font-mono text-small')}
        />
        {suffix ? (
          <span className="grid flex-none place-items-center border-l border-line bg-sunken px-2.5 text-ink-3">{suffix}</span>
        ) : null}
      </div>
    )}
  </FieldFrame>
)
