import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import type { Grant } from '#shared/contract/grants'
import { useRead } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { requestSheet } from '#renderer/shell/sheet-request.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Checkbox } from '#renderer/ui/checkbox.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { RadioRow } from '#renderer/ui/radio-row.tsx'
import { exactTime, longAgo } from '#renderer/ui/relative-words.ts'
import { Sheet } from '#renderer/ui/sheet.tsx'
import { SkeletonRows } from '#renderer/ui/skeleton-rows.tsx'
import { callsWords, tame } from './grant-words.ts'

const SINCE = ['paired', 'week', 'day', 'hour'] as const
type Since = (typeof SINCE)[number]
const SINCE_MS: Readonly<Record<Exclude<Since, 'paired'>, number>> = { week: 7 * 86_400_000, day: 86_400_000, hour: 3_600_000 }

/** Names the connections that a program touched since a moment, and hands those that are ticked to the sheet that ends access of many. */
export const RevokeTouchedSheet = ({
  grant,
  now,
  onClose,
}: {
  readonly grant: Grant
  readonly now: number
  readonly onClose: () => void
}) => {
  const [since, setSince] = useState<Since>('paired')
  const [opened] = useState(now)
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set())
  const from = since === 'paired' ? null : new Date(opened - SINCE_MS[since]).toISOString()
  const { data, error } = useRead(
    'audit.usage',
    { clientId: grant.clientId, ...(from === null ? {} : { since: from }) },
    { keepsPrevious: true },
  )
  const touched = (data?.uses ?? []).filter(({ handle, calls, denied }) => handle !== null && calls > denied)
  const chosen = touched.filter(({ connectionId }) => !without.has(connectionId))
  return (
    <Sheet
      isOpen
      onClose={onClose}
      width={520}
      title={t('automation.touched.title', { name: tame(grant.clientName) })}
      subtitle={t('automation.touched.lead')}
      foot={
        <>
          <Button onClick={onClose}>{t('automation.edit.cancel')}</Button>
          <Button
            variant="primary"
            disabledReason={chosen.length === 0 ? t('automation.touched.choose') : null}
            onClick={() => {
              onClose()
              requestSheet({ kind: 'bulk', action: 'revoke', connectionIds: chosen.map(({ connectionId }) => connectionId) })
            }}
          >
            {t('automation.touched.go-on', { count: chosen.length })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RadioRow
          label={t('automation.touched.since')}
          options={SINCE.map((value) => ({ value, label: t(`automation.touched.since-${value}`) }))}
          value={since}
          onValueChange={setSince}
          hint={data?.keptSince == null ? undefined : t('automation.touched.kept', { when: exactTime(data.keptSince) })}
        />
        {error !== null && data === undefined ? <ErrorNotice error={error} title={t('automation.audit.unreadable')} /> : null}
        {data === undefined && error === null ? <SkeletonRows rows={3} /> : null}
        {data !== undefined && touched.length === 0 ? <p className="text-ink-2">{t('automation.touched.none')}</p> : null}
        <div role="group" aria-label={t('automation.card.connections')} className="flex flex-col gap-1.5">
          {touched.map(({ connectionId, handle, calls, denied, lastAt, heldCredential }) => (
            <Checkbox
              key={connectionId}
              isChecked={!without.has(connectionId)}
              onChange={(isOn) =>
                setWithout((before) =>
                  isOn ? new Set([...before].filter((one) => one !== connectionId)) : new Set([...before, connectionId]),
                )
              }
              label={
                <span className="flex flex-col">
                  <bdi className="font-mono text-small [overflow-wrap:anywhere]">{handle}</bdi>
                  <span className="flex flex-wrap items-center gap-x-2 text-small text-ink-2">
                    {t('automation.touched.use', { calls: callsWords(calls, denied), when: longAgo(lastAt, now) })}
                    {heldCredential ? (
                      <span className="flex items-center gap-1 text-attention">
                        <KeyRound aria-hidden="true" className="size-3.5" />
                        {t('automation.panel.held')}
                      </span>
                    ) : null}
                  </span>
                </span>
              }
            />
          ))}
        </div>
      </div>
    </Sheet>
  )
}
