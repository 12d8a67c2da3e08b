import { expect, test } from 'vitest'
import { listAccounts } from '#cli/account-list'

test('accounts are listed to the last page, each page under the same filter', async () => {
  const handles = ['n8n/a', 'n8n/b', 'n8n/c', 'n8n/d', 'n8n/e']
  const asked: unknown[] = []
  const call = (method: string, params: unknown): Promise<unknown> => {
    asked.push([method, params])
    const at = Number((params as { readonly cursor?: string }).cursor ?? '0')
    const nextCursor = at + 2 < handles.length ? String(at + 2) : null
    return Promise.resolve({ connections: handles.slice(at, at + 2).map((handle) => ({ handle })), nextCursor })
  }
  const accounts = await listAccounts(call, { connectorId: 'n8n', status: ['connected'] })
  expect(accounts.map(({ handle }) => handle)).toEqual(handles)
  const params = { connectorId: 'n8n', status: ['connected'], sort: 'name', limit: 500 }
  expect(asked).toEqual([
    ['connections.list', params],
    ['connections.list', { ...params, cursor: '2' }],
    ['connections.list', { ...params, cursor: '4' }],
  ])
})
