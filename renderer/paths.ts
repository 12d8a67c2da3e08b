/** The addresses of the window, after the `#`. */
export const paths = {
  connections: '/connections',
  connection: (connectionId: string) => `/connections/${encodeURIComponent(connectionId)}`,
  connectors: '/connectors',
  settings: '/settings',
} as const
