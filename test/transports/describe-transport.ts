import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Core } from '#core/core'
import type { ChangeEvent } from '#shared/contract/contract'
import { createApiClient } from '#shared/api-client'
import { DEFAULT_SETTINGS } from '#shared/contract/settings'
import { PatchbayError } from '#shared/errors'
import { LIMITS, type Reply } from '#shared/wire'
import { createSmallCore } from './small-core.ts'

/** One client on some transport. */
export interface TransportClient {
  readonly call: (method: string, params: unknown) => Promise<Reply>
  readonly close: () => void
}

/** One that hears of changes, as a window does. */
export interface ListeningClient extends TransportClient {
  readonly onChange: (listener: (event: ChangeEvent) => void) => void
}

/** One that speaks text, which need not be a message. */
export interface TextClient extends TransportClient {
  readonly sendText: (text: string) => void
  /** Resolves when the far side has hung up. */
  readonly ended: () => Promise<void>
}

/** A transport in front of a core; every `connect` is another now.client. */
export interface RunningTransport<Client extends TransportClient = TransportClient> {
  readonly connect: () => Promise<Client>
  readonly stop: () => Promise<void>
}

type Start<Client extends TransportClient> = (core: Core) => Promise<RunningTransport<Client>>

/** Starts a transport with one client before each test. */
const withTransport = <Client extends TransportClient>(start: Start<Client>) => {
  let transport: RunningTransport<Client>
  const clients: Client[] = []
  const now = {
    core: createSmallCore(),
    client: null as unknown as Client,
    another: async (): Promise<Client> => {
      const client = await transport.connect()
      clients.push(client)
      return client
    },
  }
  beforeEach(async () => {
    now.core = createSmallCore()
    transport = await start(now.core)
    now.client = await now.another()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await transport.stop()
  })
  return now
}

/** The one suite that every transport passes: calls, errors, many at once. */
export const describeTransport = (name: string, start: Start<TransportClient>): void => {
  describe(`calls over the ${name} transport`, () => {
    const now = withTransport(start)

    test('a result arrives, without what the contract does not name', async () => {
      expect(await now.client.call('settings.get', {})).toEqual({
        ok: true,
        value: DEFAULT_SETTINGS,
      })
    })

    test('the typed client works over it', async () => {
      const api = createApiClient(now.client.call)
      expect(await api.integrations.get({ integrationId: 'github-prod' })).toMatchObject({ integrationId: 'github-prod' })
      await expect(api.connect.get({ flowId: 'f1' })).rejects.toBeInstanceOf(PatchbayError)
    })

    test('a typed error arrives with its code, its words and its facts', async () => {
      expect(await now.client.call('connect.get', { flowId: 'f1' })).toEqual({
        ok: false,
        error: { code: 'connect.not_found', message: 'There is no such flow.', data: { flowId: 'f1', next: 'Start a new one.' } },
      })
    })

    test('a mistake inside arrives as a reference and nothing else', async () => {
      const reply = await now.client.call('connect.list', {})
      expect(reply).toMatchObject({ ok: false, error: { code: 'internal', data: { reference: expect.any(String) } } })
      expect(JSON.stringify(reply)).not.toContain('secret inside')
    })

    test.each(['no.such', 'settings', 'settings.get.x', '__proto__', 'constructor', 'settings.__proto__'])(
      'there is no method %s',
      async (method) => {
        expect(await now.client.call(method, {})).toMatchObject({ ok: false, error: { code: 'request.unknown_method' } })
      },
    )

    test.each([
      ['a missing value', {}],
      ['a wrong type', { integrationId: 5 }],
      ['an unknown name', { integrationId: 'a', extra: 1 }],
      ['too long a value', { integrationId: 'x'.repeat(300) }],
    ])('%s is refused by the schema', async (_name, params) => {
      expect(await now.client.call('integrations.get', params)).toMatchObject({ ok: false, error: { code: 'request.invalid' } })
    })

    test('text beyond ASCII goes there and back unchanged', async () => {
      const integrationId = 'Zoë 👍 \u202e \u0000 \n "quoted"'
      expect(await now.client.call('integrations.get', { integrationId })).toMatchObject({ ok: true, value: { integrationId } })
    })

    test('every one of 500 calls at once gets its own answer', async () => {
      const replies = await Promise.all(
        Array.from({ length: 500 }, (_, index) => now.client.call('integrations.get', { integrationId: `id-${index}` })),
      )
      expect(replies.map((reply) => reply.ok && (reply.value as { readonly integrationId: string }).integrationId)).toEqual(
        Array.from({ length: 500 }, (_, index) => `id-${index}`),
      )
    })

    test('a call that waits does not hold up the next one', async () => {
      const waiting = now.client.call('catalogue.get', { connectorId: 'github' })
      expect(await now.client.call('settings.get', {})).toMatchObject({ ok: true })
      await now.client.call('catalogue.categories', {})
      expect(await waiting).toMatchObject({ ok: false, error: { code: 'internal' } })
    })

    test('a message just below the limit is taken', async () => {
      const reply = await now.client.call('integrations.get', { integrationId: 'x'.repeat(LIMITS.lineInBytes - 1000) })
      expect(reply).toMatchObject({ ok: false, error: { code: 'request.invalid' } })
    })
  })
}

