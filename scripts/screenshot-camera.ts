import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Language } from '#renderer/messages/message-catalogue.ts'
import { say } from './tool.ts'

const SMALL = { width: 900, height: 600 } as const
const LARGE = { width: 1440, height: 900 } as const
const THEMES = ['light', 'dark'] as const
const COLOURS = '128'

/** The screens that are shown in German as well. */
const GERMAN: ReadonlySet<string> = new Set([
  'adopt',
  'approval',
  'approval-call',
  'approval-call-final',
  'automations-audit',
  'automations-grant',
  'automations-grants',
  'bulk-failed',
  'bulk-remove',
  'bulk-revoke',
  'bulk-running',
  'connections',
  'connection-panel',
  'connectors',
  'connector-about',
  'connect-form',
  'connect-scopes',
  'connect-waiting',
  'diagnostics-results',
  'empty',
  'expiring',
  'first-run',
  'health-verified',
  'import-check',
  'import-end',
  'integration-errors',
  'key-form-error',
  'keys',
  'metadata',
  'offline',
  'pick',
  'pick-any',
  'queue-done',
  'queue-plan',
  'reconnect-decision',
  'rescue-corrupt',
  'revoke',
  'revoke-report',
  'settings-appearance',
  'settings-integrations',
  'settings-sandbox',
  'settings-vault',
  'tour',
])

export interface Camera {
  /** One screen: its pictures, and what is wrong with it. `page` stands still and shows it. */
  readonly shoot: (page: Page, name: string) => Promise<void>
  /** Waits for the files; gives what was wrong, a line for each fault. */
  readonly finish: () => Promise<readonly string[]>
}

/** Few colours, no metadata: a third of the bytes, and nothing that tells one computer from another. */
const write = (picture: Buffer, file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const convert = spawn('convert', [
      'png:-',
      '-strip',
      '-dither',
      'None',
      '-colors',
      COLOURS,
      '-define',
      'png:compression-level=9',
      'png8:-',
    ])
    const parts: Buffer[] = []
    convert.stdout.on('data', (part: Buffer) => parts.push(part))
    convert.once('error', reject)
    convert.once('close', (code) => {
      if (code !== 0) return reject(new Error(`convert ended with ${code}`))
      writeFileSync(file, Buffer.concat(parts))
      resolve()
    })
    convert.stdin.end(picture)
  })

/** What must never be cut: times, numbers, and the words that a person acts on. Runs in the page. */
const cutWords = (): string[] => {
  const found: string[] = []
  for (const element of document.querySelectorAll<HTMLElement>(
    'button, time, [role="tab"], h1, h2, h3, label, legend, [class*="tabular"]',
  )) {
    const chain = [element, ...element.querySelectorAll<HTMLElement>('*')]
    const isList = element.closest('[role="row"]') !== null && element.localName === 'button'
    for (const one of chain) {
      const isCut = one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible'
      const isHandle = one.closest('.font-mono') !== null
      if (isCut && !isHandle && !isList && one.localName !== 'bdi' && one.querySelector('bdi') === null)
        found.push(`cut: ${one.textContent?.slice(0, 60) ?? ''}`)
    }
  }
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
  if (scrollWidth > clientWidth) found.push('the window scrolls sideways')
  if (scrollHeight > clientHeight && document.querySelector('[data-region="status"], footer') !== null) found.push('the window scrolls')
  return found
}

/** A camera for a language; `wanted` keeps it to some screens, null takes all. */
export const createCamera = (target: string, language: Language, wanted: readonly string[] | null): Camera => {
  const faults = new Set<string>()
  const pending = new Set<Promise<void>>()
  const save = async (page: Page, file: string): Promise<void> => {
    // A card that asks for a yes takes none until it has stood still; its picture shows it as it is read.
    await page.waitForFunction(() => document.querySelector('[data-approval][data-settling]') === null)
    const picture = await page.screenshot({ animations: 'disabled' })
    const task: Promise<void> = write(picture, join(target, file)).finally(() => pending.delete(task))
    pending.add(task)
    if (pending.size > 3) await Promise.race(pending)
  }
  const examine = async (page: Page, name: string, how: string): Promise<void> => {
    await page.waitForFunction(() => document.getAnimations().length === 0)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude('[data-base-ui-focus-guard]').analyze()
    for (const { id, nodes } of violations)
      faults.add(`${name} (${how}): ${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    for (const words of await page.evaluate(cutWords)) faults.add(`${name} (${how}): ${words}`)
  }
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (wanted !== null && !wanted.includes(name)) return
    const isEnglish = language === 'en'
    const before = page.viewportSize() ?? LARGE
    for (const size of isEnglish ? [SMALL, LARGE] : [SMALL]) {
      await page.setViewportSize(size)
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme })
        const tail = `${colorScheme}-${size.width}x${size.height}`
        if (isEnglish || GERMAN.has(name)) await save(page, `${name}-${isEnglish ? '' : `${language}-`}${tail}.png`)
        if (colorScheme === (size === SMALL ? 'light' : 'dark')) await examine(page, name, `${language}, ${tail}`)
      }
    }
    await page.setViewportSize(before)
    say(`${language} ${name}`)
  }
  const finish = async (): Promise<readonly string[]> => {
    await Promise.all(pending)
    return [...faults]
  }
  return { shoot, finish }
}
