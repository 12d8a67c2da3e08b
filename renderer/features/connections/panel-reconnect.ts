import type { Connection } from '#shared/contract/connections'
import { requestSheet } from '#renderer/shell/sheet-request.ts'

/** Opens the sheet that signs a connection in anew, in place; `withScopes` begins with all that were asked for or given. */
export const reconnect = (
  { connectionId, connectorId, label, scopes }: Connection,
  { withScopes = false }: { readonly withScopes?: boolean } = {},
): void => {
  const wanted = [...new Set([...(scopes.requested ?? []), ...(scopes.granted ?? [])])]
  requestSheet({
    kind: 'connect',
    connectorId,
    ...(label === null ? {} : { label }),
    reconnectConnectionId: connectionId,
    ...(withScopes && wanted.length > 0 ? { scopes: wanted } : {}),
  })
}
