import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatResult } from '#cli/output'
import { createPaint, jsonForTerminal } from '#cli/text-format'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore } from '#test/helpers/make-core'
import { type BuiltWindow, builtWindow } from '../renderer/built-window.ts'
import { openRealWindow } from '../renderer/real-window.ts'
import { headlessPath } from '#test/installed-browser'
import { openBrowser } from '../renderer/test-browser.ts'
import { count } from '../reliability/seeded-random.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'

/** Steers a terminal, turns text round or is not seen. */
/** A long answer as a failure shows only where it is wrong. */
const unsafeIn = (text: string, pattern: RegExp = UNSAFE): string | null => {
  const found = pattern.exec(text)
  return found === null ? null : JSON.stringify(text.slice(Math.max(0, found.index - 40), found.index + 40))
}

const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}|[\u{e0000}-\u{e007f}]/u

/** One connection for each text, as its display name, e-mail and tag at Nango; the first also failed with it. */
const fill = (nango: FakeNango): void =>
  nango.seedConnections(
    HOSTILE_TEXTS.map((text, index) => ({
      connectionId: `hostile-${String(index).padStart(3, '0')}`,
      integrationKey: 'n8n',
      credentials: { type: 'API_KEY' as const, apiKey: 'demo' },
      tags: { end_user_display_name: text, team: text },
      endUser: { id: `u${index}`, email: text, displayName: text, organization: null, tags: {} },
      createdAt: Date.now() - index * 1000,
    })) as unknown as Parameters<FakeNango['seedConnections']>[0],
  )

const environmentOf = (nango: FakeNango): Record<string, string> => ({
  NANGO_HOST: nango.url,
  NANGO_SECRET_KEY: nango.secretKey,
  LOG_LEVEL: 'debug',
})

describe('hostile text from elsewhere', () => {
  let nango: FakeNango

  beforeAll(async () => {
    nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
    fill(nango)
  })
  afterAll(() => nango.stop())

  test('arrives fit to be shown at callers, on a terminal and in the log', async () => {
    const core = await makeCore({ environment: environmentOf(nango) })
    try {
      await core.cli.sync.run({})
      const listed = await core.ui.connections.list({ limit: 500 })
      expect(listed.connections).toHaveLength(HOSTILE_TEXTS.length)
      for (const { identity, label, handle } of listed.connections) {
        for (const text of [identity?.displayName, identity?.email, label]) {
          expect(text ?? '').not.toMatch(UNSAFE)
          expect([...(text ?? '')].length).toBeLessThanOrEqual(2000)
        }
        expect(handle).toMatch(/^n8n\/[a-z0-9-]+$/)
      }
      // The table has a line for each, and nothing but ends of lines that steers.
      const table = formatResult(listed, { paint: createPaint(false), now: Date.now(), columns: 120 })
      expect(unsafeIn(table.replaceAll('\n', ''))).toBeNull()
      expect(table.split('\n')).toHaveLength(HOSTILE_TEXTS.length + 1)
      const one = formatResult(listed.connections[40], { paint: createPaint(false), now: Date.now(), columns: 120 })
      expect(unsafeIn(one.replaceAll('\n', ''))).toBeNull()
      // The JSON of --json is one line that any terminal may be shown.
      expect(unsafeIn(jsonForTerminal(listed), /[\u0000-\u001f\u007f-\u009f]/)).toBeNull()
      expect(JSON.parse(jsonForTerminal(listed))).toEqual(listed)
      for (const line of readFileSync(join(core.platform.dataFolder, 'logs', 'patchbay.log'), 'utf8')
        .trimEnd()
        .split('\n')) {
        expect(Object.keys(JSON.parse(line) as object)).toContain('event')
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
      }
      for (const text of HOSTILE_TEXTS) {
        const found = await core.ui.connections.list({ search: text.slice(0, 200) })
        expect(found.connections.length).toBeLessThanOrEqual(100)
      }
    } finally {
      await core.stop()
    }
  })

  describe.skipIf(headlessPath() === null)('in the window', () => {
    let built: BuiltWindow
    let browser: Browser

    beforeAll(async () => {
      const [opened, window] = await Promise.all([openBrowser(), builtWindow()])
      browser = opened
      built = window
    }, 120_000)
    afterAll(async () => {
      await browser.close()
      await built.remove()
    })

    test('runs nothing, loads nothing, and moves nothing of its neighbours', { timeout: 120_000 }, async () => {
      const endings: (() => unknown)[] = []
      const complaints: string[] = []
      try {
        const { page, core } = await openRealWindow({
          folder: built.folder,
          browser,
          endings,
          complaints,
          hasSandbox: false,
          environment: environmentOf(nango),
          width: 1440,
          height: 900,
        })
        await core.dispatch({ kind: 'ui' }, 'sync.run', {})
        const outside: string[] = []
        page.on('request', (request) => {
          if (new URL(request.url()).host !== new URL(page.url()).host) outside.push(request.url())
        })
        const grid = page.getByRole('treegrid')
        await grid.getByRole('row').nth(5).waitFor()
        const heights = new Set<number>()
        const seen = new Set<string>()
        await page.keyboard.press('j')
        for (let step = 0; step < 40; step += 1) {
          const rows = await grid.locator('[role=row][aria-rowindex]').evaluateAll((all) =>
            all.map((row) => ({
              at: row.getAttribute('aria-rowindex') ?? '',
              height: Math.round(row.getBoundingClientRect().height),
              text: row.textContent ?? '',
            })),
          )
          for (const { at, height, text } of rows) {
            seen.add(at)
            if (text !== '') heights.add(height)
            expect(unsafeIn(text)).toBeNull()
          }
          await page.keyboard.press('PageDown')
        }
        expect(seen.size).toBeGreaterThan(HOSTILE_TEXTS.length * 0.9)
        expect(heights.size).toBeLessThanOrEqual(3)
        // One panel after another, with what it says in full.
        for (let step = 0; step < 12; step += 1) {
          await page.keyboard.press('ArrowUp')
          if (step === 0) await page.keyboard.press('Enter')
        }
        await page.locator('[data-region=panel]').waitFor()
        expect(await page.locator('[data-region=panel]').textContent()).not.toMatch(UNSAFE)
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
        expect(await page.evaluate(() => (window as { __pwned?: number }).__pwned)).toBeUndefined()
        expect(outside).toEqual([])
        // Not even the policy had to step in.
        expect(complaints).toEqual([])
        count(`hostile texts: ${HOSTILE_TEXTS.length} in the answers, a terminal, the log and the window, 0 took effect`)
      } finally {
        for (const end of endings.toReversed()) await end()
      }
    })
  })
})
