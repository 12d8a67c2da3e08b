import { expect, test } from 'vitest'
import { chooseAccount } from '#cli/choose-account'

const account = (handle: string, label: string | null, email: string | null = null, username: string | null = null) => ({
  connectionId: `id of ${handle}`,
  handle,
  label,
  identity: email === null && username === null ? null : { accountId: null, displayName: 'Ada Lovelace', email, username },
})

const ACCOUNTS = [
  account('github/work', 'Ada', 'ada@work.test', 'ada-work'),
  account('github/ada', null, 'ada@home.test', 'ada'),
  account('github/1', null, 'ada@home.test'),
  account('github/2', null),
]

/** A host with these accounts, which gives two at a time. */
const call = (method: string, params: unknown): Promise<unknown> => {
  const { cursor = '0', connectorId } = params as { readonly cursor?: string; readonly connectorId: string }
  if (method === 'catalogue.get') return Promise.resolve({ connectorId: connectorId === 'git-hub' ? 'github' : connectorId })
  expect(method).toBe('connections.list')
  if (connectorId !== 'github') return Promise.resolve({ connections: [], nextCursor: null })
  const at = Number(cursor)
  return Promise.resolve({ connections: ACCOUNTS.slice(at, at + 2), nextCursor: at + 2 < ACCOUNTS.length ? String(at + 2) : null })
}

test.each([
  ['work', 'github/work'],
  ['ADA', 'github/ada'],
  ['ada@work.test', 'github/work'],
  ['ada-work', 'github/work'],
  ['2', 'github/2'],
])('--account %s is %s', async (name, handle) => {
  expect(await chooseAccount(call, 'GitHub', name)).toBe(`id of ${handle}`)
})

test('--account goes with another name of the connector too, and with one that has no account it says so', async () => {
  expect(await chooseAccount(call, 'git-hub', 'work')).toBe('id of github/work')
  await expect(chooseAccount(call, 'stripe', 'work')).rejects.toMatchObject({ code: 'connection.not_found', data: { candidates: [] } })
})

test('--account that fits two, or none, names the candidates and guesses nothing', async () => {
  await expect(chooseAccount(call, 'github', 'ada@home.test')).rejects.toMatchObject({
    code: 'connection.ambiguous',
    data: { candidates: [{ handle: 'github/ada' }, { handle: 'github/1' }] },
  })
  await expect(chooseAccount(call, 'github', 'Ada Lovelace')).rejects.toMatchObject({ code: 'connection.ambiguous' })
  await expect(chooseAccount(call, 'github', 'nobody')).rejects.toMatchObject({
    code: 'connection.not_found',
    data: { candidates: ACCOUNTS.map(({ handle }) => ({ handle })) },
  })
})
