import type { NewConnection } from '#core/connections/connection-store'

const AT = '2026-01-01T00:00:00.000Z'

/** A connection to be stored: of `p1` and github, signed in and well, save for what is given. */
export const sampleConnection = (given: Partial<NewConnection> & Pick<NewConnection, 'connectionId'>): NewConnection => ({
  profileId: 'p1',
  connectorId: 'github',
  providerConfigKey: given.connectorId ?? 'github',
  nangoConnectionId: 'n-1',
  nangoRowId: 1,
  authMode: 'OAUTH2',
  status: 'connected',
  label: null,
  identity: null,
  scopesRequested: null,
  createdAt: AT,
  at: AT,
  tags: {},
  isOurs: true,
  error: null,
  ...given,
})
