import { expect, test } from 'vitest'
import type { Connector, ConnectorField } from '#shared/contract/catalogue'
import type { QueuePreview } from '#shared/contract/queue'
import * as forms from '#renderer/features/connect/connect-draft.ts'
import { planItems, planRow, toQueueItems } from '#renderer/features/queue/plan-draft.ts'
import { withChoice } from '#renderer/features/catalogue/use-choice.ts'

const KEY: ConnectorField = {
  name: 'apiKey',
  group: 'credential',
  kind: 'text',
  accepts: [],
  title: 'API key',
  description: null,
  type: 'string',
  format: null,
  pattern: null,
  example: null,
  prefix: null,
  suffix: null,
  options: null,
  defaultValue: null,
  isOptional: false,
  isSecret: true,
  isAutomated: false,
  docsUrl: null,
}
const connector = (connectorId: string, fields: ConnectorField[]): Connector => ({
  connectorId,
  name: connectorId,
  categories: [],
  authMode: fields.length === 0 ? 'OAUTH2' : 'API_KEY',
  nango: { enabled: true, providerKey: connectorId, integrationId: connectorId, configured: true },
  direct: { supported: false },
  readiness: 'ready',
  readinessReason: null,
  fields,
  scopes: [],
  docsUrl: null,
})
const preview = (connectorId: string, change: Partial<QueuePreview> = {}): QueuePreview => ({
  connectorId,
  name: connectorId,
  label: null,
  authMode: 'OAUTH2',
  by: 'page',
  integrationId: connectorId,
  missing: [],
  scopes: null,
  problem: null,
  ...change,
})
const NOT_FILLED = { code: 'connect.invalid_fields', message: 'Some fields are not right yet.' }

test('a plan tells a page, a form with an empty field, a form that is filled in, and what cannot be connected', () => {
  const [slack, openai, sentry, gone] = planItems([
    { connectorId: 'slack', label: 'Team' },
    { connectorId: 'openai' },
    { connectorId: 'sentry' },
    { connectorId: 'gone' },
  ])
  if (slack === undefined || openai === undefined || sentry === undefined || gone === undefined) throw new Error('four were planned')
  const keyed = connector('openai', [KEY])
  const asForm = preview('openai', { by: 'form', problem: NOT_FILLED })
  const rows = [
    planRow(slack, preview('slack'), connector('slack', []), forms),
    planRow(openai, asForm, keyed, forms),
    planRow({ ...openai, values: { 'credential.apiKey': 'planted' } }, asForm, keyed, forms),
    planRow(sentry, preview('sentry', { problem: { code: 'connector.needs_integration', message: '' } }), connector('sentry', []), forms),
    planRow(gone, preview('gone', { by: null, problem: { code: 'connector.not_found', message: '' } }), undefined, forms),
    planRow(slack, undefined, connector('slack', []), forms),
  ]
  expect(rows.map(({ standing }) => standing)).toEqual(['page', 'incomplete', 'form', 'impossible', 'impossible', 'unread'])
  expect(rows[1]?.open.map(({ title }) => title)).toEqual(['API key'])
  // Only what can be connected is sent; a secret goes as a credential.
  expect(toQueueItems(rows, forms)).toEqual([
    { connectorId: 'slack', label: 'Team' },
    { connectorId: 'openai', credentials: { apiKey: 'planted' } },
  ])
})

test('connectors are chosen in the order of choosing, and left out again', () => {
  const three = withChoice(new Set(), ['b', 'a', 'c'], true)
  expect([...three]).toEqual(['b', 'a', 'c'])
  expect([...withChoice(three, ['a', 'd'], null)]).toEqual(['b', 'c', 'd'])
  expect([...withChoice(three, ['a'], true)]).toEqual(['b', 'a', 'c'])
})
