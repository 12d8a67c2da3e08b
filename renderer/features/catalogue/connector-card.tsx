import { Ban } from 'lucide-react'
import { Link } from 'wouter'
import type { Connector } from '#shared/contract/catalogue'
import type { ConnectorCount } from '#shared/contract/connections'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { statusWord } from '../../ui/status-words.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import { accountName, accountWords } from './account-counts.ts'
import { metaWords } from './connector-words.ts'

/** One connector: name, kind, accounts (a link to them), and the one thing to do. Its button is what arrow keys move between; the card wears the focus. */
export const ConnectorCard = ({
  connector,
  account,
  isCurrent,
  onConnect,
  onDetails,
  onFocus,
}: {
  readonly connector: Connector
  readonly account: ConnectorCount | null
  /** The one that Tab reaches. */
  readonly isCurrent: boolean
  readonly onConnect: () => void
  readonly onDetails: () => void
  readonly onFocus: () => void
}) => {
  const { connectorId, name, readiness } = connector
  const isReady = readiness === 'ready'
  const verb = isReady ? (account === null ? 'Connect' : 'Add another') : readiness === 'needs_integration' ? 'Set up' : 'Not from here'
  const label = isReady
    ? account === null
      ? `Connect ${name}`
      : `Add another account of ${name}`
    : readiness === 'needs_integration'
      ? `Set up ${name}`
      : `Not from here: why ${name} cannot be connected`
  return (
    <article
      aria-label={name}
      className="flex h-16 min-w-0 items-center gap-3 rounded-8 border border-line bg-surface px-3 transition-colors hover:border-line-strong has-[[data-card]:focus-visible]:outline-2 has-[[data-card]:focus-visible]:outline-accent"
    >
      <LogoTile connectorId={connectorId} name={name} size={32} />
      <div className="flex min-w-0 flex-1 flex-col">
        <span className={cx('truncate font-medium', readiness === 'not_from_here' && 'text-ink-2')} title={name}>
          <bdi>{name}</bdi>
        </span>
        <span className="truncate text-small text-ink-3" title={metaWords(connector)}>
          {metaWords(connector)}
        </span>
      </div>
      {account === null ? null : (
        <Tooltip text={account.count === 1 ? 'Show the account' : 'Show the accounts'}>
          <Link
            href={paths.connectionsOf(connectorId)}
            tabIndex={isCurrent ? 0 : -1}
            aria-label={`${statusWord(account.worstStatus)}: ${accountName(account, name)}`}
            onFocus={onFocus}
            className="-mr-1 flex h-7 flex-none items-center gap-1.5 rounded-6 px-2 text-small text-ink-2 tabular-nums transition-colors hover:bg-hover hover:text-ink-1 hover:[--glyph-cut:var(--hover)]"
          >
            <StatusGlyph glyph={account.worstStatus} size={12} />
            {accountWords(account)}
          </Link>
        </Tooltip>
      )}
      <Button
        data-card={connectorId}
        tabIndex={isCurrent ? 0 : -1}
        size="small"
        variant={isReady ? 'secondary' : 'ghost'}
        {...(readiness === 'not_from_here' ? { icon: Ban } : {})}
        aria-label={label}
        onFocus={onFocus}
        onClick={isReady ? onConnect : onDetails}
        className={cx(
          'outline-none',
          isReady &&
            account === null &&
            'in-[article:focus-within]:border-accent-solid in-[article:focus-within]:bg-accent-solid in-[article:focus-within]:text-on-accent',
        )}
      >
        {verb}
        {readiness === 'needs_integration' ? '…' : ''}
      </Button>
    </article>
  )
}
