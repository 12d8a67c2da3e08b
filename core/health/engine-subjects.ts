import type { Profile, ProfileTest } from '#shared/contract/profiles'
import type { SyncStatus } from '#shared/contract/sync'
import type { ConnectorCatalogue } from '../catalogue/connector-catalogue.ts'
import type { KnownIntegrations } from '../catalogue/known-integrations.ts'
import { countConnections } from '../connections/connection-query.ts'
import type { WritableDb } from '../database/sql.ts'
import type { ProfileRegistry } from '../profiles/profile-registry.ts'
import { getProfile } from '../profiles/profile-store.ts'
import type { EngineSubjects } from './doctor-subjects.ts'

export interface EngineSubjectsDependencies {
  readonly db: WritableDb
  readonly registry: ProfileRegistry
  readonly catalogue: ConnectorCatalogue
  readonly integrations: Pick<KnownIntegrations, 'peek'>
  readonly activeProfile: () => Profile | null
  readonly testProfile: (profileId: string) => Promise<ProfileTest>
  readonly syncOf: (profileId: string) => SyncStatus
  readonly sandboxFaults: (profileId: string) => Promise<number>
}

interface LostRow {
  readonly connection_id: string
  readonly handle: string
  readonly provider_config_key: string
}

const MOST_ROWS = 50

/** What doctor asks of the database, the catalogue and Nango's last answers. */
export const createEngineSubjects = (deps: EngineSubjectsDependencies): EngineSubjects => {
  const { db, registry, catalogue, integrations } = deps
  const known = (profileId: string): ReturnType<EngineSubjects['integrations']> => {
    const { isKnown, integrations: all } = integrations.peek(profileId)
    return isKnown ? all : null
  }

  const lostConnections: EngineSubjects['lostConnections'] = (profileId) => {
    const there = known(profileId)?.map(({ integrationId }) => integrationId) ?? null
    const used =
      there === null
        ? []
        : db.all<{ provider_config_key: string }>('SELECT DISTINCT provider_config_key FROM connections WHERE profile_id = ?', profileId)
    const withoutIntegration = used
      .filter(({ provider_config_key: key }) => there?.includes(key) !== true)
      .flatMap(({ provider_config_key: key }) =>
        db.all<LostRow>(
          "SELECT connection_id, handle, provider_config_key FROM connections WHERE profile_id = ? AND provider_config_key = ? AND status <> 'pending' LIMIT ?",
          profileId,
          key,
          MOST_ROWS,
        ),
      )
      .slice(0, MOST_ROWS)
    const missing = db.all<LostRow>(
      'SELECT connection_id, handle, provider_config_key FROM connections WHERE profile_id = ? AND missing_since IS NOT NULL LIMIT ?',
      profileId,
      MOST_ROWS,
    )
    // Groups are counted as they are stored, so that being offline does not change them.
    const { total, byGroup } = countConnections(db, profileId, { lastCompletedAt: null, offlineSince: null })
    return {
      withoutIntegration: withoutIntegration.map((row) => ({
        connectionId: row.connection_id,
        handle: row.handle,
        integrationId: row.provider_config_key,
      })),
      missing: missing.map((row) => ({ connectionId: row.connection_id, handle: row.handle })),
      needYou: byGroup.needs_you,
      total,
    }
  }

  const misnamed: EngineSubjects['misnamed'] = (profileId) =>
    catalogue
      .list({}, { ...integrations.peek(profileId), usesNango: registry.get(profileId).kind !== 'direct' })
      .filter(({ readiness, readinessReason, nango }) => {
        if (readiness === 'ready' || nango.configured) return false
        return readinessReason !== null && readinessReason.includes(' names the integration ')
      })
      .map(({ connectorId, readinessReason }) => ({ connectorId, summary: readinessReason ?? '' }))

  return {
    profile: deps.activeProfile,
    testProfile: deps.testProfile,
    sync: () => {
      const profileId = registry.activeProfileId()
      return profileId === null ? null : deps.syncOf(profileId)
    },
    storageCheck: () => {
      const [first] = db.all<{ integrity_check: string }>('PRAGMA integrity_check(1)')
      return first?.integrity_check === 'ok' ? null : (first?.integrity_check ?? '')
    },
    schemaVersion: () => db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0,
    integrations: known,
    misnamed,
    manifestProblems: () => catalogue.manifestProblems(),
    lostConnections,
    sandboxFaults: deps.sandboxFaults,
    certificatePem: (profileId) => getProfile(db, profileId)?.certificate_pem ?? null,
    secretKey: (profileId) => {
      try {
        const access = registry.access(profileId)
        return access.kind === 'nango' ? access.secretKey : null
      } catch {
        return null
      }
    },
  }
}
