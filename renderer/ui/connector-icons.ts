import { useSyncExternalStore } from 'react'
import { type ConnectorIcon, readIcon } from './connector-icon.ts'

type Icons = Readonly<Record<string, string>>

const files = import.meta.glob<{ readonly default: unknown }>('../../resources/connector-icons.json')
const listeners = new Set<() => void>()
let icons: Icons | null = null
let isAsked = false

const isIcons = (value: unknown): value is Icons =>
  typeof value === 'object' && value !== null && Object.values(value).every((path) => typeof path === 'string')

const load = async (): Promise<void> => {
  const [read] = Object.values(files)
  if (read === undefined) return
  const content = (await read()).default
  if (!isIcons(content)) return
  icons = content
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  if (!isAsked) {
    isAsked = true
    load().catch(() => {
      isAsked = false
    })
  }
  return () => listeners.delete(listener)
}

/** How a connector is shown, or null: not there, or not loaded yet. */
export const useConnectorIcon = (connectorId: string): ConnectorIcon | null => {
  const loaded = useSyncExternalStore(subscribe, () => icons)
  const entry = loaded !== null && Object.hasOwn(loaded, connectorId) ? loaded[connectorId] : undefined
  return entry === undefined ? null : readIcon(entry)
}
