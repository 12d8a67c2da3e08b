import type { Implements } from '#shared/contract/contract'
import type { Settings } from '#shared/contract/settings'
import type { Caller } from '../caller.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { SettingsFile } from '../platform.ts'

/** The domain `settings`, kept in the host's `settings.json`. */
export const createSettingsApi = (
  file: SettingsFile,
  bus: EventBus,
  onWritten: (settings: Settings) => void,
): Implements<'settings', Caller> => ({
  get: () => file.read(),
  update: (change) => {
    const present = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const written = file.write(present)
    onWritten(written)
    bus.publishChange({ type: 'settings.changed', data: {} })
    return written
  },
})
