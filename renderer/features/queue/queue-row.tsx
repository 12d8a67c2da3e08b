import type { ReactNode } from 'react'
import type { QueueItem } from '#shared/contract/queue'
import { tellingName } from '#shared/telling-name'
import { rich, t } from '#renderer/messages/translate.ts'
import { useRead } from '../../api/use-api.ts'
import { cx } from '../../ui/class-names.ts'
import { LogoTile } from '../../ui/logo-tile.tsx'
import { StatusGlyph } from '../../ui/status-glyph.tsx'
import { glyphOf, reasonOf } from './queue-words.ts'

/** Who answered and what a terminal calls it. */
const Account = ({ connectionId }: { readonly connectionId: string }) => {
  const { data } = useRead('connections.get', { connectionId })
  if (data === undefined) return null
  const who = tellingName(data.identity)
  return (
    <>
      {who === null ? null : <bdi className="break-words">{who} · </bdi>}
      <span className="font-mono text-caption break-all">{data.handle}</span>
    </>
  )
}

const words = (item: QueueItem, name: string): ReactNode => {
  switch (item.state) {
    case 'waiting':
    case 'running':
      return null
    case 'connected':
      return item.connectionId === null ? null : <Account connectionId={item.connectionId} />
    case 'failed':
      return reasonOf(item, name)
    case 'skipped':
      return t('queue.item.skipped')
    case 'cancelled':
      return t('queue.item.cancelled')
  }
}

/** One account of a queue: its socket, how it stands, and below it the sign-in while it is its turn. */
export const QueueRow = ({
  item,
  name,
  isNext,
  action,
  children,
}: {
  readonly item: QueueItem
  readonly name: string
  /** The first that waits. */
  readonly isNext: boolean
  readonly action?: ReactNode
  readonly children?: ReactNode
}) => {
  const text = words(item, name)
  const isFailed = item.state === 'failed'
  return (
    <li
      data-position={item.position}
      aria-current={item.state === 'running' ? 'step' : undefined}
      className="flex flex-col gap-1 border-b border-line py-2 last:border-b-0"
    >
      <div className="flex min-h-8 items-start gap-2.5">
        <span className="flex h-8 flex-none items-center">
          <StatusGlyph glyph={glyphOf(item)} />
        </span>
        <span className="flex h-8 flex-none items-center">
          <LogoTile connectorId={item.connectorId} name={name} />
        </span>
        <div className="flex min-h-8 min-w-0 flex-1 flex-col justify-center">
          <span className="flex min-w-0 items-baseline gap-2">
            <span className={cx('min-w-0 truncate', item.state === 'waiting' || item.state === 'cancelled' ? 'text-ink-2' : 'font-medium')}>
              {item.label === null ? (
                <bdi>{name}</bdi>
              ) : (
                rich('queue.row.named', {
                  name: <bdi>{name}</bdi>,
                  label: <bdi className="font-normal text-ink-2">{item.label}</bdi>,
                })
              )}
            </span>
            <span
              className={cx(
                'ml-auto flex-none text-small',
                isFailed ? 'text-attention' : item.state === 'running' ? 'text-pending' : 'text-ink-3',
              )}
            >
              {isNext ? t('queue.state.next') : t(`queue.state.${item.state}`)}
            </span>
          </span>
          {text === null ? null : <span className="text-small break-words text-ink-2">{text}</span>}
        </div>
        {action === undefined ? null : <span className="flex h-8 flex-none items-center">{action}</span>}
      </div>
      {children === undefined ? null : <div className="pl-[26px]">{children}</div>}
    </li>
  )
}
