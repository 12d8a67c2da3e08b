import type { Journal } from '../events/journal.ts'
import type { Log } from '../log.ts'
import type { WritableDb } from '../database/sql.ts'
import type { CatalogueEntry } from './normalize-provider.ts'
import { normalizeProvider } from './normalize-provider.ts'
import { deleteIntegrations, listIntegrations, replaceIntegrations, type KnownIntegration } from './integration-store.ts'

/** What is known of a profile's integrations, and since when. */
export interface ProfileIntegrations {
  readonly integrations: readonly KnownIntegration[]
  /** When Nango last said so, in milliseconds since the epoch; null when it has not since the start. */
  readonly readAt: number | null
  /** Whether Nango ever answered for this profile, in this run or an earlier one that left integrations behind. */
  readonly isKnown: boolean
  /** Definitions of providers that the snapshot lacks, as Nango gave them. */
  readonly definitions: ReadonlyMap<string, CatalogueEntry>
}

export interface KnownIntegrationsOptions {
  readonly db: WritableDb
  readonly journal: Journal
  readonly log: Log
  readonly now: () => number
  /** Asks Nango; rejects with a PatchbayError. */
  readonly integrationsOf: (profileId: string) => Promise<readonly KnownIntegration[]>
  /** Nango's definition of a provider (`GET /providers/{name}`), for those newer than the snapshot. */
  readonly definitionOf?: (profileId: string, providerKey: string) => Promise<unknown>
  readonly isInSnapshot: (providerKey: string) => boolean
}

/** The profiles' integrations: remembered on the disk, read again when old. */
export interface KnownIntegrations {
  /** The last known state at once, without asking. */
  peek(profileId: string): ProfileIntegrations
  /** Not older than half a minute where Nango answers within a moment, else the last known state. Never rejects. */
  read(profileId: string): Promise<ProfileIntegrations>
  /** Asks Nango now; one question at a time a profile. Rejects with a PatchbayError, leaving what is known. */
  refresh(profileId: string): Promise<ProfileIntegrations>
  /** Drops what is known of a removed profile. */
  forget(profileId: string): void
}

const FRESH_MS = 30_000
/** How long a reader with something older to show waits for Nango. */
const PATIENCE_MS = 1_500
const MOST_DEFINITIONS = 50

interface State {
  known: ProfileIntegrations
  askedAt: number
  asking: Promise<ProfileIntegrations> | null
}

const signature = (integrations: readonly KnownIntegration[]): string =>
  integrations
    .map((one) => JSON.stringify([one.integrationId, one.providerKey, one.displayName]))
    .toSorted()
    .join()

/** Keeps the integrations of every profile. */
export const createKnownIntegrations = (options: KnownIntegrationsOptions): KnownIntegrations => {
  const { db, journal, log, now } = options
  const states = new Map<string, State>()

  const stateOf = (profileId: string): State => {
    const existing = states.get(profileId)
    if (existing !== undefined) return existing
    const integrations = listIntegrations(db, profileId)
    const known = { integrations, readAt: null, isKnown: integrations.length > 0, definitions: new Map<string, CatalogueEntry>() }
    const state: State = { known, askedAt: Number.NEGATIVE_INFINITY, asking: null }
    states.set(profileId, state)
    return state
  }

  const missingDefinitions = async (
    profileId: string,
    integrations: readonly KnownIntegration[],
    before: ReadonlyMap<string, CatalogueEntry>,
  ): Promise<ReadonlyMap<string, CatalogueEntry>> => {
    const definitions = new Map(before)
    const wanted = new Set(integrations.map((one) => one.providerKey).filter((key) => !options.isInSnapshot(key) && !before.has(key)))
    for (const providerKey of [...wanted].slice(0, MOST_DEFINITIONS)) {
      try {
        const definition = await options.definitionOf?.(profileId, providerKey)
        if (definition !== undefined && definition !== null) definitions.set(providerKey, normalizeProvider(providerKey, definition))
      } catch (error) {
        log.info('catalogue.definition_unavailable', { profileId, providerKey, error })
      }
    }
    return definitions
  }

  const ask = async (profileId: string, state: State): Promise<ProfileIntegrations> => {
    const integrations = await options.integrationsOf(profileId)
    const definitions = await missingDefinitions(profileId, integrations, state.known.definitions)
    if (states.get(profileId) !== state) return state.known
    const isChanged =
      !state.known.isKnown ||
      signature(integrations) !== signature(state.known.integrations) ||
      definitions.size !== state.known.definitions.size
    if (isChanged) {
      journal.commit((note) => {
        replaceIntegrations(db, profileId, integrations)
        note.change({ type: 'catalogue.changed', data: { profileId } })
      })
    }
    state.known = { integrations, readAt: now(), isKnown: true, definitions }
    return state.known
  }

  const refresh = (profileId: string): Promise<ProfileIntegrations> => {
    const state = stateOf(profileId)
    if (state.asking !== null) return state.asking
    state.askedAt = now()
    const asking = ask(profileId, state).finally(() => {
      state.asking = null
    })
    state.asking = asking
    return asking
  }

  const read = async (profileId: string): Promise<ProfileIntegrations> => {
    const state = stateOf(profileId)
    if (state.asking === null && now() - state.askedAt < FRESH_MS) return state.known
    const answer = refresh(profileId).catch((error: unknown) => {
      log.info('catalogue.integrations_unavailable', { profileId, error })
      return state.known
    })
    if (!state.known.isKnown) return answer
    const { promise: patience, resolve } = Promise.withResolvers<ProfileIntegrations>()
    const timer = setTimeout(() => resolve(state.known), PATIENCE_MS)
    try {
      return await Promise.race([answer, patience])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    peek: (profileId) => stateOf(profileId).known,
    read,
    refresh,
    forget: (profileId) => {
      states.delete(profileId)
      db.transaction(() => deleteIntegrations(db, profileId))
    },
  }
}
