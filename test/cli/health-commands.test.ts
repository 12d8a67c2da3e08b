import { beforeEach, describe, expect, test } from 'vitest'
import { sandboxIn, useCliHost } from '#test/helpers/cli-host'
import { eventually } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'

const host = useCliHost(sandboxIn)
const { patchbay } = host
beforeEach(async () => {
  await host.core.ui.connect.start({ connectorId: 'openai', credentials: { apiKey: 'demo-key-12345' } })
})

describe('patchbay connections verify', () => {
  test('says in words and by its exit code what was seen, once and for certain', async () => {
    const well = await patchbay('connections verify openai/1')
    expect([well.code, well.out]).toEqual([
      0,
      expect.stringMatching(/^openai\/1: verified .*\n {2}It works\.\n.*It answered 200 to GET \/v1\/models\./),
    ])
    expect((await patchbay('connections verify openai/1 --json')).json).toMatchObject({ state: 'verified', cause: 'well' })
    await host.core.ui.sandbox.update({ serviceAnswers: 'unauthorized' })
    const once = await patchbay('connections verify openai/1')
    expect([once.code, once.out]).toEqual([1, expect.stringContaining('Next: Verify it again in a minute.')])
    host.core.platform.advance(61_000)
    const twice = await patchbay('connections verify openai/1')
    expect([twice.code, twice.out]).toEqual([5, expect.stringContaining('Next: Connect this account again.')])
    expect((await patchbay('connections health openai/1')).out).toContain('last known to work')
    await host.core.ui.sandbox.update({ serviceAnswers: 'server_error' })
    expect((await patchbay('connections verify openai/1')).code).toBe(7)
  })

  test('shows what ends soon as a table', async () => {
    expect((await patchbay('connections expiring')).out).toBe('Nothing runs out in that time.\n')
  })
})

describe('patchbay connections revoke and remove', () => {
  test('ask first, tell each token, and name the page where only the person can do it', async () => {
    expect((await patchbay('connections revoke openai/1')).code).toBe(2)
    const key = await patchbay('connections revoke openai/1 --yes')
    expect([key.code, key.out]).toEqual([
      5,
      expect.stringMatching(/key: cannot be ended from here.*\n.*https:\/\/platform\.openai\.com\/api-keys/),
    ])
    const { flowId, authorizationUrl } = await host.core.cli.connect.start({ connectorId: 'slack', open: false })
    await walkSignIn(authorizationUrl ?? '')
    await eventually(async () => (await host.core.ui.connect.get({ flowId })).state === 'connected')
    const removed = await patchbay('connections remove slack/1 --revoke --yes')
    expect([removed.code, removed.out]).toEqual([
      0,
      expect.stringMatching(
        /^slack\/1 is removed\.\n {2}At Nango: deleted\. Here: forgotten\.\n.*ended at the provider\.\n.*access token: ended\n.*cannot be undone/,
      ),
    ])
    expect((await patchbay('connections remove openai/1 --forget-only --yes')).out).toContain('patchbay connections adopt')
  })
})
