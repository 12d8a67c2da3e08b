import { expect, test } from 'vitest'
import type { PickAccount } from '#shared/contract/connection-picks'
import { askerWords, byName } from '#renderer/features/pick/pick-words.ts'

const account = (connectorId: string, label: string | null): PickAccount => ({
  connectionId: `${connectorId} ${label ?? ''}`,
  handle: `${connectorId}/x`,
  connectorId,
  label,
  identity: null,
  status: 'connected',
  isDefault: false,
})

test('accounts of any connector stand by the name that is shown, whatever their connector is called inside', () => {
  const accounts = [account('zoom', 'Books'), account('google-mail', 'Work'), account('airtable', null), account('google-mail', 'Art')]
  const names: Readonly<Record<string, string>> = { zoom: 'Zoom', 'google-mail': 'Gmail', airtable: 'Öffentlich' }
  const ids = byName(accounts, (id) => names[id] ?? id).map(({ connectionId }) => connectionId)
  expect(ids).toEqual(['google-mail Art', 'google-mail Work', 'airtable ', 'zoom Books'])
})

test('who asks is told as its transport knows it; what it calls itself is told as its own word', () => {
  expect(askerWords({ kind: 'cli', client: 'patchbay' })).toBe('For the command line')
  expect(askerWords({ kind: 'automation', client: 'patchbay' })).toBe('For a program that calls itself “patchbay”')
  expect(askerWords({ kind: 'automation', client: null })).toBe('For a program')
})
