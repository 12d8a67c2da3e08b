import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCatalogueApi, resolveConnector, type CatalogueDeps } from '#core/catalogue/catalogue-api'
import { createConnectorCatalogue } from '#core/catalogue/connector-catalogue'
import type { KnownIntegration } from '#core/catalogue/integration-store'
import { createKnownIntegrations } from '#core/catalogue/known-integrations'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { PatchbayError } from '#shared/errors'

const catalogueFile = fileURLToPath(new URL('../../../resources/catalogue.json', import.meta.url))
const ui = { kind: 'ui' } as const
const github: KnownIntegration = { integrationId: 'github', providerKey: 'github', displayName: 'GitHub' }
const mine: KnownIntegration = { integrationId: 'mine', providerKey: 'my-service', displayName: 'Mine' }

let database: OpenDatabase
let now: number
let atNango: readonly KnownIntegration[] | Error
let asked: number
let definition: unknown
let changed: string[]

beforeEach(() => {
  database = openMemoryDatabase()
  now = 1_000_000
  atNango = [github]
  asked = 0
  definition = undefined
  changed = []
})
afterEach(() => database.close())

/** A start of the host over the same database. */
const start = (): CatalogueDeps & { readonly api: ReturnType<typeof createCatalogueApi> } => {
  const bus = createEventBus((error) => {
    throw error
  })
  bus.onChange((event) => changed.push(`${event.type} ${JSON.stringify(event.data)}`))
  const catalogue = createConnectorCatalogue({ catalogueFile, environment: {} })
  const integrations = createKnownIntegrations({
    db: database.db,
    journal: createJournal(database.db, bus, () => now),
    log: SILENT_LOG,
    now: () => now,
    integrationsOf: async () => {
      asked += 1
      if (atNango instanceof Error) throw atNango
      return atNango
    },
    definitionOf: async () => definition,
    isInSnapshot: (providerKey) => catalogue.find(providerKey)?.connectorId === providerKey,
  })
  const deps: CatalogueDeps = {
    catalogue,
    integrations,
    findProfile: (profileId) => {
      if (profileId === 'gone') throw new PatchbayError('profile.not_found')
      return { profileId: profileId ?? 'p1', usesNango: profileId !== 'direct' }
    },
  }
  return { ...deps, api: createCatalogueApi(deps) }
}
const readinessOf = async (deps: ReturnType<typeof start>, connectorId: string): Promise<string> =>
  (await deps.api.get({ connectorId, profileId: 'p1' }, ui)).readiness

describe('the profile’s integrations', () => {
  it('are asked for once and then kept for half a minute', async () => {
    const host = start()
    expect(await readinessOf(host, 'github')).toBe('ready')
    expect(await readinessOf(host, 'slack')).toBe('needs_integration')
    expect(asked).toBe(1)
    now += 30_001
    atNango = [github, { ...github, integrationId: 'slack', providerKey: 'slack' }]
    expect(await readinessOf(host, 'slack')).toBe('ready')
    expect(asked).toBe(2)
  })

  it('are asked for once by many at the same time', async () => {
    const host = start()
    await Promise.all(Array.from({ length: 20 }, () => readinessOf(host, 'github')))
    expect(asked).toBe(1)
  })

  it('are announced when they change and only then', async () => {
    const host = start()
    await host.integrations.refresh('p1')
    await host.integrations.refresh('p1')
    expect(changed).toEqual(['catalogue.changed {"profileId":"p1"}'])
    atNango = []
    await host.integrations.refresh('p1')
    expect(changed).toHaveLength(2)
  })

  it('are still there after a restart without Nango', async () => {
    await start().integrations.refresh('p1')
    atNango = new PatchbayError('nango.unreachable')
    const offline = start()
    expect(await readinessOf(offline, 'github')).toBe('ready')
    expect(await readinessOf(offline, 'slack')).toBe('needs_integration')
    await expect(offline.integrations.refresh('p1')).rejects.toMatchObject({ code: 'nango.unreachable' })
    expect(offline.integrations.peek('p1').integrations.map((one) => one.integrationId)).toEqual(['github'])
  })

  it('belong to one profile and go with it', async () => {
    const host = start()
    await host.integrations.refresh('p1')
    expect(host.integrations.peek('p2').integrations).toEqual([])
    host.integrations.forget('p1')
    expect(host.integrations.peek('p1')).toMatchObject({ integrations: [], isKnown: false })
  })

  it('do not hold up a reader who has something older to show', async () => {
    const host = start()
    await host.integrations.refresh('p1')
    now += 60_000
    const silence = Promise.withResolvers<readonly KnownIntegration[]>()
    const slow = createKnownIntegrations({
      db: database.db,
      journal: createJournal(
        database.db,
        createEventBus(() => {}),
        () => now,
      ),
      log: SILENT_LOG,
      now: () => now,
      integrationsOf: () => silence.promise,
      isInSnapshot: () => true,
    })
    const startedAt = performance.now()
    expect((await slow.read('p1')).integrations.map((one) => one.integrationId)).toEqual(['github'])
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    silence.resolve([])
    expect((await slow.refresh('p1')).integrations).toEqual([])
  })
})

describe('a provider newer than the snapshot', () => {
  it('is described by Nango itself', async () => {
    atNango = [mine]
    definition = { display_name: 'My service', auth_mode: 'BASIC' }
    expect(await start().api.get({ connectorId: 'my-service' }, ui)).toMatchObject({
      name: 'My service',
      authMode: 'BASIC',
      readiness: 'ready',
    })
  })

  it('is shown without a form when its description cannot be read', async () => {
    atNango = [mine]
    definition = { nonsense: true }
    expect(await start().api.get({ connectorId: 'my-service' }, ui)).toMatchObject({ name: 'Mine', readiness: 'not_from_here' })
  })
})

describe('a connector for a flow', () => {
  it('is looked up again at Nango before it is called missing', async () => {
    atNango = []
    const host = start()
    expect(await readinessOf(host, 'github')).toBe('needs_integration')
    atNango = [github]
    expect((await resolveConnector(host, 'github', 'p1')).connector.readiness).toBe('ready')
    expect(asked).toBe(2)
    await resolveConnector(host, 'github', 'p1')
    expect(asked).toBe(2)
  })

  it('is refused when neither knows it', async () => {
    await expect(resolveConnector(start(), 'nope', 'p1')).rejects.toMatchObject({ code: 'connector.not_found' })
  })
})

describe('the api', () => {
  it('lists and counts without a Nango profile too', async () => {
    const host = start()
    const { connectors, total } = await host.api.list({ profileId: 'direct', search: 'github' }, ui)
    expect(connectors[0]).toMatchObject({ connectorId: 'github', nango: { enabled: false, configured: false } })
    expect(total).toBe(connectors.length)
    expect(asked).toBe(0)
    expect((await host.api.categories({}, ui)).categories.length).toBeGreaterThan(20)
  })

  it('lets the profile’s own error through', async () => {
    await expect(start().api.list({ profileId: 'gone' }, ui)).rejects.toMatchObject({ code: 'profile.not_found' })
  })
})
