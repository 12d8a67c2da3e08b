import { existsSync } from 'node:fs'

const PROGRAMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** An installed Chromium, or null where there is none. */
export const chromiumPath = (): string | null => PROGRAMS.find((path) => existsSync(path)) ?? null

/**
 * What draws pages where nobody looks: the same engine without the frame of a browser around it, which takes half of the time; else the
 * whole browser. PATCHBAY_TEST_BROWSER names another one.
 */
export const headlessPath = (): string | null =>
  [process.env['PATCHBAY_TEST_BROWSER'] ?? '', '/usr/bin/chromium-headless-shell'].find((path) => path !== '' && existsSync(path)) ??
  chromiumPath()
