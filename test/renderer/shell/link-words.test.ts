import { expect, test } from 'vitest'
import { linkWords } from '#renderer/shell/link-words.ts'
import { createDemo } from '#test/renderer/demo-api'
import type { SystemStatus } from '#shared/contract/system'

const statusOf = async (options: Parameters<typeof createDemo>[0]): Promise<SystemStatus> => {
  const reply = await createDemo(options).call('system.status', {})
  if (!reply.ok) throw new Error(reply.error.message)
  return reply.value as SystemStatus
}

test('in step, the bar tells the age of what is shown and the next look', async () => {
  const status = await statusOf({})
  const completed = Date.parse(status.sync?.lastCompletedAt ?? '')
  const { glyph, words, next } = linkWords(status, 'open', completed + 12_000)
  expect([glyph, words]).toEqual(['connected', 'In step with Nango 12 s ago'])
  expect(next).toMatch(/^next look in \d+ (s|min)$/)
})

test('trouble takes the place of the age: offline, a refused key, a locked vault, a host that is gone', async () => {
  const now = Date.now()
  expect(linkWords(await statusOf({ isOffline: true }), 'open', now).words).toMatch(/^Offline since \d\d:\d\d$/)
  expect(linkWords(await statusOf({ isKeyRefused: true }), 'open', now).words).toBe('Nango refused the key')
  expect(linkWords(await statusOf({ isLocked: true }), 'open', now).words).toBe('Waits for the vault')
  expect(linkWords(await statusOf({}), 'lost', now).words).toBe('Patchbay does not answer')
})

test('the sandbox is never called Nango', async () => {
  expect(linkWords(await statusOf({ kind: 'sandbox' }), 'open', Date.now()).words).toContain('the sandbox')
})
