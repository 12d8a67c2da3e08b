import { Nango } from '@nangohq/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { callStandIn } from './call-stand-in.ts'

let fake: FakeNango
let client: Nango

beforeAll(async () => {
  fake = await startFakeNango({ rateLimitPerMinute: 1000 })
  client = new Nango({ secretKey: fake.secretKey, host: fake.url })
})
afterAll(() => fake.stop())

describe('@nangohq/node against the stand-in', () => {
  it('opens a session, sees the connection made with it, changes and deletes it', async () => {
    const session = await client.createConnectSession({ tags: { attempt_id: 'sdk' } })
    await callStandIn(fake.url, 'POST', `/api-auth/api-key/n8n?connect_session_token=${session.data.token}`, { body: { apiKey: 'k' } })
    const { connections } = await client.listConnections({ integrationId: 'n8n', tags: { attempt_id: 'sdk' } })
    const connectionId = connections[0]?.connection_id ?? ''
    expect(connections).toHaveLength(1)
    await client.setMetadata('n8n', connectionId, { a: 1 })
    await client.updateMetadata('n8n', connectionId, { b: 2 })
    await client.patchConnection({ connectionId, provider_config_key: 'n8n' }, { tags: { renamed: 'yes' } })
    expect(await client.getConnection('n8n', connectionId)).toMatchObject({ metadata: { a: 1, b: 2 }, tags: { renamed: 'yes' } })
    await client.deleteConnection('n8n', connectionId)
    await expect(client.getConnection('n8n', connectionId)).rejects.toMatchObject({ response: { status: 404 } })
  })

  it('reads integrations and providers', async () => {
    expect((await client.listIntegrations()).configs.map(({ unique_key }) => unique_key)).toContain('n8n')
    expect((await client.getIntegration({ uniqueKey: 'github' }, { include: ['credentials'] })).data.credentials).toMatchObject({
      type: 'OAUTH2',
    })
    expect((await client.getProvider({ provider: 'n8n' })).data.auth_mode).toBe('API_KEY')
  })

  it('gets the 429 that it neither waits for nor repeats', async () => {
    fake.faults.answerNext({ path: '/connections', status: 429, body: { error: { code: 'too_many_request' } } })
    await expect(client.listConnections({})).rejects.toMatchObject({ response: { status: 429 } })
  })
})
