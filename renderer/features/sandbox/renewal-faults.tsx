import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { SandboxStatus } from '#shared/contract/sandbox'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '#renderer/paths.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { ErrorNotice } from '#renderer/ui/error-notice.tsx'
import { SelectField } from '#renderer/ui/select-field.tsx'
import { Switch } from '#renderer/ui/switch.tsx'
import { tell } from '#renderer/ui/toast.tsx'
import { SwitchBox, SwitchGroup } from './fault-switches.tsx'
import { useSandboxChange } from './use-sandbox.ts'

/** The connections that sign in through a page: only their tokens are renewed. */
export const useRenewable = () => {
  const { data } = useRead('connections.list', { limit: 100, sort: 'name' })
  return (data?.connections ?? []).filter((connection) => connection.authMode === 'OAUTH2' && connection.nangoConnectionId !== null)
}

const OneConnection = ({ status }: { readonly status: SandboxStatus }) => {
  const renewable = useRenewable()
  const [chosen, setChosen] = useState<string | null>(null)
  const fail = useSandboxChange('sandbox.failRefresh')
  const expire = useWrite('sandbox.expire')
  const connection = renewable.find(({ connectionId }) => connectionId === chosen) ?? renewable[0]
  const isFailing = status.failing.some(({ connectionId }) => connectionId === connection?.connectionId)
  const error = fail.error ?? expire.error
  if (connection === undefined) return <p className="text-small text-ink-3">{t('tour.sandbox.one-none')}</p>
  const { connectionId } = connection
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-3">
        <div className="w-64 min-w-0">
          <SelectField
            label={t('tour.sandbox.one')}
            placeholder={t('tour.sandbox.one-choose')}
            value={connectionId}
            onValueChange={setChosen}
            options={renewable.map((each) => ({ value: each.connectionId, label: each.handle }))}
          />
        </div>
        <div className="flex flex-wrap gap-2 pt-6">
          <Button isBusy={fail.isPending} onClick={() => fail.change({ connectionId, isFailing: !isFailing })}>
            {isFailing ? t('tour.sandbox.mend-one') : t('tour.sandbox.fail-one')}
          </Button>
          <Button
            isBusy={expire.isPending}
            onClick={() => expire.mutate({ connectionId }, { onSuccess: ({ handle }) => tell(t('tour.sandbox.expired', { handle })) })}
          >
            {t('tour.sandbox.expire-one')}
          </Button>
        </div>
      </div>
      <p className="-mt-6 text-small text-ink-3">{t('tour.sandbox.one-hint')}</p>
      {status.failing.length === 0 ? null : (
        <div className="flex flex-wrap gap-2">
          {status.failing.map(({ connectionId: failing, handle }) => (
            <Chip
              key={failing}
              variant="missing"
              removeName={t('tour.sandbox.failing-remove', { handle })}
              onRemove={() => fail.change({ connectionId: failing, isFailing: false })}
            >
              {t('tour.sandbox.failing', { handle })}
            </Chip>
          ))}
        </div>
      )}
      {error === null ? null : <ErrorNotice error={error} title={t('tour.sandbox.failed')} />}
    </>
  )
}

/** Renewals that fail, of all connections or of one; the address `settings/sandbox/renewal` brings them into sight. */
export const RenewalFaults = ({
  status,
  isAll,
  onAll,
}: {
  readonly status: SandboxStatus
  readonly isAll: boolean
  readonly onAll: (isAll: boolean) => void
}) => {
  const [location] = useLocation()
  const box = useRef<HTMLDivElement>(null)
  const isWanted = location === `${paths.settings}/sandbox/renewal`
  useEffect(() => {
    if (isWanted) box.current?.scrollIntoView({ block: 'center' })
  }, [isWanted])
  return (
    <div ref={box}>
      <SwitchGroup title={t('tour.sandbox.renewing')}>
        <SwitchBox>
          <Switch label={t('tour.sandbox.refresh-all')} hint={t('tour.sandbox.refresh-all-hint')} isOn={isAll} onChange={onAll} />
        </SwitchBox>
        <SwitchBox>
          <OneConnection status={status} />
        </SwitchBox>
      </SwitchGroup>
    </div>
  )
}
