import { beforeEach, describe, expect, test } from 'vitest'
import type { Flow } from '#shared/contract/connect'
import { startFakeNango } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { type NangoWorld, useNangoWorld } from '#test/helpers/nango-world'

type Way = 'page' | 'form'

interface Trouble {
  /** What goes wrong. */
  readonly name: string
  readonly ways: readonly Way[]
  /** Before the connect button is pressed. */
  readonly before?: (world: NangoWorld) => void
  /** While the page of the flow is open. */
  readonly during?: (world: NangoWorld, flow: Flow) => Promise<unknown> | void
  readonly ends: Flow['state']
  readonly code: string
  readonly words: string
  /** Facts that the error names besides. */
  readonly data?: Readonly<Record<string, unknown>>
}

const SESSIONS = { path: '/connect/sessions', method: 'POST' } as const
const BOTH = ['page', 'form'] as const

const TROUBLES: readonly Trouble[] = [
  {
    name: 'access is denied on the page of the provider',
    ways: ['page'],
    during: ({ upstream }, flow) => upstream.approve(flow.authorizationUrl ?? '', { deny: true }),
    ends: 'failed',
    code: 'connect.denied',
    words: 'Access was not given. Nothing was connected.',
  },
  {
    name: 'the provider refuses to hand out tokens',
    ways: ['page'],
    before: ({ upstream }) => (upstream.tokenFault = 'server-error'),
    during: ({ upstream }, flow) => upstream.approve(flow.authorizationUrl ?? ''),
    ends: 'failed',
    code: 'connect.provider_error',
    words: 'The provider did not complete the sign-in. Nothing was connected.',
  },
  {
    name: 'the provider answers with a page in place of tokens',
    ways: ['page'],
    before: ({ upstream }) => (upstream.tokenFault = 'html'),
    during: ({ upstream }, flow) => upstream.approve(flow.authorizationUrl ?? ''),
    ends: 'failed',
    code: 'connect.provider_error',
    words: 'The provider did not complete the sign-in. Nothing was connected.',
  },
  {
    name: 'the page runs out before anybody answers',
    ways: ['page'],
    during: ({ core }) => core.platform.advance(31 * 60_000),
    ends: 'expired',
    code: 'connect.expired',
    words: 'The page was good for 30 minutes and has run out. Nothing was connected.',
  },
  {
    name: 'the key has a typing mistake',
    ways: ['form'],
    ends: 'failed',
    code: 'connect.test_failed',
    words: 'The credentials were not accepted.',
  },
  {
    name: 'the service behind the key is down',
    ways: ['form'],
    before: ({ nango }) => nango.changeFaults({ isProviderDown: true }),
    ends: 'failed',
    code: 'connect.test_failed',
    words: 'The credentials were not accepted.',
  },
  {
    name: 'the session ends while the form is sent',
    ways: ['form'],
    before: ({ nango }) =>
      nango.faults.answerNext({ path: /^\/api-auth\//, status: 401, body: { error: { code: 'unknown_connect_session_token' } } }),
    ends: 'failed',
    code: 'connect.expired',
    words: 'The page was good for 30 minutes and has run out. Nothing was connected.',
  },
  {
    name: 'Nango asks for a pause (429)',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, status: 429, headers: { 'retry-after': '20' }, body: {} }),
    ends: 'failed',
    code: 'nango.rate_limited',
    words: 'Nango asks for a pause.',
  },
  {
    name: 'Nango fails inside (500)',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, status: 500, body: { error: { code: 'server_error' } } }),
    ends: 'failed',
    code: 'nango.server_error',
    words: 'Nango failed inside.',
    data: { status: 500 },
  },
  {
    name: 'a gateway before Nango fails (503)',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, status: 503, html: '<h1>Service Unavailable</h1>' }),
    ends: 'failed',
    code: 'nango.server_error',
    words: 'Nango failed inside.',
    data: { status: 503 },
  },
  {
    name: 'Nango cannot be reached',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, reset: true }),
    ends: 'failed',
    code: 'nango.unreachable',
    words: 'Nango cannot be reached.',
  },
  {
    name: 'the answer is cut off half way',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, truncate: true }),
    ends: 'failed',
    code: 'nango.unreachable',
    words: 'Nango cannot be reached.',
  },
  {
    name: 'the address answers with a web page',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, html: '<h1>It works</h1>' }),
    ends: 'failed',
    code: 'nango.not_nango',
    words: "The address answers with a web page, not with Nango's API.",
  },
  {
    name: 'the answer has another shape',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, body: { result: [] } }),
    ends: 'failed',
    code: 'nango.protocol',
    words: 'Nango answered something that is not understood.',
  },
  {
    name: 'the answer is larger than 8 MiB',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, huge: 9 * 1024 * 1024 }),
    ends: 'failed',
    code: 'nango.too_large',
    words: 'Nango answered more than 8 MiB.',
  },
  {
    name: 'the secret key was taken back',
    ways: BOTH,
    before: ({ nango }) => nango.faults.answerNext({ ...SESSIONS, status: 401, body: { error: { code: 'unknown_account' } } }),
    ends: 'failed',
    code: 'nango.key_refused',
    words: 'Nango refused the secret key.',
  },
  {
    name: 'the secret key may not open sessions',
    ways: BOTH,
    before: ({ nango }) =>
      nango.faults.answerNext({
        ...SESSIONS,
        status: 403,
        body: { error: { code: 'forbidden', message: 'This API key lacks the scope environment:connect_sessions:write' } },
      }),
    ends: 'failed',
    code: 'nango.scope_missing',
    words: 'The key may not do that.',
    data: { scope: 'environment:connect_sessions:write' },
  },
]

