import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Flow } from '#shared/contract/connect'
import { type FakeNango, startFakeNango } from './fake-nango.ts'
import type { FakePlatformOptions } from './fake-platform.ts'
import { eventually, makeCore, type TestCore } from './make-core.ts'
import { type OidcUpstream, startOidcUpstream } from './oidc-upstream.ts'

/** A core whose profile is a fake Nango, with a real OpenID provider behind that. */
export interface NangoWorld {
  readonly upstream: OidcUpstream
  /** A test that stops it may put another in its place. */
  nango: FakeNango
  readonly core: TestCore
}

/** What the environment says of a Nango, so that it is the profile in use. */
export const environmentOf = ({ url, secretKey }: FakeNango): Record<string, string> => ({ NANGO_HOST: url, NANGO_SECRET_KEY: secretKey })

/** A world for every test of the suite that calls this, there from its `beforeEach` on; the provider is one for all of them. */
export const useNangoWorld = (options: FakePlatformOptions = {}): NangoWorld => {
  const world = {} as { upstream: OidcUpstream; nango: FakeNango; core: TestCore }
  beforeAll(async () => {
    world.upstream = await startOidcUpstream()
  })
  afterAll(() => world.upstream.stop())
  beforeEach(async () => {
    world.upstream.tokenFault = null
    world.nango = await startFakeNango({ upstream: world.upstream, rateLimitPerMinute: 100_000 })
    world.core = await makeCore({ ...options, environment: { ...options.environment, ...environmentOf(world.nango) } })
  })
  afterEach(async () => {
    await world.core.stop()
    await world.nango.stop()
  })
  return world
}

/** Connects the account `github/work`; done when it is known who the account is. */
export const connectGithub = async ({ core, upstream }: NangoWorld): Promise<Flow> => {
  const { flowId, authorizationUrl } = await core.cli.connect.start({ connectorId: 'github', label: 'Work', open: false })
  await upstream.approve(authorizationUrl ?? '')
  return eventually(async () => {
    const flow = await core.cli.connect.get({ flowId })
    return flow.state === 'connected' && flow.steps.find(({ id }) => id === 'account')?.state === 'done' && flow
  })
}
