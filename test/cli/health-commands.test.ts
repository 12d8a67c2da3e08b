import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { temporaryFolder } from '#test/transports/socket-peer'
import { runPatchbay, type Typed } from './terminal-stand-in.ts'

let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  home = temporaryFolder()
  const platform = createFakePlatform({ folder: home.path })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted: false })
  await server.start()
  await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
  await core.ui.connect.start({ connectorId: 'openai', credentials: { apiKey: 'demo-key-12345' } })
})
afterEach(async () => {
  process.exitCode = undefined
  await server.stop()
  await core.stop()
  home.remove()
})

/** Each command is a process of its own: the exit code of the one before is not its. */
const patchbay = (args: string, typed?: Typed) => {
  process.exitCode = undefined
  return runPatchbay(home.path, args.split(' '), typed)
}

describe('patchbay connections verify', () => {
  test('says in words and by its exit code what was seen, once and for certain', async () => {
    const well = await patchbay('connections verify openai/1')
    expect([well.code, well.out]).toEqual([
      0,
      expect.stringMatching(/^openai\/1: verified .*\n {2}It works\.\n.*It answered 200 to GET \/v1\/models\./),
    ])
    expect((await patchbay('connections verify openai/1 --json')).json).toMatchObject({ state: 'verified', cause: 'well' })
    await core.ui.sandbox.update({ serviceAnswers: 'unauthorized' })
    const once = await patchbay('connections verify openai/1')
    expect([once.code, once.out]).toEqual([1, expect.stringContaining('Next: Verify it again in a minute.')])
    core.platform.advance(61_000)
    const twice = await patchbay('connections verify openai/1')
    expect([twice.code, twice.out]).toEqual([5, expect.stringContaining('Next: Connect this account again.')])
    expect((await patchbay('connections health openai/1')).out).toContain('last known to work')
    await core.ui.sandbox.update({ serviceAnswers: 'server_error' })
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
    const { flowId, authorizationUrl } = await core.cli.connect.start({ connectorId: 'slack', open: false })
    await walkSignIn(authorizationUrl ?? '')
    await eventually(async () => (await core.ui.connect.get({ flowId })).state === 'connected')
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
