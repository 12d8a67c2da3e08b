import { ArrowUpDown, Plus, SlidersHorizontal } from 'lucide-react'
import type { ConnectionCounts, OAuthMethod } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { rich, t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Menu, MenuChoices, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'
import { GROUPS, groupWords } from '#renderer/ui/status-words.ts'
import { Tabs } from '#renderer/ui/tabs.tsx'
import type { Filter, Order } from './use-connection-list.ts'
import { UNUSED_DAYS } from './unused.ts'

const ORDERS: readonly Order[] = ['status', 'name', 'connector', 'expiresAt', 'lastUsedAt']
const HOLDERS: readonly OAuthMethod[] = ['nango', 'direct']

/** Tabs with counts, chips of what is filtered, order and view options. */
export const FilterBar = ({
  filter,
  counts,
  connectors,
  nameOf,
  hasHolders,
  isNarrow,
  onFilter,
  onExpiring,
}: {
  readonly filter: Filter
  readonly counts: ConnectionCounts | null
  /** The connectors to choose from, those that have connections. */
  readonly connectors: readonly { readonly connectorId: string; readonly name: string }[]
  readonly nameOf: (connectorId: string) => string
  /** Some are held by Nango and some by this computer, so that one can choose between them. */
  readonly hasHolders: boolean
  /** The list is too narrow for words on every control. */
  readonly isNarrow: boolean
  readonly onFilter: (change: Partial<Filter>) => void
  /** Shows what runs out soon. */
  readonly onExpiring: () => void
}) => {
  const density = useRead('settings.get', {}).data?.density ?? 'regular'
  const update = useWrite('settings.update')
  const order = t(`connections.order.${filter.order}`)
  const holders = HOLDERS.map((value) => ({ value, label: t(`connections.holder.${value}`) }))
  const orders = ORDERS.map((value) => ({ value, label: t(`connections.order.${value}`) }))
  const connectorMenu =
    connectors.length === 0 ? null : (
      <>
        <MenuSeparator />
        <MenuChoices
          name={t('connections.filter.connector')}
          value={filter.connectorId ?? ''}
          onValueChange={(connectorId) => onFilter({ connectorId })}
          items={connectors.map(({ connectorId, name }) => ({ value: connectorId, label: <bdi>{name}</bdi> }))}
        />
      </>
    )
  const holderMenu =
    hasHolders || filter.oauthMethod !== null ? (
      <>
        <MenuSeparator />
        <MenuChoices
          name={t('connections.filter.held-by')}
          value={filter.oauthMethod ?? ''}
          onValueChange={(holder) => onFilter({ oauthMethod: holder === '' ? null : holder })}
          items={[{ value: '', label: t('connections.holder.any') }, ...holders]}
        />
      </>
    ) : null
  const holder = holders.find(({ value }) => value === filter.oauthMethod)?.label
  const isUnused = filter.unusedForDays !== null
  const unusedItem = (
    <MenuItem onClick={() => onFilter({ unusedForDays: isUnused ? null : UNUSED_DAYS })}>
      {t(isUnused ? 'bulk.filter.used-too' : 'bulk.filter.unused', { count: UNUSED_DAYS })}
    </MenuItem>
  )
  const expiringItem = <MenuItem onClick={onExpiring}>{t('bulk.filter.expiring')}</MenuItem>
  const orderMenu = (
    <MenuChoices
      name={t('connections.filter.order')}
      value={filter.order}
      onValueChange={(next) => onFilter({ order: next })}
      items={orders}
    />
  )
  return (
    <>
      <div className="flex h-11 flex-none items-center gap-1.5 px-4">
        <Tabs
          name={t('connections.filter.which')}
          value={filter.group}
          onValueChange={(group) => onFilter({ group })}
          isTight={isNarrow}
          items={[
            { value: 'all', label: t('connections.filter.all'), count: counts?.total ?? null },
            ...GROUPS.map((group) => ({ value: group, label: groupWords(group).name, count: counts?.byGroup[group] ?? null })),
          ]}
        />
        <span className="flex-1" />
        {isNarrow ? null : (
          <>
            <Menu
              trigger={
                <Button variant="quiet" size="small" icon={Plus}>
                  {t('connections.filter.add')}
                </Button>
              }
            >
              <MenuItem onClick={() => onFilter({ isOurs: true })}>{t('connections.filter.ours')}</MenuItem>
              {unusedItem}
              {expiringItem}
              {holderMenu}
              {connectorMenu}
            </Menu>
            <Menu
              trigger={
                <Button variant="ghost" size="small" icon={ArrowUpDown} aria-label={t('connections.filter.order-is', { order })}>
                  {order}
                </Button>
              }
            >
              {orderMenu}
            </Menu>
          </>
        )}
        <Menu trigger={<IconButton icon={SlidersHorizontal} name={t('connections.filter.view')} className="-mr-2" />}>
          {isNarrow ? (
            <>
              {orderMenu}
              <MenuSeparator />
              <MenuItem onClick={() => onFilter({ isOurs: !filter.isOurs })}>
                {t(filter.isOurs ? 'connections.filter.show-all' : 'connections.filter.only-ours')}
              </MenuItem>
              {unusedItem}
              {expiringItem}
              <MenuSeparator />
            </>
          ) : null}
          <MenuChoices
            name={t('connections.filter.rows')}
            value={density}
            onValueChange={(next) => update.mutate({ density: next })}
            items={[
              { value: 'regular', label: t('connections.filter.regular') },
              { value: 'compact', label: t('connections.filter.compact') },
            ]}
          />
          {isNarrow ? holderMenu : null}
          {isNarrow ? connectorMenu : null}
        </Menu>
      </div>
      {filter.connectorId === null && !filter.isOurs && holder === undefined && filter.unusedForDays === null ? null : (
        <div className="flex min-h-8 flex-none flex-wrap items-center gap-1.5 px-4 pb-2">
          {filter.connectorId === null ? null : (
            <Chip variant="chosen" removeName={t('connections.filter.remove-connector')} onRemove={() => onFilter({ connectorId: null })}>
              {rich('connections.filter.connector-is', { name: nameOf(filter.connectorId), b: (name) => <bdi>{name}</bdi> })}
            </Chip>
          )}
          {filter.isOurs ? (
            <Chip variant="chosen" removeName={t('connections.filter.remove')} onRemove={() => onFilter({ isOurs: false })}>
              {t('connections.filter.ours')}
            </Chip>
          ) : null}
          {filter.unusedForDays === null ? null : (
            <Chip variant="chosen" removeName={t('bulk.filter.remove-unused')} onRemove={() => onFilter({ unusedForDays: null })}>
              {t('bulk.filter.unused', { count: filter.unusedForDays })}
            </Chip>
          )}
          {holder === undefined ? null : (
            <Chip variant="chosen" removeName={t('connections.filter.remove-holder')} onRemove={() => onFilter({ oauthMethod: null })}>
              {t('connections.filter.holder-is', { holder })}
            </Chip>
          )}
        </div>
      )}
    </>
  )
}
