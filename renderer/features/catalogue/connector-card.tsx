import { Ban, Check, Info } from 'lucide-react'
import { Link } from 'wouter'
import type { Connector } from '#shared/contract/catalogue'
import type { ConnectorCount } from '#shared/contract/connections'
import { t } from '#renderer/messages/translate.ts'
import { paths } from '../../paths.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { statusWord } from '../../ui/status-words.ts'
import { Tooltip } from '../../ui/tooltip.tsx'
import { accountName, accountWords } from './account-counts.ts'
import { metaWords } from './connector-words.ts'

/** The way to sign in and the category, in two lines where one has no room; the dot between them goes with the break. */
const Meta = ({ connector }: { readonly connector: Connector }) => (
  <span className="overflow-x-clip text-small text-ink-3" title={metaWords(connector).join(' · ')}>
    <span className="-ml-3 flex flex-wrap">
      {metaWords(connector).map((words) => (
        <span key={words} className="relative min-w-0 truncate pl-3 before:absolute before:left-1 before:content-['·']">
          {words}
        </span>
      ))}
    </span>
  </span>
)

/** The box that chooses a connector, at the corner of its logo, which is pressed as well: seen under the pointer, with the focus, and while any is chosen. */
const ChoiceBox = ({
  name,
  isChosen,
  isSeen,
  isCurrent,
  onChoose,
  onFocus,
}: {
  readonly name: string
  readonly isChosen: boolean
  readonly isSeen: boolean
  readonly isCurrent: boolean
  readonly onChoose: () => void
  readonly onFocus: () => void
}) => (
  <button
    type="button"
    role="checkbox"
    aria-checked={isChosen}
    aria-label={t('catalogue.card.choose', { name })}
    tabIndex={isCurrent ? 0 : -1}
    onFocus={onFocus}
    onClick={onChoose}
    className={cx('absolute -inset-1.5 rounded-8 group-focus-within/card:opacity-100 group-hover/card:opacity-100', !isSeen && 'opacity-0')}
  >
    <span
      className={cx(
        'absolute bottom-0 left-0 grid size-4 place-items-center rounded-4 border text-on-accent',
        isChosen ? 'border-accent-solid bg-accent-solid' : 'border-line-control bg-surface',
      )}
    >
      {isChosen ? <Check aria-hidden="true" className="size-3 stroke-[2.5]" /> : null}
    </span>
  </button>
)

/** One connector: name, kind, accounts (a link to them), and the one thing to do. Its button is what arrow keys move between; the card wears the focus. */
export const ConnectorCard = ({
  connector,
  account,
  isCurrent,
  isChosen,
  hasChosen,
  onChoose,
  onConnect,
  onDetails,
  onAbout,
  onFocus,
}: {
  readonly connector: Connector
  readonly account: ConnectorCount | null
  /** The one that Tab reaches. */
  readonly isCurrent: boolean
  readonly isChosen: boolean
  /** Some connector is chosen: every card shows its box. */
  readonly hasChosen: boolean
  /** Chooses it, or leaves it out again. */
  readonly onChoose: () => void
  readonly onConnect: () => void
  /** Sets it up, or says why it cannot be connected. */
  readonly onDetails: () => void
  readonly onAbout: () => void
  readonly onFocus: () => void
}) => {
  const { connectorId, name, readiness } = connector
  const isReady = readiness === 'ready'
  const [verb, label] = isReady
    ? account === null
      ? [t('catalogue.card.connect'), t('catalogue.card.connect-name', { name })]
      : [t('catalogue.card.add'), t('catalogue.card.add-name', { name })]
    : readiness === 'needs_integration'
      ? [t('catalogue.card.set-up'), t('catalogue.card.set-up-name', { name })]
      : [t('catalogue.card.not-from-here'), t('catalogue.card.not-from-here-name', { name })]
  return (
    <article
      aria-label={name}
      className={cx(
        'group/card flex h-16 min-w-0 items-center gap-3 rounded-8 border px-3 transition-colors hover:border-line-strong has-[[data-card]:focus-visible]:outline-2 has-[[data-card]:focus-visible]:outline-accent',
        isChosen ? 'border-accent bg-selected [--glyph-cut:var(--selected)]' : 'border-line bg-surface',
      )}
    >
      <span className="relative flex flex-none">
        <LogoTile connectorId={connectorId} name={name} size={32} />
        <ChoiceBox name={name} isChosen={isChosen} isSeen={hasChosen} isCurrent={isCurrent} onChoose={onChoose} onFocus={onFocus} />
      </span>
      <div className="flex min-w-0 flex-1 flex-col">
        <span className={cx('truncate font-medium', readiness === 'not_from_here' && 'text-ink-2')} title={name}>
          <bdi>{name}</bdi>
        </span>
        <Meta connector={connector} />
      </div>
      {readiness === 'not_from_here' ? null : (
        <IconButton
          icon={Info}
          name={t('catalogue.card.about', { name })}
          tabIndex={isCurrent ? 0 : -1}
          onFocus={onFocus}
          onClick={onAbout}
          className="-mx-2 text-ink-3"
        />
      )}
      {account === null ? null : (
        <Tooltip text={t('catalogue.accounts.show', { count: account.count })}>
          <Link
            href={paths.connectionsOf(connectorId)}
            tabIndex={isCurrent ? 0 : -1}
            aria-label={accountName(account, statusWord(account.worstStatus), name)}
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
      </Button>
    </article>
  )
}
