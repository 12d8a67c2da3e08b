import type { LucideIcon } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { isCovered } from '#renderer/ui/is-covered.ts'

/** One key of the view that is open: `c`, `g c` (one after the other), `Mod+1`, `ArrowDown`, `?`; empty: the palette does it, no key. */
export interface KeyBinding {
  readonly keys: string
  /** What it does, for the list behind `?`. */
  readonly does: string
  readonly run: () => void
  /** Stands before it in the palette. */
  readonly icon?: LucideIcon
  /** The name of what it acts on; null while there is nothing. */
  readonly on?: string | null
  /** Makes sense as a key only: the palette leaves it out. */
  readonly isMove?: boolean
  /** Goes to another page. */
  readonly isPlace?: boolean
  /** Also works while single keys are switched off. */
  readonly isAlways?: boolean
  /** Also works over a sheet. */
  readonly isAnywhere?: boolean
  /** The same as another key, for another keyboard: left out of the list. */
  readonly isAlias?: boolean
}

/** What of a key press decides. */
export interface Press {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** The name of a press: `Mod+Shift+l` with Ctrl or Cmd, otherwise the key; null where another modifier makes it someone else's. */
export const pressName = ({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): string | null => {
  if (altKey) return null
  const name = key.length === 1 ? key.toLowerCase() : key
  if (ctrlKey || metaKey) return `Mod+${shiftKey ? 'Shift+' : ''}${name}`
  return name
}

/** Finds what a press runs, given the key pressed just before it. Later maps win. */
export const findBinding = (
  maps: readonly (readonly KeyBinding[])[],
  press: string,
  before: string | null,
  areSingleKeysOn: boolean,
): KeyBinding | null => {
  const wanted = before === null ? [press] : [`${before} ${press}`, press]
  for (const keys of wanted) {
    for (const map of maps.toReversed()) {
      const found = map.find((binding) => binding.keys === keys)
      if (found !== undefined && (areSingleKeysOn || found.isAlways === true || keys.startsWith('Mod+'))) return found
    }
  }
  return null
}

/** Whether a press is the first half of a pair such as `g c`. */
export const isPrefix = (maps: readonly (readonly KeyBinding[])[], press: string): boolean =>
  maps.some((map) => map.some((binding) => binding.keys.startsWith(`${press} `)))

let maps: readonly { readonly current: readonly KeyBinding[] }[] = []
const listeners = new Set<() => void>()
const setMaps = (next: typeof maps): void => {
  maps = next
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Makes keys work while the component is there. Those of the frame around the pages give way to those of a page. */
export const useKeys = (bindings: readonly KeyBinding[], of: 'page' | 'frame' = 'page'): void => {
  const ref = useRef(bindings)
  useEffect(() => {
    ref.current = bindings
  })
  useEffect(() => {
    setMaps(of === 'frame' ? [ref, ...maps] : [...maps, ref])
    return () => setMaps(maps.filter((map) => map !== ref))
  }, [of])
}

const listed = (map: { readonly current: readonly KeyBinding[] }): readonly KeyBinding[] =>
  map.current.filter(({ isAlias }) => isAlias !== true)

/** What can be done now, page first. */
export const readAllKeys = (): readonly KeyBinding[] => maps.toReversed().flatMap(listed)

/** The keys that work now, page first, for the list behind `?`. */
export const useAllKeys = (): readonly KeyBinding[] =>
  useSyncExternalStore(subscribe, () => maps)
    .toReversed()
    .flatMap(listed)

const PAIR_WITHIN_MS = 1000
/** In a text field these keys are the field's own. */
const OF_FIELDS = new Set(['Mod+a'])
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

/** Listens once for the whole window; call it in the shell. */
export const useKeyDispatch = (areSingleKeysOn: boolean): void => {
  useEffect(() => {
    let before: { readonly key: string; readonly at: number } | null = null
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const name = pressName(event)
      if (name === null || (isTyping(event.target) && (OF_FIELDS.has(name) || (!name.startsWith('Mod+') && name !== 'F6')))) return
      const covered = isCovered()
      const all = maps.map((map) => (covered ? map.current.filter(({ isAnywhere }) => isAnywhere === true) : map.current))
      const first = before !== null && event.timeStamp - before.at < PAIR_WITHIN_MS ? before.key : null
      const found = findBinding(all, name, first, areSingleKeysOn)
      before = found === null && isPrefix(all, name) ? { key: name, at: event.timeStamp } : null
      if (found === null) return
      event.preventDefault()
      found.run()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [areSingleKeysOn])
}
