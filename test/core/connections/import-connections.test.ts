import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { createFakePlatform, type FakePlatform } from '#test/helpers/fake-platform'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { environmentOf } from '#test/helpers/nango-world'
import { createCaller, pick } from '../sandbox/call-stand-in.ts'

let nango: FakeNango
let core: TestCore
let platform: FakePlatform
let call: ReturnType<typeof createCaller>

beforeAll(async () => {
  nango = await startFakeNango({ rateLimitPerMinute: 100_000 })
  call = createCaller(nango)
  platform = createFakePlatform({ environment: environmentOf(nango) })
  core = await makeCore({ platform })
})
beforeEach(() => core.cli.sync.run({}))
afterEach(async () => {
  nango.faults.clear()
  for (const row of listOf(await call('GET', '/connections')))
    await call('DELETE', `/connections/${row.connection_id}?provider_config_key=${row.provider_config_key}`)
  await core.cli.sync.run({})
})
afterAll(async () => {
  await core.stop()
  await nango.stop()
  platform.dispose()
})

const listOf = ({ json }: { readonly json: unknown }) =>
  (json as { readonly connections: readonly { readonly connection_id: string; readonly provider_config_key: string }[] }).connections
const rowsOf = (...values: readonly Record<string, unknown>[]) => values.map((each, index) => ({ line: index + 2, values: each }))
const N8N = { connector: 'n8n', apiKey: 'canary-key-1', 'config.baseUrl': 'https://n8n.example' }
const outcomes = (answer: {
  readonly results: readonly { readonly outcome: string; readonly reason: { readonly code: string } | null }[]
}) => answer.results.map(({ outcome, reason }) => reason?.code ?? outcome)
const atNango = async (connectionId: string, integration = 'n8n') =>
  (await call('GET', `/connections/${connectionId}?provider_config_key=${integration}&refresh_token=true`)).json

