import type { ConnectionHealth, HealthCause } from '#shared/contract/connection-health'
import type { RevocationReport } from '#shared/contract/connection-life'
import type { ErrorCode } from '#shared/errors'
import type { z } from 'zod'
import { revocationOf } from '../connections/revocation-endpoints.ts'
import { type Revoke, TOKEN_MODES } from '../connections/revoke-connection.ts'
import type { CallOptions } from '../nango/nango-client.ts'
import type { RemoteAction } from './bulk-actions.ts'

/** Tries one connection at its service and tells what is known then. */
export type Verify = (connectionId: string, call?: CallOptions) => Promise<Pick<ConnectionHealth, 'state' | 'cause' | 'summary'>>

/** What became of each token, as facts. */
export const tokenFacts = (tokens: z.input<typeof RevocationReport>['tokens']) =>
  tokens.map(({ token, outcome, reason }) => ({ token, outcome, reason }))

/** What a look proved against a connection; what is not here proves nothing either way. */
const FAILURES: Readonly<Partial<Record<HealthCause, ErrorCode>>> = {
  refused_once: 'connection.refused',
  refused: 'connection.refused',
  down_once: 'provider.failing',
  provider_down: 'provider.failing',
  not_renewed: 'connection.refresh_failed',
  expired: 'connection.refused',
  gone_at_nango: 'nango.not_found',
}

/** Tries each at its service: `done` where it works, `failed` where the look spoke against it, `unchanged` where nothing follows from it. */
export const verifyAction = (verify: Verify): RemoteAction => ({
  kind: 'remote',
  requests: 1,
  plan: ({ row }) => {
    if (row.nango_connection_id === null) return { kind: 'refused', code: 'connection.pending' }
    return row.status === 'paused' || row.status === 'revoked' ? { kind: 'unchanged' } : { kind: 'do' }
  },
  run: async ({ row }, call) => {
    const { state, cause, summary } = await verify(row.connection_id, call)
    const detail = { state, cause, summary }
    const code = FAILURES[cause]
    if (code === undefined) return { outcome: cause === 'well' ? 'done' : 'unchanged', detail }
    return { outcome: 'failed', detail, error: { code, message: summary } }
  },
  // A look changes nothing: it is made again.
  look: async () => null,
})

/** Ends access at the provider, token by token; the connections stay, as revoked. */
export const revokeAction = (revoke: Revoke): RemoteAction => ({
  kind: 'remote',
  requests: 2,
  plan: ({ row }) => {
    if (row.nango_connection_id === null) return { kind: 'refused', code: 'connection.pending' }
    if (row.status === 'revoked') return { kind: 'unchanged' }
    const isKnown = TOKEN_MODES.has(row.auth_mode) && revocationOf(row.connector_id) !== null
    return isKnown ? { kind: 'do' } : { kind: 'refused', code: 'connection.not_revocable' }
  },
  run: async ({ row }, call) => {
    const { outcome, tokens, pageUrl, summary } = await revoke(row.connection_id, call)
    const detail = { outcome, tokens: tokenFacts(tokens), pageUrl }
    if (outcome === 'revoked') return { outcome: 'done', detail }
    if (outcome === 'not_supported') return { outcome: 'refused', detail, error: { code: 'connection.not_revocable', message: summary } }
    const code = outcome === 'unknown' ? 'connection.revoke_unknown' : 'connection.revoke_failed'
    return { outcome: 'failed', detail, error: { code, message: summary } }
  },
  // A revocation that was answered is kept with the connection; one that was not is asked for again, which harms nothing (RFC 7009 section 2.2).
  look: async ({ row }) => (row.status === 'revoked' ? { outcome: 'done', detail: { outcome: 'revoked' } } : null),
})
