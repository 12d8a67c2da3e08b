import { afterEach, beforeEach, expect, test } from 'vitest'
import { FLOW_STEPS } from '#shared/contract/connect'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore } from '#test/helpers/make-core'
import { type OidcUpstream, startOidcUpstream } from '#test/helpers/oidc-upstream'

let upstream: OidcUpstream
let nango: FakeNango
let core: TestCore
beforeEach(async () => {
  upstream = await startOidcUpstream()
  nango = await startFakeNango({ upstream, rateLimitPerMinute: 100_000 })
  core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey, LOG_LEVEL: 'debug' } })
})
afterEach(async () => {
  await core.stop()
  await nango.stop()
  await upstream.stop()
})

test('an attempt keeps its steps with their times, and every line of the log that was written for it carries its id', async () => {
  const other = await core.cli.connect.start({ connectorId: 'github', label: 'Other', open: false })
  const flow = await core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
  await upstream.approve(flow.authorizationUrl ?? '')
  const ended = await eventually(async () => {
    const now = await core.cli.connect.get({ flowId: flow.flowId })
    return now.state === 'connected' && now.steps.find(({ id }) => id === 'account')?.state === 'done' ? now : null
  })
  expect(ended.steps.map(({ id }) => id)).toEqual(FLOW_STEPS.filter((id) => id !== 'cleanup'))
  for (const { id, endedAt, startedAt } of ended.steps) {
    expect(endedAt, id).not.toBeNull()
    if (startedAt !== null) expect(Date.parse(endedAt ?? ''), id).toBeGreaterThanOrEqual(Date.parse(startedAt))
  }
  const { lines } = await core.cli.system.logs({ attemptId: flow.flowId, limit: 500 })
  const events = new Set(lines.map(({ event }) => event))
  expect([...events]).toEqual(expect.arrayContaining(['connect.step', 'connect.connected', 'http.reply']))
  expect(lines.every(({ attemptId }) => attemptId === flow.flowId)).toBe(true)
  expect(lines.filter(({ event }) => event === 'connect.step').map(({ fields }) => fields['step'])).toContain('session')
  const others = await core.cli.system.logs({ attemptId: other.flowId, limit: 500 })
  expect(others.lines.some(({ event }) => event === 'connect.connected')).toBe(false)
  const activated = (await core.cli.events.list({ connectionId: flow.connectionId })).events.find(
    ({ type }) => type === 'connection.activated',
  )
  expect(activated?.data).toMatchObject({ flowId: flow.flowId })
})
