import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONSOLES, consoleOf } from '#renderer/features/integrations/provider-consoles.ts'

const catalogue = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../resources/catalogue.json'), 'utf8')) as readonly {
  readonly connectorId: string
}[]

test('every console of the table is an https address of a provider that there is', () => {
  for (const [name, address] of Object.entries(CONSOLES)) {
    expect(new URL(address).protocol, name).toBe('https:')
    expect(
      catalogue.some(({ connectorId }) => connectorId === name || connectorId.startsWith(`${name}-`)),
      name,
    ).toBe(true)
  }
})

test('a provider of a family has the console of the family, the nearer name first, and a server of one’s own has none', () => {
  expect(consoleOf('google-mail')).toBe('https://console.cloud.google.com/apis/credentials')
  expect(consoleOf('github-app-oauth')).toBe('https://github.com/settings/apps')
  expect(consoleOf('github')).toBe('https://github.com/settings/developers')
  expect(consoleOf('jira-data-center')).toBeNull()
  expect(consoleOf('dropbox-sign')).toBeNull()
  expect(consoleOf('googly')).toBeNull()
  expect(consoleOf('constructor')).toBeNull()
})