/** What a window needs besides: it hears what changed. */
export const describeChanges = (name: string, start: Start<ListeningClient>): void => {
  describe(`changes over the ${name} transport`, () => {
    const now = withTransport(start)

    test('change events reach the window as ids', async () => {
      const arrived = new Promise<ChangeEvent>((resolve) => now.client.onChange(resolve))
      now.core.bus.publishChange({ type: 'connections.changed', data: { profileId: 'p1', connectionId: 'c1' } })
      expect(await arrived).toEqual({ type: 'connections.changed', data: { profileId: 'p1', connectionId: 'c1' } })
    })
  })
}

/** What a transport of text needs besides: limits, and a bad client that hurts nobody else. */
export const describeLimits = (name: string, start: Start<TextClient>): void => {
  describe(`limits of the ${name} transport`, () => {
    const now = withTransport(start)

    test('an answer beyond 8 MiB becomes an error', async () => {
      expect(await now.client.call('integrations.list', {})).toMatchObject({ ok: false, error: { code: 'request.result_too_large' } })
      expect(await now.client.call('settings.get', {})).toMatchObject({ ok: true })
    })

    test.each([
      ['half a message', '{"jsonrpc":'],
      ['no JSON at all', 'hello'],
      ['65 levels', `{"jsonrpc":"2.0","id":1,"method":"a","params":{"a":${'['.repeat(65)}${']'.repeat(65)}}}`],
      ['100,000 levels', '['.repeat(100_000)],
      ['more than 1 MiB', `"${'x'.repeat(LIMITS.lineInBytes)}"`],
    ])('%s ends that connection and no other', async (_name, text) => {
      const other = await now.another()
      const before = now.core.calls.length
      now.client.sendText(text)
      await now.client.ended()
      expect(await other.call('settings.get', {})).toMatchObject({ ok: true })
      expect(now.core.calls.length - before).toBe(1)
      expect(await (await now.another()).call('settings.get', {})).toMatchObject({ ok: true })
    })

    test.each([
      '[]',
      '[{"jsonrpc":"2.0","id":1,"method":"settings.get"}]',
      '{"jsonrpc":"2.0","id":"other","result":1}',
      '{"method":"settings.get","id":"other"}',
    ])('the message %s is refused and the connection goes on', async (text) => {
      const before = now.core.calls.length
      now.client.sendText(text)
      expect(await now.client.call('settings.get', {})).toMatchObject({ ok: true })
      expect(now.core.calls.length - before).toBe(1)
    })

    test('a notification is carried out and not answered', async () => {
      now.client.sendText('{"jsonrpc":"2.0","method":"integrations.get","params":{"integrationId":"quiet"}}')
      now.client.sendText('{"jsonrpc":"2.0","method":"no.such"}')
      expect(await now.client.call('settings.get', {})).toMatchObject({ ok: true })
      expect(now.core.calls.map(({ method }) => method)).toEqual(['integrations.get', 'no.such', 'settings.get'])
    })
  })
}
