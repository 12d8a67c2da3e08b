import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import { adoptConnections } from './adopt-connections.ts'
import { importConnections, type ImportDependencies } from './import-connections.ts'

export interface ImportApiDependencies extends ImportDependencies {
  /** The profile that was named, or the one in use. Throws `profile.not_found` or `profile.none`. */
  readonly profileIdOf: (profileId: string | undefined) => string
  /** The id behind a reference. Throws as `resolveConnection` does. */
  readonly resolve: (reference: string) => string
}

/** Bringing in what is there: part of the domain `connections`. */
export const createImportApi = (deps: ImportApiDependencies): Pick<Implements<'connections', Caller>, 'import' | 'adopt'> => ({
  import: async ({ profileId, rows, mapping = {}, preview, existing }) => {
    const {
      mapping: used,
      results,
      stopped,
    } = await importConnections(deps, {
      profileId: deps.profileIdOf(profileId),
      rows,
      mapping,
      preview,
      existing,
    })
    return { mapping: used.map((each) => ({ ...each })), results: results.map(plain), stopped }
  },
  adopt: async (input) => {
    const { results, stopped } = await adoptConnections(deps, input)
    return { results: results.map(plain), stopped }
  },
})

/** Arrays that may be written to, as the contract's types have them. */
const plain = <T extends { readonly reason: { readonly fields: readonly string[] } | null }>(result: T) => ({
  ...result,
  reason: result.reason === null ? null : { ...(result.reason as NonNullable<T['reason']>), fields: [...result.reason.fields] },
})
