import { ChevronDown, Download } from 'lucide-react'
import type { AuditCaller } from '#shared/contract/audit'
import type { Domain } from '#shared/contract/contract'
import { t } from '#renderer/messages/translate.ts'
import { Button } from '#renderer/ui/button.tsx'
import { Menu, MenuChoices, MenuItem } from '#renderer/ui/menu.tsx'
import { type AuditFilter, isFiltered, NO_FILTER, OUTCOMES, type Span, SPANS } from './audit-filter.ts'

const ANY = ''
const CALLERS: readonly AuditCaller[] = ['automation', 'ui', 'cli', 'unproven']

/** What calls are about, most wanted first. */
const DOMAINS: readonly Domain[] = [
  'connections',
  'connect',
  'grants',
  'bulk',
  'sync',
  'integrations',
  'profiles',
  'vault',
  'backup',
  'settings',
  'system',
  'audit',
]

/** One thing to keep the list to: the button says what, its menu offers the values. */
const One = ({
  name,
  chosen,
  items,
  value,
  onChoose,
}: {
  readonly name: string
  /** The value that is chosen, in words; null where any is shown. */
  readonly chosen: string | null
  readonly items: readonly { readonly value: string; readonly label: string }[]
  readonly value: string | null
  readonly onChoose: (value: string | null) => void
}) => (
  <Menu
    align="start"
    trigger={
      <Button size="small" variant="quiet" className={chosen === null ? '' : 'bg-active text-ink-1'}>
        <span className="max-w-48 truncate">{chosen === null ? name : t('automation.filter.is', { name, value: chosen })}</span>
        <ChevronDown aria-hidden="true" className="size-3.5" />
      </Button>
    }
  >
    <MenuChoices
      name={name}
      items={[
        { value: ANY, label: t('automation.filter.any') },
        ...items.map((item) => ({ value: item.value, label: <bdi>{item.label}</bdi> })),
      ]}
      value={value ?? ANY}
      onValueChange={(next) => onChoose(next === ANY ? null : next)}
    />
  </Menu>
)

export interface FilterNames {
  readonly programs: ReadonlyMap<string, string>
  readonly connections: ReadonlyMap<string, string>
}

/** What the audit is kept to: who, which connection, what came of it, which method, since when; and the file of what is shown. */
export const AuditFilterBar = ({
  filter,
  names,
  isExporting,
  onFilter,
  onExport,
}: {
  readonly filter: AuditFilter
  readonly names: FilterNames
  readonly isExporting: boolean
  readonly onFilter: (filter: AuditFilter) => void
  readonly onExport: (format: 'ndjson' | 'csv') => void
}) => {
  const change = (part: Partial<AuditFilter>): void => onFilter({ ...filter, ...part })
  const who = filter.clientId === null ? (filter.caller === null ? null : `caller ${filter.caller}`) : `client ${filter.clientId}`
  const callers = CALLERS.map((caller) => ({ value: `caller ${caller}`, label: t(`automation.who.${caller}`) }))
  const programs = [...names.programs].map(([clientId, label]) => ({ value: `client ${clientId}`, label }))
  const spans = SPANS.map((value) => ({ value, label: t(`automation.filter.span-${value}`) }))
  const outcomes = OUTCOMES.map((value) => ({ value, label: t(`automation.outcome.${value}`) }))
  const domains = DOMAINS.map((domain) => ({ value: `${domain}.`, label: `${domain}.*` }))
  const connections = [...names.connections].map(([value, label]) => ({ value, label }))
  const labelOf = (items: readonly { readonly value: string; readonly label: string }[], value: string | null): string | null =>
    value === null ? null : (items.find((item) => item.value === value)?.label ?? value.replace(/^\w+ /, ''))
  return (
    <div
      role="toolbar"
      aria-label={t('automation.filter.name')}
      className="flex min-h-11 flex-none flex-wrap items-center gap-1.5 border-b border-line px-4 py-2"
    >
      <One
        name={t('automation.filter.who')}
        chosen={labelOf([...callers, ...programs], who)}
        items={[...callers, ...programs]}
        value={who}
        onChoose={(next) => {
          const [kind, id = ''] = next?.split(' ') ?? []
          change({ clientId: kind === 'client' ? id : null, caller: CALLERS.find((caller) => kind === 'caller' && caller === id) ?? null })
        }}
      />
      <One
        name={t('automation.column.connection')}
        chosen={labelOf(connections, filter.connectionId)}
        items={connections}
        value={filter.connectionId}
        onChoose={(connectionId) => change({ connectionId })}
      />
      <One
        name={t('automation.audit.outcome')}
        chosen={labelOf(outcomes, filter.outcome)}
        items={outcomes}
        value={filter.outcome}
        onChoose={(next) => change({ outcome: OUTCOMES.find((one) => one === next) ?? null })}
      />
      <One
        name={t('automation.audit.method')}
        chosen={labelOf(domains, filter.method)}
        items={domains}
        value={filter.method}
        onChoose={(method) => change({ method })}
      />
      <One
        name={t('automation.filter.time')}
        chosen={labelOf(spans, filter.span)}
        items={spans}
        value={filter.span}
        onChoose={(next) => change({ span: SPANS.find((one): one is Span => one === next) ?? null })}
      />
      {filter.grantId === null ? null : (
        <Button size="small" variant="quiet" className="bg-active text-ink-1" onClick={() => change({ grantId: null })}>
          {t('automation.filter.one-grant')}
        </Button>
      )}
      {isFiltered(filter) ? (
        <Button size="small" variant="ghost" onClick={() => onFilter(NO_FILTER)}>
          {t('automation.filter.clear')}
        </Button>
      ) : null}
      <span className="flex-1" />
      <Menu
        trigger={
          <Button size="small" icon={Download} isBusy={isExporting}>
            {t('automation.export.do')}
          </Button>
        }
      >
        <MenuItem onClick={() => onExport('csv')}>{t('automation.export.csv')}</MenuItem>
        <MenuItem onClick={() => onExport('ndjson')}>{t('automation.export.ndjson')}</MenuItem>
      </Menu>
    </div>
  )
}