describe('importing rows', () => {
  test('guesses what columns mean, says what would happen, and changes nothing while it is a preview', async () => {
    const rows = rowsOf(
      { Service: 'n8n', 'API key': 'canary', Name: 'Work', 'config.baseUrl': 'https://n8n.example', Colour: 'red' },
      { Service: 'n8n', 'API key': '', Name: '', 'config.baseUrl': '', Colour: '' },
    )
    const preview = await core.cli.connections.import({ rows, preview: true })
    expect(preview.mapping).toEqual([
      { column: 'Service', field: 'connector', isSecret: false },
      { column: 'API key', field: 'apiKey', isSecret: true },
      { column: 'Name', field: 'label', isSecret: false },
      { column: 'config.baseUrl', field: 'connection_config.baseUrl', isSecret: true },
      { column: 'Colour', field: null, isSecret: true },
    ])
    expect(outcomes(preview)).toEqual(['create', 'nothing_to_import'])
    expect(nango.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    expect((await core.cli.connections.list({})).total).toBe(0)
    const other = await core.cli.connections.import({ rows, preview: true, mapping: { 'API key': null, Colour: 'apiKey' } })
    expect(other.mapping.map(({ field }) => field)).toEqual(['connector', null, 'label', 'connection_config.baseUrl', 'apiKey'])
  })

  test('puts the good ones in and gives each of the others its reason', async () => {
    await call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: 'there',
      credentials: { type: 'API_KEY', apiKey: 'old' },
    })
    const rows = rowsOf(
      { ...N8N, label: 'Work', 'tags.Team': 'A', 'metadata.plan': 'pro', notes: 'from a file' },
      { ...N8N, connection_id: 'there' },
      { ...N8N, connector: 'no-such-thing' },
      { ...N8N, connector: 'slack' },
      { ...N8N, type: 'BASIC' },
      { ...N8N, 'config.baseUrl': '' },
      { ...N8N, connection_id: 'a?b' },
      { ...N8N, 'tags.1': 'x' },
      { ...N8N, label: 'Work', 'tags.Team': 'B' },
      { connector: 'openai', apiKey: 'canary-wrong' },
      { connector: 'n8n' },
      { integration: 'jira-data-center-basic', username: 'ann', password: '', 'config.baseUrl': 'https://jira.example' },
      { connector: 'github', access_token: 'canary-at', refresh_token: 'canary-rt', expires_at: 4102444800 },
    )
    const answer = await core.cli.connections.import({ rows })
    expect(outcomes(answer)).toEqual([
      'create',
      'exists',
      'unknown_integration',
      'unknown_integration',
      'wrong_type',
      'missing_fields',
      'invalid_connection_id',
      'invalid_tags',
      'duplicate',
      'test_failed',
      'nothing_to_import',
      'create',
      'create',
    ])
    expect(answer.results.map(({ line }) => line)).toEqual(rows.map(({ line }) => line))
    expect(answer.stopped).toBeNull()
    const [made] = answer.results
    expect(made).toMatchObject({ handle: 'n8n/work', connectorId: 'n8n', integrationId: 'n8n' })
    expect(await core.cli.connections.get({ connectionId: 'n8n/work' })).toMatchObject({
      status: 'connected',
      isOurs: true,
      label: 'Work',
      notes: 'from a file',
      tags: { team: 'A' },
    })
    expect(await atNango(made?.nangoConnectionId ?? '')).toMatchObject({
      metadata: { plan: 'pro' },
      connection_config: { baseUrl: 'https://n8n.example' },
      credentials: { type: 'API_KEY', apiKey: 'canary-key-1' },
    })
    const oauth = await core.cli.connections.get({ connectionId: 'github' })
    expect(oauth.expiresAt).toBe('2100-01-01T00:00:00.000Z')
    expect(pick(await atNango(oauth.nangoConnectionId ?? '', 'github'), 'credentials', 'refresh_token')).toBe('canary-rt')
  })

  test('replaces a connection that is there after a yes, and only then', async () => {
    await call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: 'there',
      credentials: { type: 'API_KEY', apiKey: 'old' },
      tags: { mine: 'yes' },
    })
    const rows = rowsOf({ ...N8N, connection_id: 'there' })
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['exists'])
    expect(await atNango('there')).toMatchObject({ tags: { mine: 'yes' }, credentials: { apiKey: 'old' } })
    await core.cli.sync.run({})
    expect(outcomes(await core.cli.connections.import({ rows, preview: true, existing: 'replace' }))).toEqual(['update'])
    expect(outcomes(await core.cli.connections.import({ rows, existing: 'replace' }))).toEqual(['update'])
    expect(await atNango('there')).toMatchObject({
      tags: { patchbay_owner: expect.any(String) as string },
      credentials: { apiKey: 'canary-key-1' },
    })
    expect(pick(await atNango('there'), 'tags', 'mine')).toBeUndefined()
    expect((await core.cli.connections.list({})).total).toBe(1)
  })

  test('a row that was refused may not replace, later, what somebody else has made of its id', async () => {
    const rows = rowsOf({ ...N8N, connection_id: 'refused-once' })
    nango.faults.answerNext({ path: '/connections', method: 'POST', status: 400, body: { error: { code: 'invalid_body' } } })
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['refused_by_nango'])
    await call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: 'refused-once',
      credentials: { type: 'API_KEY', apiKey: 'theirs' },
    })
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['exists'])
    expect(await atNango('refused-once')).toMatchObject({ credentials: { apiKey: 'theirs' } })
  })

  test('does not make the same rows twice: not in the next run, not after a restart, not when the answer was lost', async () => {
    const rows = rowsOf(N8N, { ...N8N, connection_id: 'named' })
    nango.faults.answerNext({ path: '/connections', method: 'POST', reset: true })
    const lost = await core.cli.connections.import({ rows })
    expect([lost.results, lost.stopped?.code]).toEqual([[], 'nango.unreachable'])
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['create', 'create'])
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['done_before', 'done_before'])
    await core.stop()
    core = await makeCore({ platform })
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['done_before', 'done_before'])
    expect((await core.cli.connections.list({})).total).toBe(2)
    await core.cli.connections.remove({ connectionId: (await core.cli.connections.list({})).connections[0]?.connectionId ?? '' })
    expect(outcomes(await core.cli.connections.import({ rows })).toSorted()).toEqual(['create', 'done_before'])
  })

  test('stops where Nango asks for a pause, with what is done, and goes on with the rest', async () => {
    const rows = rowsOf(...[1, 2, 3].map((number) => ({ ...N8N, apiKey: `canary-key-${number}` })))
    await core.cli.connections.import({ rows: rows.slice(0, 1) })
    nango.faults.answerNext({ path: '/connections', method: 'POST', status: 429, headers: { 'retry-after': '1' }, body: {} })
    const stopped = await core.cli.connections.import({ rows })
    expect(outcomes(stopped)).toEqual(['done_before'])
    expect(stopped.stopped).toMatchObject({ code: 'nango.rate_limited', retryInMs: 1000 })
    platform.advance(stopped.stopped?.retryInMs ?? 0)
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['done_before', 'create', 'create'])
  })

  test('takes rows over that a service keeps of connections of its own, with what Nango knows of them', async () => {
    await call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: 'conn-1',
      credentials: { type: 'API_KEY', apiKey: 'old' },
      tags: { workspaceid: 'w-1' },
      end_user: { id: 'u-1', display_name: 'Ann' },
    })
    const shape = { userId: 'u-1', workspaceId: 'w-1', providerConfigKey: 'n8n', status: 'active', lastSyncAt: '2026-01-01T00:00:00Z' }
    const rows = rowsOf(
      { ...shape, id: '1', nangoConnectionId: 'conn-1' },
      { ...shape, id: '2', nangoConnectionId: null, status: 'pending' },
      { ...shape, id: '3', nangoConnectionId: 'gone' },
    )
    expect(outcomes(await core.cli.connections.import({ rows, preview: true }))).toEqual(['adopt', 'nothing_to_import', 'adopt'])
    expect(outcomes(await core.cli.connections.import({ rows }))).toEqual(['adopt', 'nothing_to_import', 'not_at_nango'])
    expect(await core.cli.connections.get({ connectionId: 'n8n' })).toMatchObject({
      isOurs: true,
      nangoConnectionId: 'conn-1',
      providerConfigKey: 'n8n',
      label: 'Ann',
      status: 'connected',
      tags: { workspaceid: 'w-1', end_user_id: 'u-1', patchbay_owner: expect.any(String) as string },
    })
    expect(await atNango('conn-1')).toMatchObject({ credentials: { apiKey: 'old' }, end_user: { id: 'u-1' } })
    expect(outcomes(await core.cli.connections.import({ rows: rows.slice(0, 1) }))).toEqual(['done_before'])
  })

  test('leaves no secret of the file in an event, a log, or an answer', async () => {
    const rows = rowsOf(
      N8N,
      { connector: 'openai', apiKey: 'canary-wrong' },
      { ...N8N, apiKey: 'canary'.repeat(300) },
      { ...N8N, tags: 'canary' },
    )
    const answer = await core.cli.connections.import({ rows })
    expect(outcomes(answer)).toEqual(['create', 'test_failed', 'invalid_fields', 'invalid_fields'])
    const { events } = await core.cli.events.list({})
    expect(JSON.stringify([answer, events, core.events])).not.toContain('canary')
    const files = readdirSync(platform.dataFolder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(log|db|db-wal)$/.test(name))
    expect(files.length).toBeGreaterThan(1)
    for (const name of files) expect(readFileSync(join(platform.dataFolder, name), 'latin1')).not.toContain('canary')
  })
})

