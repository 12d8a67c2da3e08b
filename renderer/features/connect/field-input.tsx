import type { KeyboardEvent, Ref } from 'react'
import type { ConnectorField } from '#shared/contract/catalogue'
import { rich, t } from '#renderer/messages/translate.ts'
import { CredentialField } from '../../ui/credential-field.tsx'
import { ExternalLink } from '../../ui/external-link.tsx'
import { RadioRow } from '../../ui/radio-row.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { expectedLength, type FieldProblem } from './connect-draft.ts'
import { FileField } from './file-field.tsx'

const TYPES: Readonly<Record<string, 'url' | 'email'>> = { uri: 'url', email: 'email' }

/** One field of a connector's form, made from its definition. A correction is taken with a click or Alt+Enter. */
export const FieldInput = ({
  field,
  value,
  fileName = null,
  problem,
  emptyHint = null,
  ref,
  onChange,
  onFile,
  onLeave,
}: {
  readonly field: ConnectorField
  readonly value: string
  /** The name of the file whose text the value is; null where it was pasted. */
  readonly fileName?: string | null
  readonly problem: FieldProblem | null
  /** What it means to leave it empty. */
  readonly emptyHint?: string | null
  readonly ref?: Ref<HTMLInputElement>
  readonly onChange: (value: string) => void
  /** A file was given, with its name; without it the text counts as typed. */
  readonly onFile?: (text: string, fileName: string | null) => void
  readonly onLeave: () => void
}) => {
  const suggestion = problem?.suggestion ?? null
  const error =
    problem === null ? null : suggestion === null ? (
      problem.message
    ) : (
      <>
        {problem.message}{' '}
        {rich('connect.field.suggestion', {
          suggestion: (
            <button type="button" className="rounded-4 font-semibold break-all underline" onClick={() => onChange(suggestion)}>
              {suggestion}
            </button>
          ),
        })}{' '}
        <span className="text-ink-2">{t('connect.field.suggestion-key')}</span>
      </>
    )
  const words = {
    label: field.title,
    hint: (value === '' ? emptyHint : null) ?? field.description ?? (field.isSecret ? t('connect.field.kept-at-nango') : null),
    error,
    isOptional: field.isOptional,
  }
  const focus = ref === undefined ? {} : { ref }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !event.altKey || suggestion === null) return
    event.preventDefault()
    onChange(suggestion)
  }
  const control = () => {
    if (field.options !== null) {
      const options = [...(field.isOptional ? [''] : []), ...field.options].map((option) => ({
        value: option,
        label: option === '' ? t('connect.field.not-set') : option,
      }))
      return field.options.length <= 4 && field.options.join('').length <= 60 ? (
        <RadioRow {...words} options={options} value={value === '' && !field.isOptional ? null : value} onValueChange={onChange} />
      ) : (
        <SelectField {...words} options={options} value={value === '' && !field.isOptional ? null : value} onValueChange={onChange} />
      )
    }
    if (field.kind === 'file')
      return <FileField {...words} accepts={field.accepts} value={value} fileName={fileName} onFile={onFile ?? onChange} />
    if (field.type === 'boolean')
      return <Switch label={field.title} hint={error ?? words.hint} isOn={value === 'true'} onChange={(isOn) => onChange(String(isOn))} />
    if (field.isSecret)
      return (
        <CredentialField
          {...words}
          {...focus}
          value={value}
          onValueChange={onChange}
          onLeave={onLeave}
          expectedLength={expectedLength(field.pattern)}
        />
      )
    return (
      <TextField
        {...words}
        {...focus}
        value={value}
        onValueChange={onChange}
        onLeave={onLeave}
        prefix={field.prefix}
        suffix={field.suffix}
        placeholder={field.example ?? undefined}
        type={field.type === 'number' ? 'number' : field.prefix === null ? (TYPES[field.format ?? ''] ?? 'text') : 'text'}
      />
    )
  }
  return (
    <div data-field={`${field.group}.${field.name}`} onKeyDown={press} className="relative">
      {control()}
      {field.docsUrl === null ? null : (
        <ExternalLink href={field.docsUrl} className="absolute top-0.5 right-0 text-small">
          {t('connect.field.where')}
          <span className="sr-only"> {field.title}</span>
        </ExternalLink>
      )}
    </div>
  )
}
