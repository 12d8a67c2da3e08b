import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'

let test: TestCore
/** Opens the page that was handed to the browser last, as a person would. */
const opened = async (count: number): Promise<string> =>
  eventually(() => test.platform.opened.length === count && test.platform.opened.at(-1))

beforeEach(async () => {
  test = await makeCore()
  await test.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
})
afterEach(() => test.stop())

const begin = async (): Promise<{ readonly flowId: string }> =>
  test.ui.connect.start({ connectorId: 'github', label: `account ${test.platform.opened.length}`, via: 'browser' })
const connect = async (): Promise<string> => {
  const count = test.platform.opened.length
  const { flowId } = await begin()
  await walkSignIn(await opened(count + 1))
  return eventually(async () => {
    const flow = await test.ui.connect.get({ flowId })
    return flow.state === 'connected' && flow.connectionId
  })
}
const statusOf = async (connectionId: string) => (await test.ui.connections.get({ connectionId })).status

describe('the domain sandbox', () => {
  it('makes a connection need the person with its cause, and it mends once the fault is off', async () => {
    const connectionId = await connect()
    expect(await test.cli.sandbox.failRefresh({ connectionId: 'github' })).toMatchObject({ failing: [{ connectionId }], faultsOn: 1 })
    expect(await test.ui.connections.get({ connectionId })).toMatchObject({
      status: 'attention',
      lastError: { code: 'connection.refresh_failed' },
    })
    expect(test.events.map(({ type }) => type)).toContain('connection.attention')
    expect(await test.ui.sandbox.calm({})).toMatchObject({ failing: [], faultsOn: 0 })
    expect(await statusOf(connectionId)).toBe('attention')
    await test.ui.connections.refresh({ connectionId, acceptRisk: true })
    expect(await statusOf(connectionId)).toBe('connected')
  })

  it('makes every connection need the person at once when all renewals are to fail', async () => {
    const ids = [await connect(), await connect()]
    await test.ui.sandbox.update({ refreshFailure: 'all' })
    expect(await Promise.all(ids.map(statusOf))).toEqual(['attention', 'attention'])
  })

  it('shows the profile as it fares while answers are broken, and lets go at once', async () => {
    await test.ui.sandbox.update({ brokenAnswers: 'web_page' })
    expect(await test.ui.sync.status({})).toMatchObject({ lastError: { code: 'nango.not_nango' } })
    await test.ui.sandbox.update({ brokenAnswers: 'no_answer' })
    expect(await eventually(async () => (await test.ui.sync.status({})).state === 'offline')).toBe(true)
    expect(await test.ui.sandbox.update({ brokenAnswers: 'off' })).toMatchObject({ faultsOn: 0 })
    expect(await eventually(async () => (await test.ui.sync.status({})).state === 'idle')).toBe(true)
  })

  it('ends a sign-in that is refused or whose page has run out, with the words of a real one', async () => {
    await test.ui.sandbox.update({ deniedConsent: 'next' })
    const denied = await begin()
    await walkSignIn(await opened(1))
    const codeOf = async (flowId: string) => (await test.ui.connect.get({ flowId })).error?.code ?? null
    expect(await eventually(() => codeOf(denied.flowId))).toBe('connect.denied')
    await test.ui.sandbox.update({ sessionSeconds: 1 })
    const late = await begin()
    expect(await eventually(() => codeOf(late.flowId))).toBe('connect.expired')
  })

  it('ends a token, so that the next use brings a new one', async () => {
    const connectionId = await connect()
    const before = (await test.ui.connections.get({ connectionId })).expiresAt
    expect(await test.ui.sandbox.expire({ connectionId })).toMatchObject({ connectionId })
    await test.ui.connections.refresh({ connectionId })
    expect((await test.ui.connections.get({ connectionId })).expiresAt).not.toBe(before)
  })

  it('is empty after a reset, in the list too', async () => {
    await connect()
    expect(await test.ui.sandbox.reset({})).toMatchObject({ removed: 1, faultsOn: 0 })
    expect((await test.ui.connections.list({})).connections).toEqual([])
  })

  it('refuses another profile, an address that is not this computer, and a webhook to nowhere', async () => {
    const connectionId = await connect()
    await expect(test.ui.sandbox.sendWebhook({ connectionId })).rejects.toMatchObject({ code: 'sandbox.no_receiver' })
    await expect(test.ui.sandbox.update({ webhookUrl: 'https://example.com/' })).rejects.toMatchObject({ code: 'sandbox.invalid_address' })
    await test.ui.profiles.create({
      name: 'real',
      kind: 'nango',
      nangoHost: 'http://127.0.0.1:9',
      secretKey: '6b1c1a5e-8a53-4f5e-9f0a-1f2e3d4c5b6a',
    })
    const { profiles } = await test.ui.profiles.list({})
    const real = profiles.find(({ name }) => name === 'real')
    for (const call of [test.ui.sandbox.status, test.ui.sandbox.calm, test.ui.sandbox.reset])
      await expect(call({ profileId: real?.profileId })).rejects.toMatchObject({ code: 'sandbox.required' })
  })

  it('tells windows of every change', async () => {
    test.changes.length = 0
    await test.ui.sandbox.update({ slowMs: 10 })
    expect(test.changes.map(({ type }) => type)).toContain('sandbox.changed')
  })
})
