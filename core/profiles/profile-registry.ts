import type { WritableDb } from '#core/database/sql'
import type { Journal } from '#core/events/journal'
import type { Secret } from '#core/vault/secret'
import type { SecretReference, SecretVault } from '#core/vault/secret-vault'
import type { Profile } from '#shared/contract/profiles'
import { PatchbayError, type ErrorCode } from '#shared/errors'
import { ENVIRONMENT_PROFILE_ID, type NangoEnvironment } from './environment-profile.ts'
import { acceptNangoAddress, originOf } from './nango-address.ts'
import { getActiveProfile, getProfile, listProfiles, setProfileStatus, type ProfileRow } from './profile-store.ts'
import { endingOf } from './secret-key.ts'

/** What a call to a profile's Nango needs. The key was given for exactly this origin. */
export type ProfileAccess =
  | { readonly kind: 'nango'; readonly host: string; readonly secretKey: Secret; readonly certificatePem: string | undefined }
  | { readonly kind: 'sandbox' }

/** All profiles, stored ones and the one of the environment, seen as one list. */
export interface ProfileRegistry {
  list(): Profile[]
  /** Throws `profile.not_found`. */
  get(profileId: string): Profile
  /** The profile in use, or null. The environment's comes first until another is chosen while this host runs. */
  activeProfileId(): string | null
  /** The same, whole. */
  activeProfile(): Profile | null
  /** The id of this profile, or of the one in use where none is named. Throws `profile.not_found`, `profile.none`. */
  profileIdOf(profileId: string | undefined): string
  /** What names the server that a profile's connections are read from; null where there is no such profile. */
  serverOf(profileId: string): string | null
  /** Chooses the environment's profile, or leaves it for the stored one in use; for this run only. */
  useEnvironment(isUsed: boolean): void
  /** Throws `profile.not_found`, `profile.key_required`, `direct.unavailable`, `vault.*`, or why the environment's cannot be used. */
  access(profileId: string): ProfileAccess
  /** Notes how a profile fares; tells windows when that is new. */
  setStatus(profileId: string, status: Profile['status'], reason: ErrorCode | null): void
}

/** Names the key of a profile for one origin: asked for another, the vault has none. */
export const keyReference = (profileId: string, origin: string): SecretReference => ({
  kind: 'nango-key',
  owner: profileId,
  binding: origin,
})

/** Failures after which trying again by itself may help; after all others the person must act. */
const PASSING = new Set<ErrorCode>(['nango.unreachable', 'nango.timeout', 'nango.server_error', 'nango.rate_limited'])

/** How a failed call makes its profile look. */
export const statusAfter = (code: ErrorCode): Profile['status'] => (PASSING.has(code) ? 'error' : 'attention')

