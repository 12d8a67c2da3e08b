import { Plus } from 'lucide-react'
import { t } from '#renderer/messages/translate.ts'
import { Chip } from '../../ui/chip.tsx'
import { FoldAway } from '../../ui/fold-away.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { splitScopes } from './connect-draft.ts'

const MOST_SUGGESTED = 24

/** Which scopes to ask for: those of the integration unless some are named here. Folded away until it is wanted. */
export const ScopePicker = ({
  scopes,
  text,
  suggested,
  onChange,
  onText,
}: {
  readonly scopes: readonly string[]
  /** What is typed and not yet a scope. */
  readonly text: string
  readonly suggested: readonly string[]
  readonly onChange: (scopes: readonly string[]) => void
  readonly onText: (text: string) => void
}) => {
  const add = (typed: string): void => {
    onChange(splitScopes(typed, scopes))
    onText('')
  }
  const rest = suggested.filter((scope) => !scopes.includes(scope) && scope.includes(text.trim())).slice(0, MOST_SUGGESTED)
  return (
    <FoldAway title={t('connect.scopes.summary', { count: scopes.length })} startsOpen={scopes.length > 0}>
      <div
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || text.trim() === '') return
          event.preventDefault()
          event.stopPropagation()
          add(text)
        }}
      >
        <TextField
          label={t('connect.scopes.ask-for')}
          isOptional
          hint={t('connect.scopes.hint')}
          isMono
          value={text}
          onValueChange={onText}
        />
      </div>
      {scopes.length === 0 ? null : (
        <ul aria-label={t('connect.scopes.chosen')} className="flex flex-wrap gap-1.5">
          {scopes.map((scope) => (
            <li key={scope} className="max-w-full">
              <Chip
                isMono
                variant="chosen"
                removeName={t('connect.scopes.remove', { scope })}
                onRemove={() => onChange(scopes.filter((one) => one !== scope))}
              >
                {scope}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      {rest.length === 0 ? null : (
        <ul aria-label={t('connect.scopes.known')} className="flex max-h-28 flex-wrap gap-1.5 overflow-y-auto">
          {rest.map((scope) => (
            <li key={scope} className="max-w-full">
              <button
                type="button"
                onClick={() => add(scope)}
                className="inline-flex h-6 max-w-full items-center gap-1 rounded-6 border border-line px-2 font-mono text-caption text-ink-2 hover:bg-hover"
              >
                <Plus aria-hidden="true" className="size-3" />
                <span className="truncate">{scope}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </FoldAway>
  )
}
