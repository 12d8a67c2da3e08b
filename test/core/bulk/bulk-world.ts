import { channel } from 'node:diagnostics_channel'
import { createServer, type IncomingMessage } from 'node:http'
import type { Bulk } from '#shared/contract/bulk'
import { listen } from '#test/core/nango/local-servers'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { eventually, makeCore, type TestCore, type TestCoreOptions } from '#test/helpers/make-core'

/** A core, a Nango and a provider that renews tokens, except those of accounts called `bad-...`. */
export interface BulkWorld {
  readonly nango: FakeNango
  core: TestCore
  /** How often the provider was asked for a token, by account. */
  readonly renewals: Map<string, number>
  /** How many answers of 429 there were. */
  readonly tooMany: () => number
  readonly stop: () => Promise<void>
}

const RESPONSES = channel('http.client.response.finish')

export const startBulkWorld = async (options: TestCoreOptions & { readonly platformIn?: string } = {}): Promise<BulkWorld> => {
  const renewals = new Map<string, number>()
  const provider = await listen(
    createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      const account = new URLSearchParams(body).get('refresh_token') ?? ''
      renewals.set(account, (renewals.get(account) ?? 0) + 1)
      const isBad = account.startsWith('bad-')
      response.writeHead(isBad ? 400 : 200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(isBad ? { error: 'invalid_grant' } : { access_token: `at-${account}`, expires_in: 7200, token_type: 'Bearer' }),
      )
    }),
  )
  const nango = await startFakeNango({
    rateLimitPerMinute: 100_000,
    providers: {
      github: {
        display_name: 'GitHub',
        auth_mode: 'OAUTH2',
        authorization_url: `${provider.url}/authorize`,
        token_url: `${provider.url}/token`,
      },
    },
  })
  let tooMany = 0
  const count = (message: unknown): void => {
    if ((message as { readonly response: IncomingMessage }).response.statusCode === 429) tooMany += 1
  }
  RESPONSES.subscribe(count)
  const environment = { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey }
  const { platformIn: folder, ...more } = options
  const core = await makeCore({ ...more, environment, ...(folder !== undefined && { folder }) })
  const world: BulkWorld = {
    nango,
    core,
    renewals,
    tooMany: () => tooMany,
    stop: async () => {
      RESPONSES.unsubscribe(count)
      await world.core.stop()
      await nango.stop()
      await provider.close()
    },
  }
  return world
}

/** Accounts that can be refreshed, and the core knows them. */
export const seedAccounts = async ({ nango, core }: BulkWorld, names: readonly string[]): Promise<void> => {
  const expiresAt = new Date(Date.now() + 1_800_000).toISOString()
  nango.seedConnections(
    names.map((name) => ({
      connectionId: name,
      integrationKey: 'github',
      tags: { end_user_display_name: name, team: 'ops' },
      credentials: { type: 'OAUTH2' as const, access_token: `old-${name}`, refresh_token: name, expires_at: expiresAt, raw: {} },
    })),
  )
  await core.cli.sync.run({})
}

/** `a-000`, `a-001` ... */
export const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`)

/** The run, once it has ended. */
export const ended = async (core: TestCore, bulk: Pick<Bulk, 'bulkId'> | null, timeoutMs = 30_000): Promise<Bulk> => {
  const { bulkId = '' } = bulk ?? {}
  return eventually(async () => {
    const now = await core.cli.bulk.get({ bulkId })
    return now.endedAt !== null && now
  }, timeoutMs)
}
