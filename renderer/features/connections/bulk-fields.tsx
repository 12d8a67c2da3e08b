import { Plus, X } from 'lucide-react'
import type { BulkActionName } from '#shared/contract/bulk'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { RadioCards } from '#renderer/ui/radio-card.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { Switch } from '#renderer/ui/switch.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { type BulkForm, TAGS_AT_MOST } from './bulk-form.ts'

interface FieldsProps {
  readonly form: BulkForm
  readonly onForm: (form: BulkForm) => void
}

const LabelFields = ({ form, onForm }: FieldsProps) => (
  <div className="flex flex-col gap-2">
    <RadioRow
      label={t('bulk.label.what')}
      value={form.isLabelTaken ? 'take' : 'give'}
      onValueChange={(value) => onForm({ ...form, isLabelTaken: value === 'take' })}
      options={[
        { value: 'give', label: t('bulk.label.give') },
        { value: 'take', label: t('bulk.label.take') },
      ]}
    />
    {form.isLabelTaken ? null : (
      <TextField
        label={t('bulk.label.label')}
        hint={t('bulk.label.hint')}
        maxLength={200}
        value={form.label}
        onValueChange={(label) => onForm({ ...form, label })}
      />
    )}
  </div>
)

const TagFields = ({ form, onForm }: FieldsProps) => {
  const { tags, tagMode } = form
  const change = (at: number, part: Partial<BulkForm['tags'][number]>): void =>
    onForm({ ...form, tags: tags.map((tag, index) => (index === at ? { ...tag, ...part } : tag)) })
  return (
    <div className="flex flex-col gap-2">
      <RadioRow
        label={t('bulk.tag.what')}
        hint={t(`bulk.tag.hint-${tagMode}`)}
        value={tagMode}
        onValueChange={(next) => onForm({ ...form, tagMode: next })}
        options={(['add', 'remove', 'replace'] as const).map((value) => ({ value, label: t(`bulk.tag.${value}`) }))}
      />
      {tags.map(({ key, value }, at) => (
        // Rows are only ever added at the end or taken away: their place is who they are.
        <div key={at} className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <TextField label={t('bulk.tag.key')} isMono maxLength={64} value={key} onValueChange={(next) => change(at, { key: next })} />
          </div>
          {tagMode === 'remove' ? null : (
            <div className="min-w-0 flex-1">
              <TextField label={t('bulk.tag.value')} maxLength={255} value={value} onValueChange={(next) => change(at, { value: next })} />
            </div>
          )}
          {tags.length === 1 ? null : (
            <IconButton
              icon={X}
              name={t('bulk.tag.drop')}
              className="mt-6"
              onClick={() => onForm({ ...form, tags: tags.filter((_, index) => index !== at) })}
            />
          )}
        </div>
      ))}
      {tags.length >= TAGS_AT_MOST ? null : (
        <div>
          <Button size="small" variant="ghost" icon={Plus} onClick={() => onForm({ ...form, tags: [...tags, { key: '', value: '' }] })}>
            {t('bulk.tag.another')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** What an action over many must be told beyond which connections. */
export const BulkFields = ({
  action,
  form,
  place,
  hasRisk,
  onForm,
}: FieldsProps & { readonly action: BulkActionName; readonly place: string; readonly hasRisk: boolean }) => {
  if (action === 'label') return <LabelFields form={form} onForm={onForm} />
  if (action === 'tag') return <TagFields form={form} onForm={onForm} />
  if (action === 'remove')
    return (
      <RadioCards
        name={t('bulk.remove.how')}
        value={form.way}
        onValueChange={(way) => onForm({ ...form, way })}
        choices={(['delete', 'revoke', 'forget'] as const).map((value) => ({
          value,
          title: t(`bulk.remove.${value}`, { place }),
          description: t(`bulk.remove.${value}-text`, { place }),
        }))}
      />
    )
  if (!hasRisk) return null
  return (
    <Switch
      label={t('bulk.refresh.risk')}
      hint={t('bulk.refresh.risk-hint', { place })}
      isOn={form.acceptRisk}
      onChange={(acceptRisk) => onForm({ ...form, acceptRisk })}
    />
  )
}
