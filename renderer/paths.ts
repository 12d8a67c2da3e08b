/** The addresses of the window, after the `#`. */
export const paths = {
  connections: '/connections',
  connection: (connectionId: string) => `/connections/${encodeURIComponent(connectionId)}`,
  /** The list of connections, filtered to those of one connector. */
  connectionsOf: (connectorId: string) => `/connections/of/${encodeURIComponent(connectorId)}`,
  connectors: '/connectors',
  settings: '/settings',
  help: '/settings/help',
} as const
