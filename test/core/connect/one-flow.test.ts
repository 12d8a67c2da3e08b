import { describe, expect, test } from 'vitest'
import { FORM_MODES } from '#shared/auth-ways'
import { FLOW_STEPS } from '#shared/contract/connect'
import { eventually, type TestCore } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'

type StartParams = Parameters<TestCore['cli']['connect']['start']>[0]

/** One connector of each way to sign in, and how an account of it is begun. `isPage`: a person answers on a page. */
const WAYS: readonly { readonly mode: string; readonly isPage: boolean; readonly params: StartParams }[] = [
  { mode: 'OAUTH2', isPage: true, params: { connectorId: 'github', open: false } },
  { mode: 'OAUTH2', isPage: true, params: { connectorId: 'github', via: 'window' } },
  {
    mode: 'API_KEY',
    isPage: false,
    params: { connectorId: 'n8n', fields: { baseUrl: 'https://n8n.example.test' }, credentials: { apiKey: 'n8n-0123456789' } },
  },
  {
    mode: 'BASIC',
    isPage: false,
    params: {
      connectorId: 'jira-data-center-basic',
      fields: { baseUrl: 'jira.example.test' },
      credentials: { username: 'ada', password: 'pass-0123456789' },
    },
  },
]

describe('one flow for every connector', () => {
  const world = useNangoWorld({ hasAuthWindow: true })

  /** The page of a flow, as the person or its sign-in window opens it. */
  const pageOf = async (flowId: string): Promise<string> => (await world.core.cli.connect.get({ flowId })).authorizationUrl ?? ''

  test('a page and a form are tried here', () => {
    expect(WAYS.some(({ mode }) => FORM_MODES.some((form) => form === mode)) && WAYS.some(({ isPage }) => isPage)).toBe(true)
  })

  test.each(WAYS.map((way) => [`${way.mode} ${way.params.via ?? (way.isPage ? 'browser' : 'form')}`, way] as const))(
    'an account that signs in by %s goes through the same eleven steps at Nango, and ends as the same kind of row',
    async (_name, { mode, isPage, params }) => {
      const flow = await world.core.cli.connect.start({ ...params, label: 'Work' })
      if (isPage) {
        expect(flow.state).toBe('waiting')
        await world.upstream.approve(await pageOf(flow.flowId))
      }
      const done = await eventually(async () => {
        const now = await world.core.cli.connect.get({ flowId: flow.flowId })
        return now.state === 'connected' && now.steps.every(({ state }) => state === 'done' || state === 'skipped') && now
      })
      expect(done.oauthMethod).toBe('nango')
      expect(done.steps.map(({ id }) => id)).toEqual(FLOW_STEPS.filter((id) => id !== 'cleanup'))
      // What a page is for is skipped where there is none; nothing else may be.
      const skipped = done.steps.filter(({ state }) => state === 'skipped').map(({ id }) => id)
      expect(skipped).toEqual(isPage ? [] : ['open', 'approval', 'callback'])
      expect(world.core.events.map(({ type }) => type).slice(0, 2)).toEqual(['connection.pending', 'connection.activated'])
      const connection = await world.core.ui.connections.get({ connectionId: flow.connectionId })
      expect(connection).toMatchObject({
        status: 'connected',
        authMode: mode,
        isOurs: true,
        label: 'Work',
        tags: { patchbay_flow: flow.flowId },
      })
      const paths = world.nango.requests.filter(({ method }) => method === 'POST').map(({ path }) => path)
      expect(paths.filter((path) => path === '/connect/sessions')).toHaveLength(1)
    },
  )
})
