import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { parseSnapshot } from '#core/catalogue/snapshot'
import { needsOf, stepsOf } from '#renderer/features/catalogue/connector-steps.ts'
import { categoryWords } from '#renderer/features/catalogue/connector-words.ts'
import { modeWords } from '#renderer/ui/mode-words.ts'
import { setLanguage } from '#renderer/messages/translate.ts'

const connectors = parseSnapshot(readFileSync(new URL('../../../../resources/catalogue.json', import.meta.url), 'utf8'))
const named = (connectorId: string) => {
  const found = connectors.find((one) => one.connectorId === connectorId)
  if (found === undefined) throw new Error(`no ${connectorId}`)
  return found
}

afterEach(() => setLanguage('en'))

test('A46: every connector of the catalogue has a page of what it needs and how it is connected, made from its definition', async () => {
  for (const language of ['en', 'de'] as const) {
    await setLanguage(language)
    for (const connector of connectors) {
      for (const readiness of ['ready', 'needs_integration', 'not_from_here'] as const) {
        const steps = stepsOf({ ...connector, readiness })
        expect(steps.length, connector.connectorId).toBeGreaterThan(0)
        expect(steps.concat(needsOf({ ...connector, readiness })).join(' '), connector.connectorId).not.toMatch(/undefined|\{|\}/)
      }
    }
  }
})

test('A46: the page of a connector says what its form asks for, and leaves out the steps that are done', () => {
  expect(needsOf({ ...named('slack'), readiness: 'needs_integration' })).toEqual([
    'An account at Slack.',
    'Once: an OAuth app of your own at Slack, with its client id and client secret.',
  ])
  expect(needsOf({ ...named('slack'), readiness: 'ready' })).toEqual(['An account at Slack.'])
  expect(needsOf({ ...named('n8n'), readiness: 'ready' })).toEqual(['An account at n8n.', 'From n8n: API Key.', 'To hand: Base URL.'])
  expect(stepsOf({ ...named('slack'), readiness: 'needs_integration' })).toHaveLength(3)
  expect(stepsOf({ ...named('slack'), readiness: 'ready' })).toEqual([
    'Choose Connect and sign in on the page of Slack. Patchbay never sees your password.',
  ])
})

test('every category and way to sign in of the catalogue has words in both languages', async () => {
  for (const language of ['en', 'de'] as const) {
    await setLanguage(language)
    const categories = new Set(connectors.flatMap((one) => one.categories))
    const unworded = [...categories].filter(
      (category) => /-/.test(categoryWords(category)) && !['E-commerce'].includes(categoryWords(category)),
    )
    expect(unworded).toEqual([])
    expect([...new Set(connectors.map((one) => one.authMode))].filter((mode) => /^[A-Z0-9]+_[A-Z0-9_]+$/.test(modeWords(mode)))).toEqual([])
  }
})
