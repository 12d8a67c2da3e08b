import { RadioGroup } from '@base-ui/react/radio-group'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'
import { KeyCap } from './key-cap.tsx'
import { RadioDot } from './radio-dot.tsx'

export interface RadioChoice<T extends string> {
  readonly value: T
  readonly title: string
  readonly description?: ReactNode
  readonly icon?: LucideIcon
  /** A word at the right, such as `not real accounts`. */
  readonly note?: string
  /** The single key that chooses it; whoever shows the cards listens for it. */
  readonly keyCap?: string
}

/** One of a few, each explained on a card; arrow keys move between them. */
export const RadioCards = <T extends string>({
  choices,
  value,
  onValueChange,
  name,
  isTight = false,
}: {
  readonly choices: readonly RadioChoice<T>[]
  readonly value: T | null
  readonly onValueChange: (value: T) => void
  readonly name: string
  /** Titles alone, where what each does is told beside the cards. */
  readonly isTight?: boolean
}) => (
  <RadioGroup
    aria-label={name}
    value={value}
    onValueChange={(next) => onValueChange(next as T)}
    className={cx('flex flex-col', isTight ? 'gap-1.5' : 'gap-2')}
  >
    {choices.map(({ value: choice, title, description, icon: Icon, note, keyCap }) => (
      <label
        key={choice}
        className={cx(
          'flex items-center gap-3 rounded-8 border border-line bg-surface px-4 transition-colors hover:border-line-strong hover:bg-hover has-data-checked:border-accent has-data-checked:bg-selected',
          isTight ? 'min-h-9 py-1' : 'min-h-14 py-2.5 short:min-h-12 short:py-1.5',
        )}
      >
        <RadioDot value={choice} aria-label={title} />
        {Icon === undefined ? null : <Icon aria-hidden="true" className="text-ink-1" />}
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="font-medium text-ink-1">{title}</span>
          {description === undefined ? null : <span className="text-small text-ink-2">{description}</span>}
        </span>
        {note === undefined ? null : <span className="flex-none text-small text-ink-3">{note}</span>}
        {keyCap === undefined ? null : <KeyCap keys={keyCap} />}
      </label>
    ))}
  </RadioGroup>
)
