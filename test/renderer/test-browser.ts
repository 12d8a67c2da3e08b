import { existsSync } from 'node:fs'
import { type Browser, chromium } from '@playwright/test'

/** An installed Chromium, or null where there is none. */
export const chromiumPath = (): string | null =>
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ?? null

/** A headless browser that reaches this computer only. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(chromiumPath() === null ? {} : { executablePath: chromiumPath() as string }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
    ],
  })
