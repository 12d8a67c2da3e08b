import { Terminal } from 'lucide-react'
import { cx } from '#renderer/ui/class-names.ts'

/** The mark of any program: none of them brings its own, which it could choose as it likes. */
export const ProgramTile = ({ size = 28 }: { readonly size?: 24 | 28 | 40 }) => (
  <span
    aria-hidden="true"
    className={cx(
      'grid flex-none place-items-center border border-line bg-sunken text-ink-1',
      size === 40 ? 'size-10 rounded-10 [&_svg]:size-5' : size === 28 ? 'size-7 rounded-6' : 'size-6 rounded-6 [&_svg]:size-3.5',
    )}
  >
    <Terminal />
  </span>
)