/** Makes the registry. It keeps nothing but the state of the environment's profile. */
export const createProfileRegistry = (deps: {
  readonly db: WritableDb
  readonly vault: SecretVault
  readonly journal: Journal
  readonly nangoEnvironment: NangoEnvironment
  readonly startedAt: number
}): ProfileRegistry => {
  const { db, vault, journal, nangoEnvironment } = deps
  const { isNangoEnabled, profile: environment } = nangoEnvironment
  const hasEnvironment = environment !== null || !isNangoEnabled
  const startFailure = isNangoEnabled ? (environment?.failure?.code ?? null) : 'direct.unavailable'
  let isEnvironmentUsed = hasEnvironment
  let environmentStatus: Pick<Profile, 'status' | 'statusReason'> = {
    status: startFailure === null ? 'unknown' : 'attention',
    statusReason: startFailure,
  }

  const activeProfileId = (): string | null => (isEnvironmentUsed ? ENVIRONMENT_PROFILE_ID : (getActiveProfile(db)?.profile_id ?? null))

  const environmentView = (): Profile => {
    // NANGO_ENABLED=false: this computer alone, whatever else is set.
    const known = isNangoEnabled ? environment : null
    return {
      profileId: ENVIRONMENT_PROFILE_ID,
      name: isNangoEnabled ? 'Environment' : 'Only this computer',
      kind: isNangoEnabled ? 'nango' : 'direct',
      ...(known?.address ? { nangoHost: known.address.host } : {}),
      hasSecretKey: known?.secretKey != null,
      keyEnding: known?.secretKey ? endingOf(known.secretKey) : null,
      hasPrivateCertificate: false,
      allowsInsecureHttp: false,
      isActive: isEnvironmentUsed,
      isReadOnly: true,
      ...environmentStatus,
      createdAt: new Date(deps.startedAt).toISOString(),
    }
  }

  const storedView = (row: ProfileRow): Profile => {
    const hasSecretKey = row.nango_host !== null && vault.has(keyReference(row.profile_id, originOf(row.nango_host)))
    const lacksKey = row.kind === 'nango' && !hasSecretKey
    return {
      profileId: row.profile_id,
      name: row.name,
      kind: row.kind,
      ...(row.nango_host === null ? {} : { nangoHost: row.nango_host }),
      hasSecretKey,
      keyEnding: hasSecretKey ? row.key_ending : null,
      hasPrivateCertificate: row.certificate_pem !== null,
      allowsInsecureHttp: row.allows_insecure_http === 1,
      isActive: row.profile_id === activeProfileId(),
      isReadOnly: false,
      status: lacksKey ? 'attention' : row.status,
      statusReason: lacksKey ? 'profile.key_required' : row.status_reason,
      createdAt: row.created_at,
    }
  }

  const stored = (profileId: string): ProfileRow => {
    const row = getProfile(db, profileId)
    if (row === undefined) throw new PatchbayError('profile.not_found', { data: { profileId } })
    return row
  }

  const environmentAccess = (): ProfileAccess => {
    if (environment === null) throw new PatchbayError('profile.not_found', { data: { profileId: ENVIRONMENT_PROFILE_ID } })
    const { address, secretKey, failure } = environment
    if (failure !== null) throw failure
    if (address === null || secretKey === null)
      throw new PatchbayError('profile.key_required', { data: { profileId: ENVIRONMENT_PROFILE_ID } })
    return { kind: 'nango', host: address.host, secretKey, certificatePem: undefined }
  }

  const list = (): Profile[] => [...(hasEnvironment ? [environmentView()] : []), ...listProfiles(db).map(storedView)]

  const get = (profileId: string): Profile =>
    hasEnvironment && profileId === ENVIRONMENT_PROFILE_ID ? environmentView() : storedView(stored(profileId))

  return {
    list,
    get,
    activeProfileId,
    activeProfile: () => {
      const profileId = activeProfileId()
      return profileId === null ? null : get(profileId)
    },
    profileIdOf: (named) => {
      const profileId = named === undefined ? activeProfileId() : get(named).profileId
      if (profileId === null) throw new PatchbayError('profile.none')
      return profileId
    },
    serverOf: (profileId) => {
      const profile = list().find((each) => each.profileId === profileId)
      return profile === undefined ? null : (profile.nangoHost ?? profile.kind)
    },
    useEnvironment: (isUsed) => {
      isEnvironmentUsed = isUsed && hasEnvironment
    },
    access: (profileId) => {
      if (!isNangoEnabled) throw new PatchbayError('direct.unavailable', { data: { profileId } })
      if (profileId === ENVIRONMENT_PROFILE_ID) return environmentAccess()
      const row = stored(profileId)
      if (row.kind === 'sandbox') return { kind: 'sandbox' }
      if (row.kind === 'direct' || row.nango_host === null) throw new PatchbayError('direct.unavailable', { data: { profileId } })
      // Looked at again at every use, not only when it was typed: the row may come from an older version or a backup.
      const address = acceptNangoAddress(row.nango_host, row.allows_insecure_http === 1)
      const secretKey = vault.open(keyReference(profileId, address.origin))
      if (secretKey === null) throw new PatchbayError('profile.key_required', { data: { profileId, origin: address.origin } })
      return { kind: 'nango', host: address.host, secretKey, certificatePem: row.certificate_pem ?? undefined }
    },
    setStatus: (profileId, status, reason) => {
      journal.commit((note) => {
        if (profileId !== ENVIRONMENT_PROFILE_ID) {
          if (!setProfileStatus(db, profileId, status, reason)) return
        } else {
          if (environmentStatus.status === status && environmentStatus.statusReason === reason) return
          environmentStatus = { status, statusReason: reason }
        }
        note.change({ type: 'profiles.changed', data: { profileId } })
      })
    },
  }
}
