import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'

let nango: FakeNango
let core: TestCore
beforeEach(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
})
afterEach(async () => {
  await core.stop()
  await nango.stop()
})

test('A37: when a refresh fails, the cause, its evidence and the one next action are told, and they go when it works again', async () => {
  const flow = await core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
  await walkSignIn(flow.authorizationUrl ?? '')
  await eventually(async () => (await core.cli.connect.get({ flowId: flow.flowId })).steps.every(({ state }) => state !== 'running'))
  const diagnose = () => core.cli.system.diagnose({ reference: 'github/work' })
  expect(await diagnose()).toMatchObject({ cause: 'well', next: { action: 'none' } })

  nango.faults.failRefresh = true
  await expect(core.cli.connections.refresh({ connectionId: 'github/work' })).rejects.toMatchObject({ code: 'connection.refresh_failed' })
  const failing = await diagnose()
  expect(failing).toMatchObject({
    cause: 'sign_in_refused',
    summary: expect.stringMatching(/^The sign-in to GitHub.* could not be renewed\.$/),
    next: { action: 'relink', connectorId: 'github', label: 'Work' },
  })
  const evidence = Object.fromEntries(failing.evidence.map(({ id, status }) => [id, status]))
  // The account is there at Nango, with its token; what failed is its renewal.
  expect(evidence).toMatchObject({ environment: 'ok', integration: 'ok', last_error: 'fail' })
  expect(failing.evidence.map(({ id }) => id)).toContain('expiry')

  nango.faults.failRefresh = false
  await core.cli.connections.refresh({ connectionId: 'github/work', acceptRisk: true })
  expect(await diagnose()).toMatchObject({ cause: 'well', next: { action: 'none' } })

  nango.changeFaults({ brokenAnswers: 'no_answer' })
  expect(await diagnose()).toMatchObject({ cause: 'unreachable', next: { action: 'wait' } })
})
