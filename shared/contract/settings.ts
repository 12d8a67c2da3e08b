import { z } from 'zod'
import { Identifier, Instant } from './common.ts'
import { method, person } from './define.ts'

/** How far the guided tour of the window is. */
export const TourProgress = z.object({
  /** `new`: never offered; `left`: can be gone on with. */
  state: z.enum(['new', 'declined', 'open', 'left', 'done']),
  step: z.enum(['connect', 'break', 'explain', 'mend', 'remove', 'done']),
  /** The connection it is about, once there is one. */
  connectionId: Identifier.nullable(),
  startedAt: Instant.nullable(),
})
export type TourProgress = z.output<typeof TourProgress>

export const Settings = z.object({
  /** What the window speaks; `system` follows the languages of the browser or the desktop. */
  language: z.enum(['system', 'en', 'de']),
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['regular', 'compact']),
  /** `reduced` lets nothing slide or turn; `system` follows the desktop. */
  motion: z.enum(['system', 'reduced']),
  /** `more` darkens secondary words and draws every edge; `system` follows the desktop. */
  contrast: z.enum(['system', 'more']),
  /** The size of everything in the window, in percent. */
  zoom: z.number().int().min(80).max(200),
  /** Keys such as C and R act on their own while no text field has the focus. */
  singleKeyShortcuts: z.boolean(),
  /** How a sign-in page is opened where the provider allows both. */
  connectVia: z.enum(['browser', 'window']),
  /** How much the log tells; `environment` is what LOG_LEVEL says. `debug` turns itself off after an hour. */
  logLevel: z.enum(['environment', 'error', 'warn', 'info', 'debug']),
  /** How often connections are tried at their services without anybody asking; never where that could renew a token. */
  healthProbes: z.enum(['off', 'daily', 'weekly']),
  /** The vault is locked with the screen, where the system tells of that; programs are suspended with it. */
  locksWithScreen: z.boolean(),
  tour: TourProgress,
})
export type Settings = z.output<typeof Settings>

/** What holds before anybody chose. */
export const DEFAULT_SETTINGS: Settings = {
  language: 'system',
  logLevel: 'environment',
  theme: 'system',
  density: 'regular',
  motion: 'system',
  contrast: 'system',
  zoom: 100,
  singleKeyShortcuts: true,
  connectVia: 'browser',
  healthProbes: 'daily',
  locksWithScreen: true,
  tour: { state: 'new', step: 'connect', connectionId: null, startedAt: null },
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
