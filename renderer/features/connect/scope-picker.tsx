import type { ScopePreset } from '#shared/contract/catalogue'
import { t } from '#renderer/messages/translate.ts'
import { Chip } from '../../ui/chip.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { splitScopes } from './connect-draft.ts'
import { choiceOf, type ScopeChoice } from './scope-choice.ts'
import { ScopeList } from './scope-list.tsx'

/** Scopes of one kind: presets where there are some, the list of the provider, and whatever else is typed. */
export const ScopePicker = ({
  scopes,
  text,
  known,
  presets,
  unset,
  words,
  onChange,
  onText,
}: {
  readonly scopes: readonly string[]
  /** What is typed and not yet a scope. */
  readonly text: string
  readonly known: readonly string[]
  readonly presets: readonly ScopePreset[]
  /** What is asked for where none are chosen: `Those of the integration`; null where that is nothing. */
  readonly unset: string | null
  readonly words: { readonly label: string; readonly hint: string; readonly chosen: string; readonly known: string }
  readonly onChange: (scopes: readonly string[]) => void
  readonly onText: (text: string) => void
}) => {
  const choice = choiceOf(scopes, presets)
  const choose = (next: ScopeChoice): void => {
    const preset = presets.find((one) => one.preset === next)
    if (next === 'unset') onChange([])
    else if (preset !== undefined) onChange(preset.scopes)
  }
  const toggle = (scope: string): void =>
    onChange(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : splitScopes(scope, scopes))
  const options = [
    ...(unset === null ? [] : [{ value: 'unset' as const, label: unset }]),
    ...presets.map(({ preset, scopes: { length: count } }) => ({ value: preset, label: t(`connect.scopes.preset.${preset}`, { count }) })),
    ...(choice === 'own' ? [{ value: 'own' as const, label: t('connect.scopes.preset.own', { count: scopes.length }) }] : []),
  ]
  return (
    <div className="flex flex-col gap-2">
      {presets.length === 0 ? null : (
        <RadioRow<ScopeChoice> label={t('connect.scopes.presets')} options={options} value={choice} onValueChange={choose} />
      )}
      <div
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || text.trim() === '' || !(event.target instanceof HTMLInputElement)) return
          event.preventDefault()
          event.stopPropagation()
          onChange(splitScopes(text, scopes))
          onText('')
        }}
      >
        <TextField label={words.label} isOptional hint={words.hint} isMono value={text} onValueChange={onText} />
      </div>
      {scopes.length === 0 ? null : (
        <ul aria-label={words.chosen} className="flex max-h-[58px] flex-wrap gap-1.5 overflow-y-auto">
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
      {known.length === 0 ? null : <ScopeList name={words.known} known={known} chosen={scopes} search={text} onToggle={toggle} />}
    </div>
  )
}
