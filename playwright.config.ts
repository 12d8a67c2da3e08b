import { defineConfig } from '@playwright/test'
import { headlessPath } from './test/installed-browser.ts'

const browser = headlessPath()

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.test.ts',
  outputDir: 'test-results',
  // Three hosts and three browsers at a time: much of a journey is waiting. Figures are taken by the bench, not here.
  workers: 3,
  // Each journey has a world of its own; the steps of the checklist keep their order by themselves.
  fullyParallel: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    viewport: { width: 1280, height: 800 },
    // A recording costs a tenth of the time of all journeys: PATCHBAY_TEST_TRACE=1 makes one of each that fails.
    trace: process.env['PATCHBAY_TEST_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    launchOptions: {
      ...(browser !== null && { executablePath: browser }),
      args: [
        // Root has no sandbox to enter; a person's own start never passes this.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost',
      ],
    },
  },
})
