import { Plus, X } from 'lucide-react'
import { useId, useRef } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { controlEdge } from '../../ui/field-frame.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { type PageParam, paramProblems } from './connect-draft.ts'

/** As many as the core takes. */
const MOST = 32

/** Parameters of the provider's page, name and value in a row each. Enter in the last one begins another. */
export const PageParams = ({
  rows,
  showsAll,
  onChange,
}: {
  readonly rows: readonly PageParam[]
  /** Also what is only not there yet: after it was to be sent. */
  readonly showsAll: boolean
  readonly onChange: (rows: readonly PageParam[]) => void
}) => {
  const id = useId()
  const group = useRef<HTMLDivElement>(null)
  const problems = paramProblems(rows)
  const set = (index: number, change: Partial<PageParam>): void =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  const add = (): void => {
    if (rows.length >= MOST) return
    onChange([...rows, { name: '', value: '' }])
    // Drawn by then.
    requestAnimationFrame(() => group.current?.querySelector<HTMLElement>('[data-row]:last-of-type input')?.focus())
  }
  const box = (isWrong: boolean): string => cx('h-8 min-w-0 px-2.5 font-mono text-small outline-none', controlEdge(isWrong))
  return (
    <div ref={group} role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`} className="flex flex-col gap-2">
      <div>
        <p id={`${id}-label`} className="font-medium">
          {t('connect.params.label')}
        </p>
        <p id={`${id}-hint`} className="text-small text-ink-3">
          {t('connect.params.hint')}
        </p>
      </div>
      {rows.map((row, index) => {
        const isWhole = row.name.trim() !== '' && row.value.trim() !== ''
        const problem = isWhole || showsAll ? (problems[index] ?? null) : null
        const isName = problem !== null && row.value.trim() !== ''
        const isValue = problem !== null && row.value.trim() === ''
        const common = {
          spellCheck: false,
          autoComplete: 'off',
          'aria-describedby': `${id}-${index}`,
        } as const
        return (
          <div key={index} data-row="" className="flex flex-col">
            <div
              className="flex items-center gap-1.5"
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement) || row.value.trim() === '') return
                event.preventDefault()
                if (index === rows.length - 1) add()
              }}
            >
              <input
                {...common}
                aria-label={t('connect.params.name', { number: index + 1 })}
                aria-invalid={isName ? true : undefined}
                value={row.name}
                onChange={(event) => set(index, { name: event.target.value })}
                className={cx(box(isName), 'w-2/5')}
              />
              <span aria-hidden="true" className="text-ink-3">
                =
              </span>
              <input
                {...common}
                aria-label={t('connect.params.value', { number: index + 1 })}
                aria-invalid={isValue ? true : undefined}
                value={row.value}
                onChange={(event) => set(index, { value: event.target.value })}
                className={cx(box(isValue), 'flex-1')}
              />
              <IconButton
                icon={X}
                size="small"
                name={t('connect.params.remove', { number: index + 1 })}
                onClick={() => onChange(rows.filter((_, at) => at !== index))}
              />
            </div>
            <p id={`${id}-${index}`} aria-live="polite" className="pt-0.5 text-small text-danger empty:hidden">
              {problem}
            </p>
          </div>
        )
      })}
      {rows.length >= MOST ? null : (
        <Button size="small" variant="ghost" icon={Plus} className="-ml-2 self-start" onClick={add}>
          {t('connect.params.add')}
        </Button>
      )}
    </div>
  )
}