const CELLS = TROUBLES.flatMap((trouble) => trouble.ways.map((way) => [trouble.name, way, trouble] as const))

const OVER: readonly Flow['state'][] = ['connected', 'failed', 'expired', 'cancelled']

describe('when connecting goes wrong', () => {
  const world = useNangoWorld({ hasAuthWindow: true })
  beforeEach(async () => {
    await world.core.cli.sync.run({})
  })

  const begin = (way: Way): Promise<Flow> =>
    way === 'page'
      ? world.core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
      : world.core.cli.connect.start({ connectorId: 'openai', label: 'Work', credentials: { apiKey: 'sk-wrong-0123456789' } })

  const whenOver = ({ flowId }: Flow): Promise<Flow> =>
    eventually(async () => {
      const now = await world.core.cli.connect.get({ flowId })
      return OVER.includes(now.state) && now
    })

  /** No row here, no connection at Nango, no flow that is open, no address that still opens, and nobody was told of an account. */
  const expectNothingLeft = async (flow: Flow): Promise<void> => {
    world.nango.faults.clear()
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
    const listed = await fetch(`${world.nango.url}/connections`, { headers: world.nango.authorization })
    expect(await listed.json()).toEqual({ connections: [] })
    expect((await world.core.cli.connect.list({ isOpen: true })).flows).toEqual([])
    expect(flow.authorizationUrl).toBeUndefined()
    await expect(world.core.ui.connect.copyAddress({ flowId: flow.flowId })).rejects.toMatchObject({ code: 'connect.ended' })
    expect(world.core.events.map(({ type }) => type)).not.toContain('connection.activated')
    expect(flow.steps.filter(({ state }) => state === 'running')).toEqual([])
  }

  test.each(CELLS)('%s, by %s: it ends with its own code and words, and nothing is left behind', async (_name, way, trouble) => {
    trouble.before?.(world)
    const begun = await begin(way)
    await trouble.during?.(world, begun)
    const flow = await whenOver(begun)
    expect({ state: flow.state, code: flow.error?.code, message: flow.error?.message }).toEqual({
      state: trouble.ends,
      code: trouble.code,
      message: trouble.words,
    })
    expect(flow.error?.data).toMatchObject(trouble.data ?? {})
    await expectNothingLeft(flow)
  })

  test('the sign-in window is closed: it waits on and says so, and a cancel leaves nothing behind', async () => {
    const begun = await world.core.ui.connect.start({ connectorId: 'github', label: 'Work', via: 'window' })
    await world.core.ui.connect.openWindow({ flowId: begun.flowId })
    const ticket = world.core.platform.authTickets[0] ?? ''
    await world.core.core.redeemAuthTicket(ticket)
    world.core.core.reportAuthOutcome(ticket, { kind: 'closed' })
    const waiting = await world.core.cli.connect.get({ flowId: begun.flowId })
    expect([waiting.state, waiting.error]).toEqual(['waiting', undefined])
    expect(waiting.steps.find(({ id }) => id === 'approval')).toMatchObject({
      state: 'running',
      note: 'The window was closed before an answer came.',
    })
    await expectNothingLeft(await world.core.cli.connect.cancel({ flowId: begun.flowId }))
  })

  test('another account signs in than was meant: it is connected under its own name, seen and removed again', async () => {
    const begun = await begin('page')
    await world.upstream.approve(begun.authorizationUrl ?? '', { login: 'not-mara' })
    const flow = await whenOver(begun)
    expect(flow.state).toBe('connected')
    const connection = await eventually(async () => {
      const now = await world.core.ui.connections.get({ connectionId: flow.connectionId })
      return now.identity !== null && now
    })
    expect(connection).toMatchObject({ label: 'Work', status: 'connected', identity: { accountId: 'not-mara' } })
    await world.core.cli.connections.remove({ connectionId: flow.connectionId })
    expect((await world.core.ui.connections.list({})).connections).toEqual([])
    const listed = await fetch(`${world.nango.url}/connections`, { headers: world.nango.authorization })
    expect(await listed.json()).toEqual({ connections: [] })
  })

  test.each(['page', 'form'] as const)(
    'the computer is offline before Nango was ever asked, by %s: that is said, not something else',
    async (way) => {
      const { port, secretKey } = world.nango
      await world.nango.stop()
      await expect(begin(way)).rejects.toMatchObject({ code: 'nango.unreachable', message: 'Nango cannot be reached.' })
      expect((await world.core.ui.connections.list({})).connections).toEqual([])
      expect((await world.core.cli.connect.list({})).flows).toEqual([])
      world.nango = await startFakeNango({ upstream: world.upstream, port, secretKey })
    },
  )

  test.each(['page', 'form'] as const)(
    'the computer goes offline once the connectors are known, by %s: the flow fails and nothing is left',
    async (way) => {
      await world.core.ui.catalogue.list({})
      await world.core.cli.integrations.list({})
      const { port, secretKey } = world.nango
      await world.nango.stop()
      const flow = await begin(way)
      expect(flow).toMatchObject({ state: 'failed', error: { code: 'nango.unreachable', message: 'Nango cannot be reached.' } })
      world.nango = await startFakeNango({ upstream: world.upstream, port, secretKey })
      await expectNothingLeft(flow)
    },
  )
})
