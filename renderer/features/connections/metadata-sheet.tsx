import { type ReactNode, useEffect, useId, useState } from 'react'
import type { Connection } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { cx } from '#renderer/ui/class-names.ts'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { controlEdge, FieldFrame } from '#renderer/ui/field-frame.tsx'
import { FoldAway } from '#renderer/ui/fold-away.tsx'
import { RadioCards } from '#renderer/ui/radio-card.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { changeOf, type Metadata, type MetadataChange, parseMetadata } from './metadata-draft.ts'
import { isGoneError, PanelGoneNotice } from './panel-gone.tsx'

type Mode = 'merge' | 'replace'

const pretty = (metadata: Metadata): string => JSON.stringify(metadata, null, 2)

const keys = (names: readonly string[]) => (words: ReactNode) => (
  <>
    {words} <code className="font-mono text-caption break-all text-ink-1">{names.slice(0, 20).join(', ')}</code>
  </>
)

/** What saving would do, key by key. */
const Change = ({ change }: { readonly change: MetadataChange }) => {
  const { added, changed, dropped } = change
  if (added.length + changed.length + dropped.length === 0) return <p className="text-small text-ink-3">{t('life.metadata.no-change')}</p>
  return (
    <ul aria-label={t('life.metadata.change')} className="flex flex-col gap-0.5 text-small text-ink-2">
      {added.length === 0 ? null : <li>{rich('life.metadata.added', { count: added.length, keys: keys(added) })}</li>}
      {changed.length === 0 ? null : <li>{rich('life.metadata.changed', { count: changed.length, keys: keys(changed) })}</li>}
      {dropped.length === 0 ? null : (
        <li className="text-danger">{rich('life.metadata.dropped', { count: dropped.length, keys: keys(dropped) })}</li>
      )}
    </ul>
  )
}

/** Writes the metadata that Nango keeps of a connection: each key beside the others, or all in the place of what is there. */
export const MetadataSheet = ({
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
  const form = useId()
  const [mode, setMode] = useState<Mode>('merge')
  // Each way has a text of its own, so that trying the other loses nothing.
  const [drafts, setDrafts] = useState<Readonly<Record<Mode, string | null>>>({ merge: null, replace: null })
  const read = useRead('connections.getMetadata', { connectionId })
  const write = useWrite('connections.setMetadata')
  const { refetch } = read
  // What an earlier sheet read may be old.
  useEffect(() => void refetch(), [refetch])
  // A look while somebody writes must not change what the words below compare with.
  const [known, setKnown] = useState<Metadata | null>(null)
  if (known === null && read.data !== undefined && read.isFetchedAfterMount) setKnown(read.data.metadata)
  const isGone = isGoneError(write.error) || isGoneError(read.error)
  const text = drafts[mode] ?? (mode === 'merge' ? '{\n  \n}' : known === null ? '' : pretty(known))
  const parsed = parseMetadata(text)
  const isTouched = drafts[mode] !== null
  const save = (): void => {
    if (parsed.metadata === null || isGone) return
    write.mutate(
      { connectionId, mode, metadata: parsed.metadata },
      {
        onSuccess: ({ metadata }) => {
          tell(t('life.metadata.saved', { name }), t('life.metadata.saved-keys', { count: Object.keys(metadata).length, place }))
          onClose()
        },
      },
    )
  }
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t('life.metadata.title', { name })}
      subtitle={t('life.metadata.lead', { place })}
      foot={
        <>
          <Button onClick={onClose}>{t('life.cancel')}</Button>
          <Button
            variant="primary"
            type="submit"
            form={form}
            isBusy={write.isPending}
            disabledReason={isGone ? t('life.gone.short', { place }) : known === null ? t('connections.history.reading') : parsed.fault}
          >
            {t(mode === 'merge' ? 'life.metadata.merge' : 'life.metadata.replace')}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        {isGone ? <PanelGoneNotice connection={connection} place={place} typed={isTouched ? text : null} onClose={onClose} /> : null}
        <RadioCards
          name={t('life.metadata.how')}
          value={mode}
          onValueChange={setMode}
          choices={[
            { value: 'merge', title: t('life.metadata.merge-title'), description: t('life.metadata.merge-text') },
            { value: 'replace', title: t('life.metadata.replace-title'), description: t('life.metadata.replace-text') },
          ]}
        />
        {known === null ? null : (
          <FoldAway title={t('life.metadata.now', { count: Object.keys(known).length, place })}>
            <pre
              tabIndex={0}
              aria-label={t('life.metadata.now-name')}
              className="max-h-40 overflow-auto rounded-6 bg-sunken px-2.5 py-1.5 font-mono text-caption"
            >
              {pretty(known)}
            </pre>
          </FoldAway>
        )}
        <FieldFrame
          label={t(mode === 'merge' ? 'life.metadata.keys' : 'life.metadata.whole')}
          hint={t('life.metadata.hint')}
          error={isTouched ? parsed.fault : null}
        >
          {(ids) => (
            <textarea
              {...ids}
              value={text}
              rows={4}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
              readOnly={known === null && !isGone}
              onChange={(event) => setDrafts({ ...drafts, [mode]: event.target.value })}
              className={cx(
                'field-sizing-content max-h-64 min-h-20 w-full resize-none px-2.5 py-1.5 font-mono text-small outline-none',
                controlEdge(ids['aria-invalid'] === true),
              )}
            />
          )}
        </FieldFrame>
        {known === null || parsed.metadata === null ? null : <Change change={changeOf(known, parsed.metadata, mode)} />}
        {write.error === null || isGone ? null : <ErrorNotice error={write.error} title={t('life.metadata.failed')} />}
        {read.error === null || isGone ? null : (
          <ErrorNotice
            error={read.error}
            title={t('life.metadata.unread')}
            action={
              <Button size="small" onClick={() => void read.refetch()}>
                {t('connections.try-again')}
              </Button>
            }
          />
        )}
      </form>
    </Sheet>
  )
}
