import { type Browser, chromium } from '@playwright/test'
import { headlessPath } from '#test/installed-browser'

/** A headless browser that reaches this computer only. */
export const openBrowser = (): Promise<Browser> => {
  const path = headlessPath()
  return chromium.launch({
    ...(path === null ? {} : { executablePath: path }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
    ],
  })
}