describe('adopting connections', () => {
  const make = (connectionId: string, tags: Record<string, string> = {}) =>
    call('POST', '/connections', {
      provider_config_key: 'n8n',
      connection_id: connectionId,
      credentials: { type: 'API_KEY', apiKey: 'k' },
      tags,
    })
  const idOf = async (nangoConnectionId: string) =>
    (await core.cli.connections.list({})).connections.find((each) => each.nangoConnectionId === nangoConnectionId)?.connectionId ?? ''

  test('puts our tag beside all others, keeps label and owner, and is done once', async () => {
    await make('one', { plan: 'pro', end_user_display_name: 'Ann' })
    await core.cli.sync.run({})
    const connectionIds = [await idOf('one')]
    expect(await core.cli.connections.get({ connectionId: connectionIds[0] ?? '' })).toMatchObject({ isOurs: false, label: 'Ann' })
    // Changed at Nango since we looked: what is there counts.
    await call('PATCH', '/connections/one?provider_config_key=n8n', { tags: { plan: 'free', new: 'yes' } })
    expect(outcomes(await core.cli.connections.adopt({ connectionIds, preview: true }))).toEqual(['adopt'])
    expect(outcomes(await core.cli.connections.adopt({ connectionIds }))).toEqual(['adopt'])
    expect(pick(await atNango('one'), 'tags')).toEqual({ plan: 'free', new: 'yes', patchbay_owner: expect.any(String) as string })
    expect(await core.cli.connections.get({ connectionId: connectionIds[0] ?? '' })).toMatchObject({ isOurs: true, label: 'Ann' })
    expect(outcomes(await core.cli.connections.adopt({ connectionIds }))).toEqual(['done_before'])
    await core.cli.sync.run({})
    expect(await core.cli.connections.get({ connectionId: connectionIds[0] ?? '' })).toMatchObject({ isOurs: true })
  })

  test('does not bring access back that you ended', async () => {
    const credentials = { type: 'OAUTH2', client_id: 'app', client_secret: 'app-secret' }
    await call('POST', '/integrations', { provider: 'linear', unique_key: 'linear', credentials })
    const tokens = { type: 'OAUTH2' as const, access_token: 'a', raw: {} }
    nango.seedConnections(['ended', 'well'].map((connectionId) => ({ connectionId, integrationKey: 'linear', credentials: tokens })))
    await core.cli.sync.run({})
    const connectionIds = [await idOf('ended'), await idOf('well')]
    const [ended = '', well = ''] = connectionIds
    nango.faults.answerNext({ path: '/proxy/oauth/revoke', headers: { 'x-ratelimit-limit': '200' }, body: { success: true } })
    expect(await core.cli.connections.revoke({ connectionId: ended })).toMatchObject({ outcome: 'revoked' })
    expect(outcomes(await core.cli.connections.adopt({ connectionIds }))).toEqual(['adopt', 'adopt'])
    expect(await core.cli.connections.get({ connectionId: ended })).toMatchObject({ status: 'revoked', isOurs: true })
    expect(await core.cli.connections.get({ connectionId: well })).toMatchObject({ status: 'connected', isOurs: true })
  })

  test('refuses one by one what cannot be adopted, and takes over what another Patchbay has when told to', async () => {
    await make('full', Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, 'x'])))
    await make('theirs', { patchbay_owner: 'another' })
    await make('gone')
    await make('free')
    await core.cli.sync.run({})
    await call('DELETE', '/connections/gone?provider_config_key=n8n')
    const connectionIds = [await idOf('full'), await idOf('theirs'), await idOf('gone'), 'n8n/no-such', await idOf('free')]
    const answer = await core.cli.connections.adopt({ connectionIds })
    expect(outcomes(answer)).toEqual(['invalid_tags', 'owned_elsewhere', 'not_at_nango', 'not_at_nango', 'adopt'])
    expect(outcomes(await core.cli.connections.adopt({ connectionIds: [connectionIds[1] ?? ''], takeOver: true }))).toEqual(['adopt'])
    expect(pick(await atNango('theirs'), 'tags', 'patchbay_owner')).not.toBe('another')
  })
})
