import type { ImportFile } from '#shared/import-file'
import { displayText } from '#shared/display-text'
import type { MappedColumn } from '#shared/import-run'
import { t } from '#renderer/messages/translate.ts'
import { SelectField } from '../../ui/select-field.tsx'
import { choicesFor, fieldWords } from './import-words.ts'

const NOTHING = ''
const DOTS = '••••••••'

const exampleOf = ({ rows }: ImportFile, { column, isSecret }: MappedColumn): string => {
  const value = rows.map(({ values }) => values[column]).find((each) => each !== undefined && each !== null && each !== '')
  if (value === undefined) return t('import.mapping.empty')
  if (isSecret) return DOTS
  return displayText(typeof value === 'string' ? value : JSON.stringify(value), 60)
}

/** What each column means, guessed by its name and changed here; what may be a secret is dots. */
export const MappingGrid = ({
  file,
  mapping,
  wanted,
  onChange,
}: {
  readonly file: ImportFile
  readonly mapping: readonly MappedColumn[]
  /** Fields that rows lack. */
  readonly wanted: readonly string[]
  readonly onChange: (column: string, field: string | null) => void
}) => (
  <section aria-label={t('import.mapping.title')} className="flex flex-col gap-2">
    <h3 className="font-semibold">{t('import.mapping.title')}</h3>
    <div className="grid grid-cols-2 gap-x-4 gap-y-1">
      {mapping.map((mapped) => (
        <SelectField
          key={mapped.column}
          label={displayText(mapped.column, 60)}
          hint={<bdi className="block truncate">{exampleOf(file, mapped)}</bdi>}
          value={mapped.field ?? NOTHING}
          onValueChange={(field) => onChange(mapped.column, field === NOTHING ? null : field)}
          options={[
            { value: NOTHING, label: t('import.mapping.nothing') },
            ...choicesFor(mapped.column, mapped.field, wanted).map((field) => ({ value: field, label: fieldWords(field) })),
          ]}
        />
      ))}
    </div>
  </section>
)
