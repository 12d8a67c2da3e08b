import type { ConnectionHealth } from '#shared/contract/connection-health'
import type { Connection } from '#shared/contract/connections'

/** What a demo host knows of a connection's working: seen to work a while ago, or why not any more. */
export const demoHealth = ({ connectionId, handle, status, scopes, expiresAt }: Connection, started: number): ConnectionHealth => {
  const at = (minutes: number): string => new Date(started - minutes * 60_000).toISOString()
  // What was granted works, also where more was asked for.
  const isShort = scopes.requested?.some((scope) => scopes.granted?.includes(scope) === false) === true
  const isWell = status === 'connected' || isShort
  const isDown = status === 'error'
  const looks = isWell || isDown
  return {
    connectionId,
    handle,
    state: isWell ? 'verified' : 'last_known',
    verifiedAt: at(isWell ? 14 : 27_000),
    checkedAt: at(14),
    probe: looks ? 'GET /user' : null,
    cause: isWell ? 'well' : isDown ? 'down_once' : status === 'expired' ? 'expired' : 'not_renewed',
    summary: '',
    evidence: [
      ...(looks
        ? [
            {
              kind: 'probe' as const,
              at: at(14),
              outcome: isWell ? ('good' as const) : ('server_error' as const),
              httpStatus: isWell ? 200 : 503,
              words: '',
            },
          ]
        : []),
      { kind: 'expiry', at: expiresAt, outcome: null, httpStatus: null, words: '' },
    ],
    next: { action: isWell ? 'none' : isDown ? 'verify_again' : 'reconnect', words: '' },
    missingScopes: null,
    lifetime: null,
  }
}
