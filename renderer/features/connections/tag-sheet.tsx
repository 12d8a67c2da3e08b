import { Plus, X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { TextField } from '#renderer/ui/text-field.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { isGoneError, PanelGoneNotice } from './panel-gone.tsx'
import { isOurTag, MOST_TAGS, rowsOf, tagFault, tagsOf } from './tag-draft.ts'

/** Writes the tags of a connection at Nango, in the place of those there; those of Patchbay itself stay. */
export const TagSheet = ({
  connection,
  name,
  place,
  onClose,
}: {
  readonly connection: Connection
  readonly name: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly onClose: () => void
}) => {
  const { connectionId } = connection
  const [rows, setRows] = useState(() => rowsOf(connection.tags))
  const nextId = useRef(rows.length)
  const list = useRef<HTMLDivElement>(null)
  const present = useRead('connections.get', { connectionId })
  const update = useWrite('connections.update')
  const ours = Object.entries(connection.tags).filter(([key]) => isOurTag(key))
  const faults = new Map(rows.map((row) => [row.id, tagFault(row, rows)]))
  const isFull = rows.length + ours.length >= MOST_TAGS
  const isWrong = [...faults.values()].some((fault) => fault !== null)
  const isGone = isGoneError(update.error) || isGoneError(present.error)
  const add = (): void => {
    const id = nextId.current++
    setRows([...rows, { id, key: '', value: '' }])
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('[data-row]:last-of-type input')?.focus())
  }
  const save = (): void => {
    if (isWrong || isGone) return
    update.mutate(
      { connectionId, tags: tagsOf(rows) },
      {
        onSuccess: () => {
          tell(t('life.tags.saved', { name }))
          onClose()
        },
      },
    )
  }
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t('life.tags.title', { name })}
      subtitle={t('life.tags.lead', { place })}
      foot={
        <>
          <Button onClick={onClose}>{t('life.cancel')}</Button>
          <Button
            variant="primary"
            type="submit"
            form="tags"
            isBusy={update.isPending}
            disabledReason={isGone ? t('life.gone.short', { place }) : isWrong ? t('life.tags.wrong') : null}
          >
            {t('life.tags.save')}
          </Button>
        </>
      }
    >
      <form
        id="tags"
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        {isGone ? (
          <PanelGoneNotice connection={connection} place={place} typed={JSON.stringify(tagsOf(rows), null, 2)} onClose={onClose} />
        ) : null}
        <div ref={list} className="flex flex-col">
          {rows.length === 0 ? <p className="pb-2 text-ink-3">{t('life.tags.none')}</p> : null}
          {rows.map((row, index) => (
            <div
              key={row.id}
              data-row=""
              role="group"
              aria-label={t('life.tags.row', { number: index + 1 })}
              className="flex items-start gap-2"
            >
              <div className="w-44 flex-none">
                <TextField
                  label={t('life.tags.key')}
                  isMono
                  maxLength={100}
                  value={row.key}
                  onValueChange={(key) => setRows(rows.map((one) => (one.id === row.id ? { ...one, key } : one)))}
                  error={faults.get(row.id) ?? null}
                />
              </div>
              <div className="min-w-0 flex-1">
                <TextField
                  label={t('life.tags.value')}
                  maxLength={400}
                  value={row.value}
                  onValueChange={(value) => setRows(rows.map((one) => (one.id === row.id ? { ...one, value } : one)))}
                />
              </div>
              <IconButton
                icon={X}
                name={t('life.tags.remove', { number: index + 1 })}
                className="mt-6"
                onClick={() => setRows(rows.filter(({ id }) => id !== row.id))}
              />
            </div>
          ))}
        </div>
        <Button
          size="small"
          icon={Plus}
          className="self-start"
          disabledReason={isFull ? t('life.tags.full', { most: MOST_TAGS }) : null}
          onClick={add}
        >
          {t('life.tags.add')}
        </Button>
        {ours.length === 0 ? null : (
          <div className="flex flex-col gap-1.5 pt-2">
            <p className="text-small text-ink-3">{t('life.tags.kept')}</p>
            <ul className="flex flex-wrap gap-1.5">
              {ours.map(([key, value]) => (
                <li key={key} className="max-w-full" title={`${key}: ${value}`}>
                  <Chip isMono>{`${key}: ${value}`}</Chip>
                </li>
              ))}
            </ul>
          </div>
        )}
        {update.error === null || isGone ? null : <ErrorNotice error={update.error} title={t('life.tags.failed')} />}
      </form>
    </Sheet>
  )
}
