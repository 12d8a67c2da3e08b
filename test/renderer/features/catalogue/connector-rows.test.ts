import { describe, expect, test } from 'vitest'
import type { Connector } from '#shared/contract/catalogue'
import { accountName, accountWords } from '#renderer/features/catalogue/account-counts.ts'
import {
  columnsFor,
  gridRows,
  matchFilter,
  nextIndex,
  NO_FILTER,
  ofTab,
  recentOf,
  rowOf,
} from '#renderer/features/catalogue/connector-rows.ts'
import { metaWords } from '#renderer/features/catalogue/connector-words.ts'

const connector = (connectorId: string, readiness: Connector['readiness'] = 'ready', change: Partial<Connector> = {}): Connector => ({
  connectorId,
  name: connectorId,
  categories: ['popular', 'crm'],
  authMode: 'OAUTH2',
  nango: { enabled: true, providerKey: connectorId, integrationId: null, configured: readiness === 'ready' },
  direct: { supported: false },
  readiness,
  readinessReason: null,
  fields: [],
  scopes: [],
  docsUrl: null,
  ...change,
})

const five = [
  connector('a'),
  connector('n', 'needs_integration'),
  connector('b'),
  connector('c'),
  connector('x', 'not_from_here'),
  connector('d'),
]

describe('the rows of the connectors page', () => {
  const { rows, order } = gridRows(five, 3)

  test('stand in sections, those that can be connected first, in the order they came', () => {
    expect(
      rows.map((row) => (row.kind === 'heading' ? row.section : row.connectors.map(({ connectorId }) => connectorId).join(''))),
    ).toEqual(['ready', 'abc', 'd', 'needs_integration', 'n', 'not_from_here', 'x'])
    expect(order.map(({ connectorId }) => connectorId).join('')).toBe('abcdnx')
    expect(rowOf(rows, 4)).toBe(4)
  })

  test('begin with those connected lately that can be connected again, newest first, each once and in no other section', () => {
    const byId = new Map(five.map((one) => [one.connectorId, one]))
    const newest = ['d', 'x', 'n', 'b', 'd', 'gone'].map((connectorId) => ({ connectorId }))
    const recent = recentOf(newest, byId)
    expect([...recent]).toEqual(['d', 'b'])
    const { rows: withRecent, order: withRecentOrder } = gridRows(five, 3, recent)
    expect(withRecent[0]).toEqual({ kind: 'heading', section: 'recent' })
    expect(withRecentOrder.map(({ connectorId }) => connectorId).join('')).toBe('dbacnx')
  })

  test('stand together under one heading on the tab of those connected, whatever they need to be connected once more', () => {
    const { rows: connected, order: inOrder } = gridRows(five, 3, new Set(), 'connected')
    expect(connected.filter(({ kind }) => kind === 'heading')).toEqual([{ kind: 'heading', section: 'connected' }])
    expect(inOrder).toEqual(five)
  })

  test('are walked with arrows that keep the column as far as a row goes', () => {
    expect(nextIndex(rows, 2, 'ArrowDown')).toBe(3)
    expect(nextIndex(rows, 3, 'ArrowDown')).toBe(4)
    expect(nextIndex(rows, 3, 'ArrowUp')).toBe(0)
    expect(nextIndex(rows, 0, 'ArrowUp')).toBe(0)
    expect(nextIndex(rows, 5, 'ArrowRight')).toBe(5)
    expect(nextIndex(rows, 0, 'End')).toBe(5)
    expect(nextIndex(rows, 5, 'Home')).toBe(0)
  })

  test('have as many columns as cards of their least width fit', () => {
    expect([300, 816, 952, 1192].map(columnsFor)).toEqual([1, 2, 2, 3])
  })

  test('pass by way to sign in, category and tab', () => {
    const list = [
      connector('a', 'ready', { authMode: 'API_KEY' }),
      connector('b', 'ready', { categories: ['hr'] }),
      connector('c', 'needs_integration'),
    ]
    expect(matchFilter(list, { ...NO_FILTER, authMode: 'API_KEY' }).map(({ connectorId }) => connectorId)).toEqual(['a'])
    expect(matchFilter(list, { ...NO_FILTER, category: 'hr' }).map(({ connectorId }) => connectorId)).toEqual(['b'])
    const accounts = new Map([['c', { count: 1 }]])
    expect(ofTab(list, 'ready', accounts).map(({ connectorId }) => connectorId)).toEqual(['a', 'b'])
    expect(ofTab(list, 'connected', accounts).map(({ connectorId }) => connectorId)).toEqual(['c'])
  })

  test('show how many accounts there are and how many need the person', () => {
    expect(accountWords({ count: 2, needsYou: 1 })).toBe('1 of 2')
    expect(accountWords({ count: 1200, needsYou: 0 })).toBe('1,200')
    expect(accountName({ count: 2, needsYou: 1 }, 'Expired', 'Jira')).toBe('Expired: 1 of 2 accounts of Jira needs you: show them')
    expect(accountName({ count: 1, needsYou: 0 }, 'Connected', 'Jira')).toBe('Connected: 1 account of Jira: show it')
  })

  test('name the first telling category and the way to sign in', () => {
    expect(metaWords(connector('a'))).toEqual(['OAuth', 'CRM'])
    expect(metaWords(connector('a', 'ready', { categories: ['other'], authMode: 'BASIC' }))).toEqual(['User name and password'])
  })
})
