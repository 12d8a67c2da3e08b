/** The addresses of the window, after the `#`. */
export const paths = {
  connections: '/connections',
  connection: (connectionId: string) => `/connections/${encodeURIComponent(connectionId)}`,
  /** The list of connections, filtered to those of one connector. */
  connectionsOf: (connectorId: string) => `/connections/of/${encodeURIComponent(connectorId)}`,
  /** What of the connections runs out, by day and week. */
  expiring: '/connections/view/expiring',
  connectors: '/connectors',
  automations: '/automations',
  automationsTab: (tab: 'waiting' | 'calls' | 'audit' | 'grants') => `/automations/${tab}`,
  grant: (grantId: string) => `/automations/grant/${encodeURIComponent(grantId)}`,
  takeBackAll: '/automations/take-back-all',
  /** The audit, only the lines of one program, grant or connection. */
  auditOf: (kind: 'client' | 'grant' | 'connection' | 'outcome', id: string) => `/automations/audit/${kind}/${encodeURIComponent(id)}`,
  settings: '/settings',
  help: '/settings/help',
  diagnostics: '/diagnostics',
  log: '/diagnostics/log',
  /** The log, only the lines of one attempt. */
  logOfAttempt: (attemptId: string) => `/diagnostics/log/attempt/${encodeURIComponent(attemptId)}`,
  /** The log, only lines with a text, such as the reference of an error. */
  logWith: (text: string) => `/diagnostics/log/search/${encodeURIComponent(text)}`,
} as const
