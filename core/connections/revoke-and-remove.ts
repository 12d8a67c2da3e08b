import type { RemovalReport } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import type { z } from 'zod'
import type { CallOptions } from '../nango/nango-client.ts'
import { getConnection } from './connection-store.ts'
import { type RemovalDependencies, removeConnection } from './remove-connection.ts'
import type { Revoke } from './revoke-connection.ts'

/**
 * Ends access at the provider, then removes. Where the provider was asked and did not do it, or it is not known whether it did, nothing
 * is deleted, because with the connection the tokens go by which it could be tried again: throws `connection.revoke_failed` or
 * `connection.revoke_unknown` with the report token by token. Whoever wants it deleted all the same removes it without.
 */
export const revokeAndRemove = async (
  deps: RemovalDependencies & { readonly revoke: Revoke },
  connectionId: string,
  forgetOnly: boolean,
  call: CallOptions = {},
): Promise<z.input<typeof RemovalReport>> => {
  if (getConnection(deps.db, connectionId)?.nango_connection_id === null) return removeConnection(deps, connectionId, forgetOnly, call)
  const revocation = await deps.revoke(connectionId, call)
  const { outcome, pageUrl, tokens } = revocation
  const data = { connectionId, pageUrl, tokens }
  if (outcome === 'failed') throw new PatchbayError('connection.revoke_failed', { data })
  if (outcome === 'unknown') throw new PatchbayError('connection.revoke_unknown', { data })
  const report = await removeConnection(deps, connectionId, forgetOnly, call)
  return { ...report, provider: outcome === 'not_supported' ? 'unsupported' : outcome, revocation }
}
