import { expect, test } from 'vitest'
import { listAccounts } from '#cli/account-list'
import type { CommandContext } from '#cli/command'
import { pickCommand } from '#cli/commands/pick-command'
import { PatchbayError } from '#shared/errors'

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

test('connections pick on a terminal finds an account by its handle, however far down the list it stands', async () => {
  const accounts = Array.from({ length: 1_001 }, (_, index) => ({
    connectionId: `con_${index}`,
    handle: `n8n/${index}`,
    connectorId: 'n8n',
    label: null,
    status: 'connected',
    identity: null,
  }))
  const call = (method: string, params: unknown): Promise<unknown> => {
    if (method === 'connections.pick') throw new PatchbayError('connection.pick_no_window', { data: { connectorIds: ['n8n'] } })
    if (method === 'connections.defaults') return Promise.resolve({ defaults: [] })
    const { cursor = '0', limit } = params as { readonly cursor?: string; readonly limit: number }
    const end = Number(cursor) + limit
    return Promise.resolve({ connections: accounts.slice(Number(cursor), end), nextCursor: end < accounts.length ? String(end) : null })
  }
  const said: string[] = []
  const printed: unknown[] = []
  const context = {
    io: { isInputTerminal: true, isErrorTerminal: true, ask: async () => 'n8n/1000' },
    session: { call: async (method: string, params: unknown) => call(method, params) },
    view: { columns: 100, paint: {} },
    say: (text: string) => said.push(text),
    print: (result: unknown) => printed.push(result),
  }
  await pickCommand.run(context as unknown as CommandContext, { words: ['n8n'], flags: new Map() })
  expect(printed).toEqual([{ connectionId: 'con_1000', handle: 'n8n/1000', connectorId: 'n8n' }])
  expect(said.at(-1)).toBe('There are 951 more: type the handle of one.')
})
