import { type ReactNode, useState } from 'react'
import type { Connection, ReplaceReport } from '#shared/contract/connections'
import { tellingName } from '#shared/telling-name'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { errorMessage } from '#renderer/messages/error-words.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { fullName } from '#renderer/ui/full-name.ts'
import { Notice } from '#renderer/ui/notice.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { strong } from './marked-words.tsx'

type Old = 'keep' | 'forget' | 'remove'

const code = (words: ReactNode): ReactNode => <code className="font-mono text-small break-all text-ink-1">{words}</code>

/** What a replacement did: which account goes by the handle now, what moved with it, and what became of the old one. */
const Report = ({ report, by }: { readonly report: ReplaceReport; readonly by: string }) => (
  <div className="flex flex-col gap-2">
    <p>{rich('life.replace.now', { handle: report.handle, account: by, code, b: strong })}</p>
    <p className="text-ink-2">
      {t('life.replace.moved', { parts: report.moved.map((part) => t(`life.replace.part.${part}`)).join(', ') })}
    </p>
    <p className="text-ink-2">{rich(`life.replace.old-${report.old}`, { handle: report.oldHandle, code })}</p>
    {report.error === null ? null : (
      <Notice tone="error" title={t('life.replace.old-error')}>
        {errorMessage(report.error)}
      </Notice>
    )}
  </div>
)

/** Puts another account of the same connector in the place of this one, for everything that uses its handle. */
export const ReplaceSheet = ({
  connection,
  connectorName,
  place,
  onClose,
}: {
  readonly connection: Connection
  readonly connectorName: string
  /** `Nango` or `Sandbox`. */
  readonly place: string
  readonly onClose: () => void
}) => {
  const { connectionId, connectorId, handle } = connection
  const [chosen, setChosen] = useState<string | null>(null)
  const [old, setOld] = useState<Old>('keep')
  const read = useRead('connections.list', { connectorId, limit: 200, sort: 'name' })
  const replace = useWrite('connections.replace')
  const others = read.data?.connections.filter((one) => one.connectionId !== connectionId && one.nangoConnectionId !== null) ?? []
  const by = others.find((one) => one.connectionId === chosen) ?? null
  const report = replace.data ?? null
  const nameOf = (one: Connection): string =>
    [fullName(one, connectorName), tellingName(one.identity), one.handle].filter((part) => part !== null).join(' · ')
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t(report === null ? 'life.replace.title' : 'life.replace.done', { name: fullName(connection, connectorName) })}
      foot={
        report === null ? (
          <>
            <Button onClick={onClose}>{t('life.cancel')}</Button>
            <Button
              variant={old === 'remove' ? 'danger-solid' : 'primary'}
              isBusy={replace.isPending}
              disabledReason={by === null ? t('life.replace.choose') : null}
              onClick={() => by !== null && replace.mutate({ connectionId, byConnectionId: by.connectionId, old })}
            >
              {t(old === 'remove' ? 'life.replace.do-remove' : 'life.replace.do')}
            </Button>
          </>
        ) : (
          <Button variant="primary" onClick={onClose}>
            {t('life.report.close')}
          </Button>
        )
      }
    >
      {report !== null ? (
        <Report report={report} by={by === null ? report.handle : (tellingName(by.identity) ?? fullName(by, connectorName))} />
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-ink-2">{rich('life.replace.lead', { handle, code })}</p>
          {read.data !== undefined && others.length === 0 ? (
            <Notice tone="unknown" title={t('life.replace.none', { name: connectorName })}>
              {t('life.replace.none-text')}
            </Notice>
          ) : (
            <>
              <SelectField
                label={t('life.replace.by')}
                value={chosen}
                onValueChange={setChosen}
                options={others.map((one) => ({ value: one.connectionId, label: nameOf(one) }))}
                hint={t('life.replace.by-hint')}
              />
              <RadioRow
                label={t('life.replace.old')}
                hint={t(`life.replace.${old}-hint`, { place })}
                value={old}
                onValueChange={setOld}
                options={[
                  { value: 'keep', label: t('life.replace.keep') },
                  { value: 'forget', label: t('life.replace.forget') },
                  { value: 'remove', label: t('life.replace.remove', { place }) },
                ]}
              />
            </>
          )}
          {replace.error === null ? null : <ErrorNotice error={replace.error} title={t('life.replace.failed')} />}
        </div>
      )}
    </Sheet>
  )
}
