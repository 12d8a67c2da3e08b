import { randomBytes } from 'node:crypto'
import type { Caller } from '#core/caller'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { createEventBus } from '#core/events/event-bus'
import { createJournal } from '#core/events/journal'
import { SILENT_LOG } from '#core/log'
import { createNangoAccess, type NangoAccess } from '#core/nango/nango-access'
import { createProfileTest } from '#core/nango/profile-test'
import { readNangoEnvironment } from '#core/profiles/environment-profile'
import { createProfileRegistry, type ProfileRegistry } from '#core/profiles/profile-registry'
import { createProfilesApi } from '#core/profiles/profiles-api'
import { createSecretVault, type SecretVault } from '#core/vault/secret-vault'
import { Secret } from '#core/vault/secret'
import { createApiClient } from '#shared/api-client'
import { METHODS, type Api } from '#shared/contract/contract'
import { PatchbayError, toWire } from '#shared/errors'

/** Profiles over a real database and vault, called through the schemas of the contract. */
export interface ProfilesWorld {
  readonly database: OpenDatabase
  readonly vault: SecretVault
  readonly registry: ProfileRegistry
  readonly access: NangoAccess
  readonly api: Api['profiles']
  /** Ids of the profiles that windows were told about. */
  readonly changed: string[]
  readonly forgotten: string[]
  close(): void
}

const CALLER: Caller = { kind: 'ui' }

export const makeProfilesWorld = (
  environment: Readonly<Record<string, string>> = {},
  sandbox?: { readonly url: string; readonly secretKey: string },
): ProfilesWorld => {
  const database = openMemoryDatabase()
  const { db } = database
  const key = randomBytes(32)
  const vault = createSecretVault(db, { keyId: 'k1', secretsKey: () => key }, Date.now)
  const changed: string[] = []
  const bus = createEventBus((error) => {
    throw error
  })
  bus.onChange((event) => {
    if (event.type === 'profiles.changed') changed.push(event.data.profileId)
  })
  const journal = createJournal(db, bus, Date.now)
  const registry = createProfileRegistry({ db, vault, journal, nangoEnvironment: readNangoEnvironment(environment), startedAt: Date.now() })
  const access = createNangoAccess({
    registry,
    environment,
    log: SILENT_LOG,
    now: Date.now,
    sandbox: {
      ensureRunning: async () => {
        if (sandbox === undefined) throw new Error('no sandbox in this test')
        return { url: sandbox.url, secretKey: new Secret(sandbox.secretKey) }
      },
    },
  })
  const forgotten: string[] = []
  const implementation = createProfilesApi({
    db,
    vault,
    journal,
    registry,
    now: Date.now,
    test: createProfileTest({ registry, clientFor: access.clientFor, now: Date.now }),
    forget: (profileId) => forgotten.push(profileId),
  })
  const { profiles } = createApiClient(async (name, params) => {
    const method = METHODS.get(name)
    const run = implementation[name.split('.')[1] as keyof typeof implementation] as (params: unknown, caller: Caller) => unknown
    try {
      return { ok: true, value: method?.result.parse(await run(method.params.parse(params), CALLER)) }
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error
      return { ok: false, error: toWire(error) }
    }
  })
  return {
    database,
    vault,
    registry,
    access,
    api: profiles,
    changed,
    forgotten,
    close: () => {
      access.stop()
      database.close()
    },
  }
}
