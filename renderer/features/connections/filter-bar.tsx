import { ArrowUpDown, Plus, SlidersHorizontal } from 'lucide-react'
import type { ConnectionCounts, OAuthMethod } from '#shared/contract/connections'
import { useRead, useWrite } from '#renderer/api/use-api.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Chip } from '#renderer/ui/chip.tsx'
import { IconButton } from '#renderer/ui/icon-button.tsx'
import { Menu, MenuChoices, MenuItem, MenuSeparator } from '#renderer/ui/menu.tsx'
import { GROUPS, groupWords } from '#renderer/ui/status-words.ts'
import { Tabs } from '#renderer/ui/tabs.tsx'
import type { Filter, Order } from './use-connection-list.ts'

const ORDERS: readonly { readonly value: Order; readonly label: string }[] = [
  { value: 'status', label: 'Status' },
  { value: 'name', label: 'Name' },
  { value: 'connector', label: 'Connector' },
  { value: 'expiresAt', label: 'Expires' },
  { value: 'lastUsedAt', label: 'Used' },
]

const HOLDERS: readonly { readonly value: OAuthMethod; readonly label: string }[] = [
  { value: 'nango', label: 'Nango' },
  { value: 'direct', label: 'This computer' },
]

/** Tabs with counts, chips of what is filtered, order and view options. */
export const FilterBar = ({
  filter,
  counts,
  connectors,
  nameOf,
  hasHolders,
  isNarrow,
  onFilter,
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
}) => {
  const density = useRead('settings.get', {}).data?.density ?? 'regular'
  const update = useWrite('settings.update')
  const order = ORDERS.find(({ value }) => value === filter.order)?.label ?? 'Status'
  const connectorMenu =
    connectors.length === 0 ? null : (
      <>
        <MenuSeparator />
        <MenuChoices
          name="Connector"
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
          name="Held by"
          value={filter.oauthMethod ?? ''}
          onValueChange={(holder) => onFilter({ oauthMethod: holder === '' ? null : holder })}
          items={[{ value: '', label: 'Anyone' }, ...HOLDERS]}
        />
      </>
    ) : null
  const holder = HOLDERS.find(({ value }) => value === filter.oauthMethod)?.label
  const orderMenu = (
    <MenuChoices name="Order within groups" value={filter.order} onValueChange={(next) => onFilter({ order: next })} items={ORDERS} />
  )
  return (
    <>
      <div className="flex h-11 flex-none items-center gap-1.5 px-4">
        <Tabs
          name="Which connections"
          value={filter.group}
          onValueChange={(group) => onFilter({ group })}
          isTight={isNarrow}
          items={[
            { value: 'all', label: 'All', count: counts?.total ?? null },
            ...GROUPS.map((group) => ({ value: group, label: groupWords(group).name, count: counts?.byGroup[group] ?? null })),
          ]}
        />
        <span className="flex-1" />
        {isNarrow ? null : (
          <>
            <Menu
              trigger={
                <Button variant="quiet" size="small" icon={Plus}>
                  Filter
                </Button>
              }
            >
              <MenuItem onClick={() => onFilter({ isOurs: true })}>Connected from this Patchbay</MenuItem>
              {holderMenu}
              {connectorMenu}
            </Menu>
            <Menu
              trigger={
                <Button variant="ghost" size="small" icon={ArrowUpDown} aria-label={`Order: ${order}`}>
                  {order}
                </Button>
              }
            >
              {orderMenu}
            </Menu>
          </>
        )}
        <Menu trigger={<IconButton icon={SlidersHorizontal} name="View options" className="-mr-2" />}>
          {isNarrow ? (
            <>
              {orderMenu}
              <MenuSeparator />
              <MenuItem onClick={() => onFilter({ isOurs: !filter.isOurs })}>
                {filter.isOurs ? 'Show all of this profile' : 'Only connected from this Patchbay'}
              </MenuItem>
              <MenuSeparator />
            </>
          ) : null}
          <MenuChoices
            name="Rows"
            value={density}
            onValueChange={(next) => update.mutate({ density: next })}
            items={[
              { value: 'regular', label: 'Regular' },
              { value: 'compact', label: 'Compact' },
            ]}
          />
          {isNarrow ? holderMenu : null}
          {isNarrow ? connectorMenu : null}
        </Menu>
      </div>
      {filter.connectorId === null && !filter.isOurs && holder === undefined ? null : (
        <div className="flex min-h-8 flex-none flex-wrap items-center gap-1.5 px-4 pb-2">
          {filter.connectorId === null ? null : (
            <Chip variant="chosen" removeName="Remove the connector filter" onRemove={() => onFilter({ connectorId: null })}>
              Connector: <bdi>{nameOf(filter.connectorId)}</bdi>
            </Chip>
          )}
          {filter.isOurs ? (
            <Chip variant="chosen" removeName="Remove the filter" onRemove={() => onFilter({ isOurs: false })}>
              Connected from this Patchbay
            </Chip>
          ) : null}
          {holder === undefined ? null : (
            <Chip variant="chosen" removeName="Remove the holder filter" onRemove={() => onFilter({ oauthMethod: null })}>
              Held by: {holder}
            </Chip>
          )}
        </div>
      )}
    </>
  )
}
