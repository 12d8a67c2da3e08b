import { t } from '#renderer/messages/translate.ts'
import { cx } from './class-names.ts'

const isMac = (): boolean => navigator.platform.startsWith('Mac')

/** How the key with which commands begin is written here: `⌘`, `Ctrl `, `Strg `. */
export const modKey = (): string => (isMac() ? '⌘' : `${t('ui.key.control')} `)

const CAPS: Readonly<Record<string, string>> = { ArrowDown: '↓', ArrowUp: '↑', ArrowRight: '→', ArrowLeft: '←', Enter: '↵' }

const cap = (part: string): string => {
  switch (part) {
    case 'Mod':
      return isMac() ? '⌘' : t('ui.key.control')
    case 'Shift':
      return isMac() ? '⇧' : t('ui.key.shift')
    case 'Escape':
      return t('ui.key.escape')
    case ' ':
    case 'Space':
      return t('ui.key.space')
    default:
      return CAPS[part] ?? (part.length === 1 ? part.toUpperCase() : part)
  }
}

/** The caps of a binding, `Mod+Shift+l` or `g c`, as they stand on the keyboard. */
export const keyCaps = (keys: string): readonly string[] => (keys === ' ' ? [cap(keys)] : keys.split(/ |\+(?!$)/).map(cap))

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
