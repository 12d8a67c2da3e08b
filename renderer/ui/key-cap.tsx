import { cx } from './class-names.ts'

/** The key that does it. `isBare`: inside a button, without an edge. Hidden from assistive technology, which hears aria-keyshortcuts. */
export const KeyCap = ({ keys, isBare = false }: { readonly keys: string; readonly isBare?: boolean }) => (
  <kbd
    aria-hidden="true"
    className={cx(
      'inline-grid flex-none place-items-center font-sans text-caption',
      isBare ? 'h-4 font-medium opacity-80' : 'h-5 min-w-5 rounded-4 border border-line-strong px-1 text-ink-2',
    )}
  >
    {keys}
  </kbd>
)
