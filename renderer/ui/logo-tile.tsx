import { createElement } from 'react'
import { cx } from './class-names.ts'
import { connectorGlyph } from './connector-glyphs.ts'
import { useConnectorIcon } from './connector-icons.ts'
import { monogram } from './monogram.ts'

const SIZES = {
  24: { tile: 'size-6 rounded-6 text-[10px]', icon: 'size-3.5', wide: 'size-5', glyph: null, initials: '' },
  32: {
    tile: 'size-8 rounded-8 text-[11px]',
    icon: 'size-[18px]',
    wide: 'size-6',
    glyph: 'size-2.5 right-[3px] bottom-[3px]',
    initials: 'pr-2 pb-2.5',
  },
  40: {
    tile: 'size-10 rounded-10 text-[14px]',
    icon: 'size-6',
    wide: 'size-8',
    glyph: 'size-3.5 right-1 bottom-1',
    initials: 'pr-2 pb-2.5',
  },
} as const

/**
 * A connector's mark in ink on a sunken tile; without one the monogram of its name, and beside it the glyph of its family where there
 * is room for both. Decoration: the name stands beside it.
 */
export const LogoTile = ({
  connectorId,
  name,
  size = 24,
}: {
  readonly connectorId: string
  readonly name: string
  readonly size?: keyof typeof SIZES
}) => {
  const icon = useConnectorIcon(connectorId)
  const shape = SIZES[size]
  const glyph = icon?.kind === 'glyph' && shape.glyph !== null ? connectorGlyph(icon.name) : null
  return (
    <span
      aria-hidden="true"
      className={cx(
        'relative inline-grid flex-none place-items-center overflow-hidden border border-line bg-sunken leading-none font-semibold text-ink-1 select-none',
        shape.tile,
      )}
    >
      {icon?.kind === 'mark' ? (
        <svg viewBox="0 0 24 24" fill="currentColor" className={icon.isWide ? shape.wide : shape.icon}>
          <path d={icon.path} />
        </svg>
      ) : (
        <span className={glyph === null ? undefined : shape.initials}>{monogram(name)}</span>
      )}
      {glyph === null ? null : createElement(glyph, { className: cx('absolute text-ink-3', shape.glyph) })}
    </span>
  )
}
