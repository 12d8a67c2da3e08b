import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import type { PatchbayEvent } from '#client/patchbay-client'
import { FAKE_INTEGRATIONS } from '#test/helpers/fake-nango'
import { connectToService, inJson, startLocalService } from '#test/helpers/local-service'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'
import { allowNext, type ClientWorld, LOOKS_AT_ALL, startClientWorld } from '#test/helpers/paired-client'
import { waitingGrant } from '#test/helpers/paired-program'

const DENIED = { name: 'PatchbayClientError', code: 'automation.denied', retry: 'after_fix' }

describe('a program with the client library', () => {
  const world = useNangoWorld()
  let programs: ClientWorld
  beforeEach(async () => {
    world.nango.seedConnections(
      ['a', 'b', 'c'].map((connectionId) => ({
        connectionId,
        integrationKey: FAKE_INTEGRATIONS.apiKey,
        credentials: { type: 'API_KEY', apiKey: 'k-0123456789' },
        tags: { end_user_display_name: connectionId },
      })),
    )
    await world.core.cli.sync.run({})
    programs = await startClientWorld(world.core)
  })
  afterEach(() => programs.stop())

  test('pairs once, is known again by its key, sees what it was given and nothing secret, and is refused as soon as it is taken back', async () => {
    const { core } = world
    const client = await programs.paired({ verbs: ['read', 'request'], connections: { kind: 'some', connectionIds: ['n8n/a'] } })
    const { connections } = await client.connections.list({ limit: 10 })
    expect(connections.map(({ handle }) => handle)).toEqual(['n8n/a'])
    expect(statSync(client.keyFile).mode & 0o777).toBe(0o600)
    await expect(client.connections.get({ connectionId: 'n8n/b' })).rejects.toMatchObject(DENIED)
    await expect(client.connections.getCredentials({ connectionId: 'n8n/a' })).rejects.toMatchObject(DENIED)
    const again = await programs.connect()
    expect((await again.connections.get({ connectionId: 'n8n/a' })).handle).toBe('n8n/a')
    const [grant] = (await again.grants.current()).grants
    await core.ui.grants.revoke({ grantId: grant?.grantId ?? '' })
    const refusals = await Promise.allSettled([client, again].map((each) => each.connections.list()))
    expect(refusals).toMatchObject([{ reason: DENIED }, { reason: DENIED }])
  })

  test('asks anew where nothing that it was given is in force, and not where something is', async () => {
    const { core } = world
    const first = await programs.paired()
    const [grant] = (await first.grants.current()).grants
    await programs.connect({ pair: LOOKS_AT_ALL })
    expect((await core.ui.grants.list({ state: 'waiting' })).grants).toEqual([])
    await core.ui.grants.revoke({ grantId: grant?.grantId ?? '' })
    const again = await programs.paired()
    expect((await again.connections.list()).connections).toHaveLength(3)
    expect((await core.ui.grants.list({ state: 'active' })).grants).toMatchObject([{ isKnown: true, clientName: 'a-script' }])
  })

  test('is told when the person says no, and when it never asked', async () => {
    const { core } = world
    await expect(programs.connect()).rejects.toMatchObject(DENIED)
    const connecting = programs.connect({ pair: LOOKS_AT_ALL })
    connecting.catch(() => {})
    const { grantId } = await waitingGrant(core)
    await core.ui.grants.deny({ grantId })
    await expect(connecting).rejects.toMatchObject({ ...DENIED, data: { grantId, state: 'denied', endedBecause: 'refused' } })
  })

  test('can take its request back, and ask for more later', async () => {
    const { core } = world
    const ending = new AbortController()
    const connecting = programs.connect({ pair: LOOKS_AT_ALL, signal: ending.signal })
    connecting.catch(() => {})
    await waitingGrant(core)
    ending.abort()
    await expect(connecting).rejects.toMatchObject({ code: 'request.cancelled' })
    await eventually(async () => (await core.ui.grants.list({ state: 'waiting' })).grants.length === 0)
    const client = await programs.paired()
    const more = client.pair({ purpose: 'Renames.', verbs: ['write'], connections: { kind: 'connectors', connectorIds: ['n8n'] } })
    await allowNext(core)
    expect(await more).toMatchObject({ state: 'active', verbs: ['write'] })
    expect((await client.connections.update({ connectionId: 'n8n/a', label: 'Mine' })).label).toBe('Mine')
  })

  test('makes a thousand calls at once, each with its own answer', async () => {
    const client = await programs.paired()
    const asked = Array.from({ length: 1000 }, (_, index) => `n8n/${'abc'[index % 3]}`)
    const answers = await Promise.all(asked.map((connectionId) => client.connections.get({ connectionId })))
    expect(answers.map(({ handle }) => handle)).toEqual(asked)
    await expect(client.call('connections.invented')).rejects.toMatchObject({ code: 'request.unknown_method', retry: 'never' })
  })

  test('calls a service without its key, and ends a call that it has no use for', async () => {
    const service = await startLocalService()
    try {
      const { connectionId } = await connectToService(world, service)
      const client = await programs.paired({ verbs: ['request'], connections: { kind: 'some', connectionIds: [connectionId] } })
      service.answer = inJson({ hello: 'you' })
      expect(await client.connections.request({ connectionId, path: '/me' })).toMatchObject({ status: 200, body: { hello: 'you' } })
      service.answer = () => {}
      const ending = new AbortController()
      const call = client.connections.request({ connectionId, path: '/slow' }, { signal: ending.signal })
      await eventually(() => service.seen.length === 2)
      ending.abort()
      await expect(call).rejects.toMatchObject({ code: 'request.cancelled' })
      await eventually(async () => (await world.core.ui.grants.calls({})).calls.length === 0)
    } finally {
      await service.stop()
    }
  })

  test('follows every event once and in order, across a restart of the host, and from where it stood before', async () => {
    const { core } = world
    const client = await programs.paired()
    const rename = (label: string): Promise<unknown> => core.cli.connections.update({ connectionId: 'n8n/a', label })
    const before = core.events.at(-1)?.sequence ?? 0
    const ending = new AbortController()
    const seen: PatchbayEvent[] = []
    const following = (async () => {
      for await (const event of client.follow({ afterSequence: before, signal: ending.signal })) seen.push(event)
    })()
    await rename('One')
    await eventually(() => seen.length === 1)
    await programs.running.server.stop()
    await expect(client.connections.list()).rejects.toMatchObject({ code: 'host.not_running' })
    await rename('Two')
    const { socketPath, folder: dataFolder } = programs.running
    const platform = { socketPath, dataFolder, monotonicNow: () => performance.now() }
    const next = new SocketServer({ core: core.core, platform, isTrusted: false })
    await next.start()
    await rename('Three')
    await eventually(() => seen.length === 3)
    await rename('Four')
    await eventually(() => seen.length === 4)
    const sequences = core.events.filter(({ sequence }) => sequence > before).map(({ sequence }) => sequence)
    expect(seen.map(({ sequence }) => sequence)).toEqual(sequences)
    const late: number[] = []
    for await (const { sequence } of client.follow({ afterSequence: sequences[1] ?? 0 })) {
      late.push(sequence)
      if (late.length === 2) break
    }
    expect(late).toEqual(sequences.slice(2))
    ending.abort()
    await following
    const rest = client.follow()
    const last = rest.next()
    client.close()
    expect(await last).toEqual({ done: true, value: undefined })
    await next.stop()
  })

  test('finds the host and its key by the environment', async () => {
    const { folder, socketPath } = programs.running
    const environment = { PATCHBAY_HOME: folder, XDG_CONFIG_HOME: folder }
    const { connectToPatchbay } = await import('#client/patchbay-client')
    const connecting = connectToPatchbay({ name: 'By Place', environment, pair: LOOKS_AT_ALL })
    await Promise.race([allowNext(world.core), connecting])
    using client = await connecting
    expect(client.keyFile).toBe(join(folder, 'patchbay/clients/by-place.key'))
    expect(socketPath).toBe(join(folder, 'patchbay.sock'))
    expect((await client.system.status()).contractVersion).toMatch(/^\d+\.\d+$/)
  })

  test('A146: two hundred programs at once are all answered, and the window is heard before they are done', async () => {
    const { core } = world
    const first = await programs.paired()
    const crowd = await Promise.all(Array.from({ length: 200 }, () => programs.connect()))
    const { connections } = await first.connections.list()
    const asked = crowd.map((program) =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          program.connections.get({ connectionId: connections[index % connections.length]?.connectionId ?? '' }),
        ),
      ),
    )
    let areDone = false
    const done = Promise.all(asked).then((answers) => {
      areDone = true
      return answers.flat().length
    })
    // The first calls are on their way through the sockets.
    await asked[0]
    expect((await core.ui.connections.list({})).total).toBe(3)
    expect(areDone).toBe(false)
    expect(await done).toBe(4000)
  })
})
