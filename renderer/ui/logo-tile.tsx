import { cx } from './class-names.ts'
import { useConnectorIcon } from './connector-icons.ts'
import { monogram } from './monogram.ts'

const SIZES = {
  24: { tile: 'size-6 rounded-6 text-[10px]', icon: 'size-3.5' },
  32: { tile: 'size-8 rounded-8 text-small', icon: 'size-[18px]' },
  40: { tile: 'size-10 rounded-10 text-lead', icon: 'size-6' },
} as const

/** A connector's logo in ink on a sunken tile, or the monogram of its name. Decoration: the name stands beside it. */
export const LogoTile = ({
  connectorId,
  name,
  size = 24,
}: {
  readonly connectorId: string
  readonly name: string
  readonly size?: keyof typeof SIZES
}) => {
  const path = useConnectorIcon(connectorId)
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-grid flex-none place-items-center border border-line bg-sunken leading-none font-semibold text-ink-1 select-none',
        SIZES[size].tile,
      )}
    >
      {path === null ? (
        monogram(name)
      ) : (
        <svg viewBox="0 0 24 24" fill="currentColor" className={SIZES[size].icon}>
          <path d={path} />
        </svg>
      )}
    </span>
  )
}
