import type { NangoClient } from '../nango/nango-client.ts'
import { diagnoseConnection } from './diagnose-connection.ts'
import { createEngineSubjects, type EngineSubjectsDependencies } from './engine-subjects.ts'
import type { TroubleEngine } from './trouble-api.ts'

/** What the engine gives to the person in trouble. */
export const createTroubleEngine = (
  deps: EngineSubjectsDependencies & {
    /** The id that a reference names. Throws `connection.not_found` or `connection.ambiguous`. */
    readonly resolve: (reference: string) => string
    readonly clientFor: (profileId: string) => Promise<NangoClient>
    readonly now: () => number
  },
): TroubleEngine => {
  const { registry, catalogue } = deps
  return {
    subjects: createEngineSubjects(deps),
    profiles: () => registry.list(),
    diagnose: (reference, asksNango) =>
      diagnoseConnection(
        {
          ...deps,
          profiles: () => registry.list(),
          activeProfileId: () => registry.activeProfileId(),
          nameOf: (connectorId) => catalogue.find(connectorId)?.name ?? connectorId,
          connectorOf: (provider) => catalogue.find(provider)?.connectorId ?? provider,
        },
        reference,
        asksNango,
      ),
  }
}
