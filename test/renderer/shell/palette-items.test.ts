import { expect, test } from 'vitest'
import type { KeyBinding } from '#renderer/shell/key-map.ts'
import { itemsOfKeys, type PaletteItem, paletteRows, searchable } from '#renderer/shell/palette-items.ts'

const nothing = (): void => {}
const key = (more: Partial<KeyBinding> & Pick<KeyBinding, 'keys' | 'does'>): KeyBinding => ({ run: nothing, ...more })
const connector = (name: string): PaletteItem => ({ id: name, group: 'connectors', name: `Connect ${name}`, run: nothing })
const connection = (name: string): PaletteItem => ({ id: name, group: 'connections', name, run: nothing })
const noConnectors = searchable([])

const keys = itemsOfKeys([
  key({ keys: 'j', does: 'Next in the list', isMove: true }),
  key({ keys: 'f', does: 'Refresh', on: 'Jira Harborline' }),
  key({ keys: 'v', does: 'Verify', on: null }),
  key({ keys: 'Mod+Shift+l', does: 'Lock the vault' }),
  key({ keys: '', does: 'Reconnect', on: 'Jira Harborline' }),
  key({ keys: 'g s', does: 'Go to Settings', isPlace: true }),
  key({ keys: 'x', does: 'Lock the vault' }),
])

test('the palette offers what keys do, once, but no moves and nothing that has nothing to act on', () => {
  expect(keys.map(({ group, name, keys: caps }) => [group, name, caps])).toEqual([
    ['on', 'Refresh', 'f'],
    ['actions', 'Lock the vault', 'Mod+Shift+l'],
    ['on', 'Reconnect', undefined],
    ['places', 'Go to Settings', 'g s'],
  ])
})

test('with nothing typed, what acts on the chosen connection comes first, then what was opened lately', () => {
  const rows = paletteRows('', searchable(keys), searchable([connector('Jira')]), [], [{ ...connection('Slack HQ'), group: 'recent' }])
  expect(rows.map(({ name }) => name)).toEqual(['Refresh', 'Reconnect', 'Slack HQ', 'Lock the vault', 'Go to Settings'])
})

test('the name of the chosen connection finds its actions before the connections and connectors of that name', () => {
  const rows = paletteRows(
    'jira',
    searchable(keys),
    searchable([connector('Asana'), connector('Jira')]),
    [connection('Jira Harborline')],
    [],
  )
  expect(rows.map(({ group }) => group)).toEqual(['on', 'on', 'connections', 'connectors'])
})

test('words are found in any order, from their beginnings, and without their accents', () => {
  const connectors = searchable([connector('Google Mail'), connector('Café Münster'), connector('Gmail Notes')])
  const find = (query: string) => paletteRows(query, noConnectors, connectors, [], []).map(({ id }) => id)
  expect(find('mail goo')).toEqual(['Google Mail'])
  expect(find('munster')).toEqual(['Café Münster'])
  expect(find('münster')).toEqual(['Café Münster'])
  expect(find('zzz')).toEqual([])
  expect(find('///')).toEqual([])
})

test('a thousand connectors never fill the palette, and a keystroke among them is found in a few milliseconds', () => {
  const connectors = searchable(Array.from({ length: 1013 }, (_, index) => connector(`Service ${index} of ${index % 7} kinds`)))
  const times = ['s', 'se', 'ser', 'serv', 'service 1', 'service 10', 'kinds serv'].flatMap((query) =>
    Array.from({ length: 10 }, () => {
      const before = performance.now()
      expect(paletteRows(query, searchable(keys), connectors, [], []).length).toBeLessThan(40)
      return performance.now() - before
    }),
  )
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0
  process.stdout.write(`palette search over 1,013 connectors: p95 ${p95.toFixed(1)} ms\n`)
  expect(p95).toBeLessThan(30)
})

test('of the connectors that are found, those that can be connected now come first, whatever verb stands before their name', () => {
  const kinds = [
    { ...connector('x'), id: 'app', name: 'GitHub (App)', soughtAs: 'GitHub (App)', rank: 2 },
    { ...connector('x'), id: 'lab', name: 'Set up GitLab', soughtAs: 'GitLab', rank: 1 },
    { ...connector('x'), id: 'hub', name: 'Connect GitHub', soughtAs: 'GitHub', rank: 0 },
  ]
  expect(paletteRows('git', searchable([]), searchable(kinds), [], []).map(({ id }) => id)).toEqual(['hub', 'lab', 'app'])
  expect(paletteRows('connect github', searchable([]), searchable(kinds), [], []).map(({ id }) => id)).toEqual(['hub'])
})
