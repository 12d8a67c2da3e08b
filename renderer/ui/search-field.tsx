import { Search, X } from 'lucide-react'
import type { Ref } from 'react'
import { formatNumber, t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'
import { KeyCap } from './key-cap.tsx'

/** Search here: Esc clears, then leaves. `results` is how many match, shown inside at the right. */
export const SearchField = ({
  value,
  onValueChange,
  placeholder,
  name,
  results = null,
  onLeave,
  ref,
  className,
}: {
  readonly value: string
  readonly onValueChange: (value: string) => void
  readonly placeholder: string
  readonly name: string
  readonly results?: number | null
  readonly onLeave?: () => void
  readonly ref?: Ref<HTMLInputElement>
  readonly className?: string
}) => (
  <div
    className={cx(
      'group flex h-8 min-w-0 items-center gap-2 rounded-6 border border-line-control bg-surface px-2.5 focus-within:outline-2 focus-within:outline-accent',
      className,
    )}
  >
    <Search aria-hidden="true" className="text-ink-2" />
    <input
      ref={ref}
      type="text"
      role="searchbox"
      aria-label={name}
      aria-keyshortcuts="/"
      value={value}
      placeholder={placeholder}
      spellCheck={false}
      autoComplete="off"
      maxLength={200}
      onChange={(event) => onValueChange(event.target.value)}
      onBlur={onLeave}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        event.preventDefault()
        if (value === '') event.currentTarget.blur()
        else onValueChange('')
      }}
      className="h-full min-w-0 flex-1 bg-transparent outline-none"
    />
    {value === '' ? (
      // Inside the field the key writes a slash.
      <span className="flex group-focus-within:hidden">
        <KeyCap keys="/" />
      </span>
    ) : (
      <>
        {results === null ? null : <span className="text-small text-ink-3">{formatNumber(results)}</span>}
        <button
          type="button"
          aria-label={t('ui.clear-search')}
          onClick={() => onValueChange('')}
          className="-mr-1 grid size-6 place-items-center rounded-6 text-ink-2 hover:bg-hover"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      </>
    )}
  </div>
)
