import { Check } from 'lucide-react'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '../../ui/class-names.ts'

/** As many as are drawn; further ones are found by typing. */
const MOST_SHOWN = 200

/** The scopes that a provider is known for, each to be taken or left: one tab stop, arrows inside, Space or a click takes. */
export const ScopeList = ({
  name,
  known,
  chosen,
  search,
  onToggle,
}: {
  readonly name: string
  readonly known: readonly string[]
  readonly chosen: readonly string[]
  /** Only those with this in them. */
  readonly search: string
  readonly onToggle: (scope: string) => void
}) => {
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const [current, setCurrent] = useState(0)
  const wanted = search.trim().toLowerCase()
  const found = known.filter((scope) => scope.toLowerCase().includes(wanted))
  const shown = found.slice(0, MOST_SHOWN)
  const at = Math.min(current, shown.length - 1)
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, to))
    setCurrent(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  const press = (event: KeyboardEvent): void => {
    const scope = shown[at]
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }
    const to = steps[event.key]
    if (to !== undefined) move(to)
    else if ((event.key === ' ' || event.key === 'Enter') && scope !== undefined) onToggle(scope)
    else return
    event.preventDefault()
  }
  if (shown.length === 0) return <p className="text-small text-ink-3">{t('connect.scopes.none-found')}</p>
  return (
    <>
      <ul
        ref={list}
        role="listbox"
        aria-multiselectable="true"
        aria-label={name}
        aria-activedescendant={`${id}-${at}`}
        tabIndex={0}
        onKeyDown={press}
        className="group max-h-36 overflow-y-auto rounded-6 border border-line bg-surface p-1"
      >
        {shown.map((scope, index) => {
          const isChosen = chosen.includes(scope)
          return (
            <li
              key={scope}
              id={`${id}-${index}`}
              role="option"
              aria-selected={isChosen}
              onClick={() => {
                setCurrent(index)
                onToggle(scope)
              }}
              className={cx(
                'flex min-h-6 items-center gap-2 rounded-4 px-1.5 font-mono text-caption select-none hover:bg-hover',
                isChosen ? 'text-ink-1' : 'text-ink-2',
                index === at && 'group-focus-visible:bg-active',
              )}
            >
              <span className="grid size-3.5 flex-none place-items-center">
                {isChosen ? <Check aria-hidden="true" className="size-3.5 text-accent" /> : null}
              </span>
              <span className="min-w-0 break-all">{scope}</span>
            </li>
          )
        })}
      </ul>
      {found.length > shown.length ? (
        <p className="text-small text-ink-3">{t('connect.scopes.more', { count: found.length - shown.length })}</p>
      ) : null}
    </>
  )
}
