import { cx } from './class-names.ts'
import { type Glyph, statusWord } from './status-words.ts'

const RING = <circle cx="8" cy="8" r="6" />
const CUT = 'stroke-(--glyph-cut)'

const shape = (glyph: Glyph) => {
  switch (glyph) {
    case 'connected':
      return (
        <>
          {RING}
          <circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />
        </>
      )
    case 'attention':
      return (
        <>
          <path d="M8 1.9 14.9 14H1.1Z" fill="currentColor" strokeWidth="1.2" strokeLinejoin="round" />
          <path d="M8 6v4" className={CUT} strokeWidth="1.6" />
          <circle cx="8" cy="12.2" r=".95" className="fill-(--glyph-cut)" stroke="none" />
        </>
      )
    case 'expired':
      return (
        <>
          {RING}
          <path d="M8 4.4V8l2.6 1.7" />
        </>
      )
    case 'error':
      return (
        <>
          <path d="M8 .9 15.1 8 8 15.1 .9 8Z" fill="currentColor" stroke="none" />
          <path d="M6 6l4 4M10 6l-4 4" className={CUT} />
        </>
      )
    case 'pending':
      return (
        <>
          <circle cx="8" cy="8" r="6" strokeDasharray="2.9 1.81" className="origin-center animate-turn" />
          <circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none" />
        </>
      )
    case 'unknown':
      return (
        <>
          <circle cx="8" cy="8" r="6" strokeDasharray=".1 2.59" strokeLinecap="round" />
          <path d="M6.3 6.5a1.7 1.7 0 1 1 2.5 1.5c-.5.3-.8.6-.8 1.2" />
          <circle cx="8" cy="11.2" r=".85" fill="currentColor" stroke="none" />
        </>
      )
    case 'paused':
      return (
        <>
          {RING}
          <path d="M6.4 5.8v4.4M9.6 5.8v4.4" />
        </>
      )
    case 'revoked':
      return (
        <>
          {RING}
          <path d="M3.9 12.1 12.1 3.9" />
        </>
      )
    case 'empty':
      return RING
  }
}

/** The colour class of each glyph. */
export const GLYPH_COLOR: Readonly<Record<Glyph, string>> = {
  connected: 'text-connected',
  attention: 'text-attention',
  expired: 'text-expired',
  error: 'text-error',
  pending: 'text-pending',
  unknown: 'text-unknown',
  paused: 'text-paused',
  revoked: 'text-revoked',
  empty: 'text-ink-3',
}

const SIZES = { 12: 'size-3', 14: 'size-3.5', 16: 'size-4', 24: 'size-6' } as const

/**
 * The socket of a status, drawn so that shape alone tells it. Cut-outs take `--glyph-cut`, which rows and notices set to their background.
 * Without `name` it is decoration beside its word.
 */
export const StatusGlyph = ({
  glyph,
  size = 16,
  name,
  color,
}: {
  readonly glyph: Glyph
  readonly size?: keyof typeof SIZES
  readonly name?: string | true
  /** A colour class instead of the status's own. */
  readonly color?: string
}) => (
  <svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    className={cx('flex-none', SIZES[size], color ?? GLYPH_COLOR[glyph])}
    {...(name === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name === true ? statusWord(glyph) : name })}
  >
    {shape(glyph)}
  </svg>
)
