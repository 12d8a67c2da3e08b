import { beforeEach, describe, expect, test } from 'vitest'
import { sandboxIn, useCliHost } from '#test/helpers/cli-host'
import { eventually } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'

const host = useCliHost(sandboxIn)
const { patchbay } = host
beforeEach(async () => {
  const { core } = host
  const { flowId } = await core.ui.connect.start({ connectorId: 'github' })
  await walkSignIn(await eventually(() => core.platform.opened.at(-1)))
  await eventually(async () => (await core.ui.connect.get({ flowId })).state === 'connected')
})

describe('patchbay sandbox', () => {
  test('switches faults by flags, breaks and mends one connection by its handle, and calms down', async () => {
    const told = await patchbay('sandbox update --denied-consent next --rate-limit-requests 150 --is-provider-down --json')
    expect([told.code, told.err]).toEqual([0, ''])
    expect(told.json).toMatchObject({ faultsOn: 3, faults: { deniedConsent: 'next', rateLimitRequests: 150, isProviderDown: true } })
    const fewer = await patchbay('sandbox update --no-rate-limit-requests --no-is-provider-down --json')
    expect(fewer.json).toMatchObject({ faultsOn: 1 })
    expect((await patchbay('sandbox failRefresh github/1 --json')).json).toMatchObject({ failing: [{ handle: 'github/1' }], faultsOn: 2 })
    expect((await patchbay('connections get github/1 --json')).json).toMatchObject({ status: 'attention' })
    expect((await patchbay('sandbox calm --json')).json).toMatchObject({ failing: [], faultsOn: 0 })
  })

  test('sends a webhook to a program here and tells in a table how it was answered', async () => {
    expect((await patchbay('sandbox sendWebhook github')).err).toContain('nowhere yet')
    expect((await patchbay('sandbox update --webhook-url http://127.0.0.1:9/hook')).code).toBe(0)
    expect((await patchbay('sandbox sendWebhook github --event denied --json')).json).toMatchObject({
      event: 'denied',
      state: 'waiting',
      attempts: [{ status: null, reason: 'connection_refused' }],
    })
    expect((await patchbay('sandbox deliveries')).out).toMatch(/WEBHOOK .*\n.* denied +waiting +connection_refused/)
  })

  test('is emptied after a yes', async () => {
    expect((await patchbay('sandbox reset')).code).toBe(2)
    expect((await patchbay('sandbox reset --yes --json')).json).toMatchObject({ removed: 1 })
    expect((await patchbay('connections list --json')).json).toMatchObject({ connections: [] })
  })
})
