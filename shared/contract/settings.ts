import { z } from 'zod'
import { method, person } from './define.ts'

export const Settings = z.object({
  /** What the window speaks; `system` follows the languages of the browser or the desktop. */
  language: z.enum(['system', 'en', 'de']),
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['regular', 'compact']),
  /** Keys such as C and R act on their own while no text field has the focus. */
  singleKeyShortcuts: z.boolean(),
  /** How a sign-in page is opened where the provider allows both. */
  connectVia: z.enum(['browser', 'window']),
  /** How much the log tells; `environment` is what LOG_LEVEL says. `debug` turns itself off after an hour. */
  logLevel: z.enum(['environment', 'error', 'warn', 'info', 'debug']),
})
export type Settings = z.output<typeof Settings>

/** What holds before anybody chose. */
export const DEFAULT_SETTINGS: Settings = {
  language: 'system',
  logLevel: 'environment',
  theme: 'system',
  density: 'regular',
  singleKeyShortcuts: true,
  connectVia: 'browser',
}

export const settings = {
  get: method({
    summary: 'The preferences that are not secret.',
    access: 'read',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: Settings,
  }),
  update: method({
    summary: 'Changes preferences; what is not named stays.',
    access: 'admin',
    callers: person,
    worksWhileLocked: true,
    params: Settings.partial(),
    result: Settings,
  }),
}

export const settingsEvents = { 'settings.changed': z.object({}) }
