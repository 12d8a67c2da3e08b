import type { ReactNode } from 'react'
import { t } from '#renderer/messages/translate.ts'
import { cx } from '../../ui/class-names.ts'
import { type Identity, identityLines, initialsOf } from './identity-words.ts'

/** One account where it is decided upon: nothing of it is cut, it wraps. `isNew` gives it the edge of attention. */
export const IdentityCard = ({
  title,
  identity,
  foot,
  isNew = false,
  showsId = false,
}: {
  readonly title: string
  readonly identity: Identity | null
  readonly foot: ReactNode
  readonly isNew?: boolean
  /** Also by its id: two that are called the same. */
  readonly showsId?: boolean
}) => {
  const lines = identityLines(identity)
  return (
    <section
      aria-label={title}
      className={cx(
        'flex min-w-0 flex-1 flex-col gap-2 rounded-8 border bg-surface px-3 py-2.5 short:gap-1 short:py-2',
        isNew ? 'border-attention' : 'border-line',
      )}
    >
      <h3 className="text-small text-ink-2">{title}</h3>
      <div className="flex min-w-0 items-start gap-2.5">
        <span
          aria-hidden="true"
          className="grid size-8 flex-none place-items-center rounded-full border border-line bg-sunken text-small font-medium text-ink-1"
        >
          {lines === null ? '?' : initialsOf(lines.name)}
        </span>
        <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          <p className="font-medium text-ink-1">{lines === null ? t('connect.decide.unknown') : <bdi>{lines.name}</bdi>}</p>
          {lines?.detail == null ? null : (
            <p className="text-small text-ink-2">
              <bdi>{lines.detail}</bdi>
            </p>
          )}
          {lines?.workspace == null ? null : (
            <p className="text-small text-ink-2">
              <bdi>{lines.workspace}</bdi>
            </p>
          )}
          {lines?.accountId == null || !(showsId || lines.detail === null) ? null : (
            <p className="font-mono text-caption text-ink-2">
              <bdi>{lines.accountId}</bdi>
            </p>
          )}
        </div>
      </div>
      <p className="mt-auto text-small text-ink-2">{foot}</p>
    </section>
  )
}
