import type { Ref } from 'react'
import type { IntegrationDescription } from '#shared/contract/integrations'
import { scopesIn } from '#shared/integration-forms'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '../../ui/class-names.ts'
import { CredentialField } from '../../ui/credential-field.tsx'
import { controlEdge, FieldFrame } from '../../ui/field-frame.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { type DraftField, fieldLabel } from './integration-draft.ts'
import type { IntegrationDraft } from './use-integration-draft.ts'

const MOST_SUGGESTED = 24

const KnownScopes = ({
  known,
  value,
  onChange,
}: {
  readonly known: readonly string[]
  readonly value: string
  readonly onChange: (value: string) => void
}) => {
  const all = scopesIn(value)
  // What is being typed narrows the choice until it is a scope itself.
  const typed = /[^\s,]$/.test(value) && !known.includes(all.at(-1) ?? '') ? (all.at(-1) ?? '') : ''
  const chosen = typed === '' ? all : all.slice(0, -1)
  const rest = known.filter((scope) => !chosen.includes(scope) && scope.includes(typed)).slice(0, MOST_SUGGESTED)
  if (rest.length === 0) return null
  return (
    <ul aria-label={t('catalogue.setup.known-scopes')} className="flex max-h-[58px] flex-wrap gap-1.5 overflow-y-auto pb-2">
      {rest.map((scope) => (
        <li key={scope} className="max-w-full">
          <button
            type="button"
            onClick={() => onChange([...chosen, scope].join(' '))}
            className="inline-flex h-6 max-w-full items-center rounded-6 border border-line px-2 font-mono text-caption text-ink-2 hover:bg-hover"
          >
            <span className="truncate">{scope}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

const hintOf = (field: DraftField, value: string, { fields, current }: IntegrationDescription): string | undefined => {
  const kind = fields.find(({ name }) => name === field)?.kind
  if (kind === 'secret' || kind === 'pem') {
    if (current?.isReadable === true) return t('catalogue.setup.hint.kept')
    if (current !== null) return t('catalogue.setup.hint.unreadable')
    return t(kind === 'pem' ? 'catalogue.setup.hint.privateKey' : 'catalogue.setup.hint.clientSecret')
  }
  if (field === 'scopes') return t('catalogue.setup.hint.scopes')
  if (field !== 'integrationId') return undefined
  const hanging = current?.connectionCount ?? 0
  if (current !== null && hanging === 0 && value.trim() !== '' && value.trim() !== current.integrationId)
    return t('integrations.rename', { old: current.integrationId })
  return hanging === 0 ? t('catalogue.setup.hint.integrationId') : t('catalogue.setup.hint.integrationId-fixed', { count: hanging })
}

/** One input of the form of an integration, as its kind wants it. */
export const SetupField = ({
  field,
  state,
  description,
  ref,
}: {
  readonly field: DraftField
  readonly state: IntegrationDraft
  readonly description: IntegrationDescription
  readonly ref?: Ref<HTMLInputElement>
}) => {
  const asked = description.fields.find(({ name }) => name === field)
  const value = state.values[field] ?? ''
  const words = {
    label: fieldLabel(field),
    hint: hintOf(field, value, description),
    error: state.problems.get(field) ?? null,
    isOptional: asked?.isOptional ?? field === 'displayName',
  }
  const focus = ref === undefined ? {} : { ref }
  const common = { value, onValueChange: (next: string) => state.type(field, next), onLeave: () => state.leave(field) }
  const control = () => {
    if (asked?.kind === 'secret') return <CredentialField {...words} {...focus} {...common} />
    if (asked?.kind === 'pem')
      return (
        <FieldFrame {...words}>
          {(ids) => (
            <textarea
              {...ids}
              rows={4}
              value={value}
              spellCheck={false}
              autoComplete="off"
              data-1p-ignore
              data-lpignore="true"
              onChange={(event) => state.type(field, event.target.value)}
              onBlur={() => state.leave(field)}
              className={cx(
                'resize-none px-2.5 py-1.5 font-mono text-small outline-none [-webkit-text-security:disc]',
                controlEdge(ids['aria-invalid'] === true),
              )}
            />
          )}
        </FieldFrame>
      )
    return (
      <TextField
        {...words}
        {...focus}
        {...common}
        isMono={field !== 'displayName'}
        isReadOnly={field === 'integrationId' && (description.current?.connectionCount ?? 0) > 0}
        type={asked?.kind === 'url' ? 'url' : 'text'}
      />
    )
  }
  return (
    <div data-field={field}>
      {control()}
      {field === 'scopes' ? <KnownScopes known={description.scopes} value={value} onChange={(next) => state.type(field, next)} /> : null}
    </div>
  )
}
