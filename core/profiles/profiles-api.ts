import type { z } from 'zod'
import type { Caller } from '#core/caller'
import type { WritableDb } from '#core/database/sql'
import type { Journal } from '#core/events/journal'
import { certificatesIn } from '#core/http-agent'
import { newIdentifier } from '#core/identifier'
import type { Secret } from '#core/vault/secret'
import type { SecretVault } from '#core/vault/secret-vault'
import type { contract, Implements } from '#shared/contract/contract'
import type { Profile, ProfileTest } from '#shared/contract/profiles'
import { PatchbayError } from '#shared/errors'
import { ENVIRONMENT_PROFILE_ID } from './environment-profile.ts'
import { acceptNangoAddress, NANGO_CLOUD, originOf } from './nango-address.ts'
import { keyReference, type ProfileRegistry } from './profile-registry.ts'
import { getProfile, putProfile, removeProfile, setActiveProfile, type ProfileRow } from './profile-store.ts'
import { endingOf, readSecretKey } from './secret-key.ts'

type Changes = z.output<(typeof contract)['profiles']['update']['params']>

const checkedCertificate = (pem: string): string => {
  if (certificatesIn(pem) === null) throw new PatchbayError('profile.invalid_certificate')
  return pem
}

const applyAddress = (row: ProfileRow, changes: Changes): ProfileRow => {
  if (row.kind !== 'nango' || row.nango_host === null) {
    if (changes.nangoHost === undefined && changes.secretKey === undefined && changes.certificatePem === undefined) return row
    throw new PatchbayError('request.invalid', { data: { reason: `a ${row.kind} profile has no address, key or certificate` } })
  }
  const allows = changes.allowsInsecureHttp ?? row.allows_insecure_http === 1
  const { host } = acceptNangoAddress(changes.nangoHost ?? row.nango_host, allows)
  const pem = changes.certificatePem
  return {
    ...row,
    nango_host: host,
    allows_insecure_http: allows ? 1 : 0,
    certificate_pem: pem === undefined ? row.certificate_pem : pem === null ? null : checkedCertificate(pem),
  }
}

/** The profiles of the contract. `forget` removes what other parts keep of a profile, within the same transaction. */
export const createProfilesApi = (deps: {
  readonly db: WritableDb
  readonly vault: SecretVault
  readonly journal: Journal
  readonly registry: ProfileRegistry
  readonly now: () => number
  readonly test: (profileId: string, callbackUrl?: string) => Promise<ProfileTest>
  readonly forget: (profileId: string) => void
}): Implements<'profiles', Caller> => {
  const { db, vault, journal, registry } = deps
  const timestamp = (): string => new Date(deps.now()).toISOString()

  /** Runs a change and tells windows about this profile, and about the one that was in use when that changes. */
  const commit = (profileId: string, work: () => void): void => {
    const before = registry.activeProfileId()
    journal.commit((note) => {
      work()
      note.change({ type: 'profiles.changed', data: { profileId } })
      if (before !== null && before !== registry.activeProfileId()) note.change({ type: 'profiles.changed', data: { profileId: before } })
    })
  }

  const writable = (profileId: string): ProfileRow => {
    if (profileId === ENVIRONMENT_PROFILE_ID) throw new PatchbayError('profile.read_only', { data: { profileId } })
    const row = getProfile(db, profileId)
    if (row === undefined) throw new PatchbayError('profile.not_found', { data: { profileId } })
    return row
  }

  const activate = (profileId: string): void => {
    const isEnvironment = profileId === ENVIRONMENT_PROFILE_ID
    if (!isEnvironment) setActiveProfile(db, profileId)
    registry.useEnvironment(isEnvironment)
  }

  const storeKey = (row: ProfileRow, key: Secret | null): void => {
    if (key !== null && row.nango_host !== null) vault.put(keyReference(row.profile_id, originOf(row.nango_host)), key)
  }

  return {
    list: (_params, caller) => {
      const profiles = registry.list()
      if (caller.kind !== 'automation') return { profiles }
      const reached = new Set((caller.reach ?? []).map(({ profileId }) => profileId))
      return { profiles: profiles.filter(({ profileId }) => reached.has(profileId)) }
    },

    create: (given): Profile => {
      const profileId = newIdentifier('prof', deps.now())
      const at = timestamp()
      const isNango = given.kind === 'nango'
      if (!isNango && (given.nangoHost !== undefined || given.secretKey !== undefined || given.certificatePem !== undefined)) {
        throw new PatchbayError('request.invalid', { data: { reason: 'a sandbox has no address, key or certificate' } })
      }
      const key = given.secretKey === undefined ? null : readSecretKey(given.secretKey)
      const row: ProfileRow = {
        profile_id: profileId,
        name: given.name,
        kind: given.kind,
        nango_host: isNango ? acceptNangoAddress(given.nangoHost ?? NANGO_CLOUD, given.allowsInsecureHttp).host : null,
        key_ending: key === null ? null : endingOf(key),
        certificate_pem: given.certificatePem === undefined ? null : checkedCertificate(given.certificatePem),
        allows_insecure_http: given.allowsInsecureHttp ? 1 : 0,
        is_active: 0,
        status: 'unknown',
        status_reason: null,
        created_at: at,
        updated_at: at,
      }
      commit(profileId, () => {
        putProfile(db, row)
        storeKey(row, key)
        if (given.use) activate(profileId)
      })
      return registry.get(profileId)
    },

    update: (changes): Profile => {
      const before = writable(changes.profileId)
      const key = changes.secretKey === undefined ? null : readSecretKey(changes.secretKey)
      const row: ProfileRow = { ...applyAddress(before, changes), name: changes.name ?? before.name, updated_at: timestamp() }
      const isElsewhere = row.nango_host !== before.nango_host || row.certificate_pem !== before.certificate_pem || key !== null
      commit(changes.profileId, () => {
        putProfile(db, {
          ...row,
          key_ending: key === null ? row.key_ending : endingOf(key),
          ...(isElsewhere ? { status: 'unknown', status_reason: null } : {}),
        })
        storeKey(row, key)
      })
      return registry.get(changes.profileId)
    },

    remove: ({ profileId }) => {
      writable(profileId)
      commit(profileId, () => {
        deps.forget(profileId)
        vault.removeOwner(profileId)
        removeProfile(db, profileId)
      })
      return {}
    },

    use: ({ profileId }): Profile => {
      registry.get(profileId)
      commit(profileId, () => activate(profileId))
      return registry.get(profileId)
    },

    test: ({ profileId, callbackUrl }) => {
      const tested = profileId ?? registry.activeProfileId()
      if (tested === null) throw new PatchbayError('profile.none')
      registry.get(tested)
      return deps.test(tested, callbackUrl)
    },
  }
}
