import { ShieldCheck, TriangleAlert } from 'lucide-react'
import type { Flow } from '#shared/contract/connect'
import { tellingName } from '#shared/telling-name'
import { rich, t } from '#renderer/messages/translate.ts'
import type { Identity } from './identity-words.ts'
import { keepReason } from './start-trouble.tsx'

/** Said while a reconnect waits: as whom to sign in, and whether another account could be undone. */
export const KeptAside = ({
  reconnect,
  identity,
}: {
  readonly reconnect: NonNullable<Flow['reconnect']>
  /** Who the account is, as far as it is known. */
  readonly identity: Identity | null
}) => {
  const who = tellingName(identity)
  const Icon = reconnect.canPutBack ? ShieldCheck : TriangleAlert
  return (
    <div className="flex flex-col gap-1 border-t border-line pt-3 text-small text-ink-2">
      <p>
        {who === null
          ? t('connect.again.unknown-before')
          : rich('connect.again.sign-in-as', { who: <bdi className="font-medium text-ink-1 [overflow-wrap:anywhere]">{who}</bdi> })}
      </p>
      <p className="flex gap-2">
        <Icon
          aria-hidden="true"
          className={reconnect.canPutBack ? 'mt-px size-3.5 flex-none' : 'mt-px size-3.5 flex-none text-attention'}
        />
        <span>
          {reconnect.canPutBack ? t('connect.again.kept-aside') : `${keepReason(reconnect.reason)} ${t('connect.again.only-replace')}`}
        </span>
      </p>
    </div>
  )
}
