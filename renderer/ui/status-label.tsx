import type { ConnectionStatus } from '#shared/contract/connections'
import { cx } from './class-names.ts'
import { GLYPH_COLOR, StatusGlyph } from './status-glyph.tsx'
import { statusWord } from './status-words.ts'

/** Glyph, word and at most three words of cause. */
export const StatusLabel = ({
  status,
  cause = null,
  size = 16,
}: {
  readonly status: ConnectionStatus
  readonly cause?: string | null
  readonly size?: 14 | 16
}) => (
  <span className="flex min-w-0 items-center gap-1.5">
    <StatusGlyph glyph={status} size={size} />
    <span className={cx('font-medium', status === 'connected' ? 'text-ink-1' : GLYPH_COLOR[status])}>{statusWord(status)}</span>
    {cause === null ? null : (
      <span className={cx('truncate text-ink-3', /^\d+:/.test(cause) && 'tabular-nums')} title={cause}>
        {cause}
      </span>
    )}
  </span>
)
