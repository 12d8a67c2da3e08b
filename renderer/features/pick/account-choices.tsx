import { RadioGroup } from '@base-ui/react/radio-group'
import type { Ref } from 'react'
import type { PickAccount } from '#shared/contract/connection-picks'
import { tellingName } from '#shared/telling-name'
import { t } from '#renderer/messages/translate.ts'
import { Chip } from '../../ui/chip.tsx'
import { fullName } from '../../ui/full-name.ts'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { RadioDot } from '../../ui/radio-dot.tsx'
import { StatusLabel } from '../../ui/status-label.tsx'
import { statusWord } from '../../ui/status-words.ts'

/** The accounts to choose from, each with its logo, label, identity and status; arrow keys move between them. */
export const AccountChoices = ({
  accounts,
  chosen,
  onChoose,
  nameOf,
  ref,
}: {
  readonly accounts: readonly PickAccount[]
  readonly chosen: string | null
  readonly onChoose: (connectionId: string) => void
  readonly nameOf: (connectorId: string) => string
  /** The one that is chosen, else the first. */
  readonly ref: Ref<HTMLElement>
}) => {
  const marked = chosen ?? accounts[0]?.connectionId
  return (
    <RadioGroup
      aria-label={t('pick.accounts')}
      value={chosen}
      onValueChange={(next) => onChoose(String(next))}
      className="max-h-72 short:max-h-47 divide-y divide-line overflow-y-auto rounded-8 border border-line"
    >
      {accounts.map((account) => {
        const { connectionId, connectorId, handle, status, isDefault } = account
        const connectorName = nameOf(connectorId)
        const name = fullName(account, connectorName)
        const identity = tellingName(account.identity)
        return (
          <label
            key={connectionId}
            className="flex min-h-13 items-center gap-3 bg-surface px-3 py-2 transition-colors hover:bg-hover has-data-checked:bg-selected"
          >
            <RadioDot
              ref={connectionId === marked ? ref : undefined}
              value={connectionId}
              data-connection={connectionId}
              aria-label={[name, identity, handle, statusWord(status)].filter((part) => part !== null).join(', ')}
            />
            <LogoTile connectorId={connectorId} name={connectorName} size={32} />
            <span className="flex min-w-0 flex-1 flex-col">
              <span className="flex min-w-0 items-center gap-2">
                <bdi className="truncate font-medium text-ink-1">{name}</bdi>
                {isDefault ? <Chip>{t('pick.default')}</Chip> : null}
              </span>
              <span className="flex min-w-0 items-center gap-2 text-small text-ink-2">
                {identity === null ? null : (
                  <bdi className="max-w-3/4 flex-none truncate" title={identity}>
                    {identity}
                  </bdi>
                )}
                <bdi className="truncate font-mono" title={handle}>
                  {handle}
                </bdi>
              </span>
            </span>
            <span className="flex-none text-small">
              <StatusLabel status={status} size={14} />
            </span>
          </label>
        )
      })}
    </RadioGroup>
  )
}
