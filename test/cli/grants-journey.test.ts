import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connectToPatchbay, type PairTerms, type PatchbayClient } from '#client/patchbay-client'
import { sandboxIn, useCliHost } from '#test/helpers/cli-host'
import { eventually } from '#test/helpers/make-core'
import { waitingGrant } from '#test/helpers/paired-program'

const host = useCliHost(sandboxIn, true)
const clients: PatchbayClient[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

const WISH: PairTerms = {
  purpose: 'To "sum up"\nwhat was said',
  verbs: ['read', 'request'],
  connections: { kind: 'connectors', connectorIds: ['openai'] },
}

/** A program of its own: it asks, and waits for the answer. */
const program = async (name: string, pair: PairTerms = WISH): Promise<PatchbayClient> => {
  const client = await connectToPatchbay({ name, environment: { PATCHBAY_HOME: host.home }, keyFile: join(host.home, `${name}.key`), pair })
  clients.push(client)
  return client
}

/** The request of the program that asks now, once it may be answered. */
const asked = async (): Promise<string> => {
  const { grantId } = await waitingGrant(host.core)
  host.core.platform.advance(1000)
  return grantId
}

test('a person at a terminal allows a program less than it asks for, sees what it does, takes it back, and proves the audit whole', async () => {
  for (const label of ['Home', 'Work'])
    await host.core.ui.connect.start({ connectorId: 'openai', label, credentials: { apiKey: 'demo-key-12345' } })

  const connecting = program('summary')
  const grantId = await asked()
  expect((await host.patchbay('grants list')).out).toMatch(
    new RegExp(`\\n${grantId} +waiting +"summary" +all of openai +read, request +- +in `),
  )
  const approved = await host.patchbay('grants approve --connection openai/work --get-only', { answers: ['y'] })
  expect(approved.err).toContain(`What for      "To 'sum up' what was said"`)
  expect(approved.err).toMatch(/Now that is {3}openai\/home .*\n.*openai\/work /)
  expect([approved.code, approved.out]).toEqual([0, expect.stringMatching(/With +openai\/work .*\n +Calls +GET, HEAD \/\*\*\n/)])
  const client = await connecting
  expect((await client.connections.list()).connections.map(({ handle }) => handle)).toEqual(['openai/work'])
  await expect(client.connections.get({ connectionId: 'openai/home' })).rejects.toMatchObject({ code: 'automation.denied' })

  const denied = await host.patchbay('audit list --client summary --outcome denied')
  expect(denied.out).toMatch(/"summary" +connections\.get .* denied automation\.denied\n/)
  expect((await host.patchbay('grants list --state active --json')).json).toMatchObject({ grants: [{ grantId, clientName: 'summary' }] })

  expect((await host.patchbay(`grants update ${grantId} --verbs read --term standing --ends-at 2099-01-01`)).out).toContain(
    'until you take it back',
  )
  expect((await host.patchbay('grants pause')).code).toBe(0)
  await expect(client.connections.list()).rejects.toMatchObject({ code: 'automation.paused' })
  expect((await host.patchbay('grants list')).out).toContain('All programs are paused')
  await host.patchbay('grants resume')
  expect((await host.patchbay(`grants revoke ${grantId}`)).out).toContain(`patchbay grants restore ${grantId}`)
  await expect(client.connections.list()).rejects.toMatchObject({ code: 'automation.denied' })
  expect((await host.patchbay(`grants restore ${grantId}`)).out).toContain('"summary"')
  expect((await client.connections.list()).connections).toHaveLength(1)
  expect((await host.patchbay('grants revoke-all', { answers: ['y'] })).out).toBe('Taken back: 1 grant. Denied: 0 requests.\n')
  expect((await host.patchbay(`grants forget ${grantId}`)).code).toBe(0)
  expect((await host.patchbay('grants list')).out).toBe('No program has a grant or asks for one.\n')

  const verified = await host.patchbay('audit verify')
  expect([verified.code, verified.out]).toEqual([0, expect.stringMatching(/^The audit is intact: \d+ lines checked/)])
  const file = join(host.home, 'audit.csv')
  expect((await host.patchbay(['audit', 'export', '--file', file, '--method', 'grants.'])).code).toBe(0)
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.filter((line) => line.startsWith(lines[0] ?? ''))).toHaveLength(1)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await host.patchbay('audit usage')).out).toMatch(/^WHO +CONNECTION +CALLS|^The audit knows of no use/)
})

test('on a computer without a window requests are answered as they come', async () => {
  let said = ''
  // It stays until the host stops, and looks only when something has come.
  void host.patchbay('grants watch', { answers: ['y', 'n'], onPrint: (_out, err) => (said = err) })
  await eventually(() => said.includes('Waiting for requests'))
  const first = program('first')
  await asked()
  expect((await (await first).grants.current()).grants).toMatchObject([{ state: 'active', verbs: ['read', 'request'] }])
  const second = program('second')
  await expect(second).rejects.toMatchObject({ code: 'automation.denied', data: { endedBecause: 'refused' } })
  await eventually(() => said.includes('Denied: "second".'))
  expect(said).toMatch(/Calls itself +"first"[^]*Allowed: "first"\.[^]*Calls itself +"second"/)
  const { entries } = await host.core.ui.audit.list({ method: 'grants.list', caller: 'cli' })
  expect(entries.length).toBeLessThan(10)
})

test('lock closes Patchbay to programs, and unlock opens it again', async () => {
  const connecting = program('keeper')
  await host.patchbay(`grants approve ${await asked()} --yes`)
  const client = await connecting
  expect((await host.patchbay('lock --json')).json).toMatchObject({ state: 'locked' })
  await expect(client.connections.list()).rejects.toMatchObject({ code: 'vault.locked' })
  expect((await host.patchbay('unlock --json')).json).toMatchObject({ state: 'open' })
  expect((await host.patchbay('grants list')).out).toMatch(/"keeper"/)
})
