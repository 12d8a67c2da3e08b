import { expect, test } from 'vitest'
import { FLOW_STEPS } from '#shared/contract/connect'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'

const world = useNangoWorld({ environment: { LOG_LEVEL: 'debug' } })

test('an attempt keeps its steps with their times, and every line of the log that was written for it carries its id', async () => {
  const other = await world.core.cli.connect.start({ connectorId: 'github', label: 'Other', open: false })
  const flow = await world.core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
  await world.upstream.approve(flow.authorizationUrl ?? '')
  const ended = await eventually(async () => {
    const now = await world.core.cli.connect.get({ flowId: flow.flowId })
    return now.state === 'connected' && now.steps.find(({ id }) => id === 'account')?.state === 'done' ? now : null
  })
  expect(ended.steps.map(({ id }) => id)).toEqual(FLOW_STEPS.filter((id) => id !== 'cleanup'))
  for (const { id, endedAt, startedAt } of ended.steps) {
    expect(endedAt, id).not.toBeNull()
    if (startedAt !== null) expect(Date.parse(endedAt ?? ''), id).toBeGreaterThanOrEqual(Date.parse(startedAt))
  }
  const { lines } = await world.core.cli.system.logs({ attemptId: flow.flowId, limit: 500 })
  const events = new Set(lines.map(({ event }) => event))
  expect([...events]).toEqual(expect.arrayContaining(['connect.step', 'connect.connected', 'http.reply']))
  expect(lines.every(({ attemptId }) => attemptId === flow.flowId)).toBe(true)
  expect(lines.filter(({ event }) => event === 'connect.step').map(({ fields }) => fields['step'])).toContain('session')
  const others = await world.core.cli.system.logs({ attemptId: other.flowId, limit: 500 })
  expect(others.lines.some(({ event }) => event === 'connect.connected')).toBe(false)
  const activated = (await world.core.cli.events.list({ connectionId: flow.connectionId })).events.find(
    ({ type }) => type === 'connection.activated',
  )
  expect(activated?.data).toMatchObject({ flowId: flow.flowId })
})
