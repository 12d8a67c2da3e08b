import { type AuthBridge, type AuthPageOutcome, AuthPageSession } from '#shared/auth-session'

/** How the page gets its session and says what came of it. */
export interface AuthTransport {
  /** Rejects when the ticket was used already or has run out. */
  readonly session: () => Promise<AuthPageSession>
  readonly report: (outcome: AuthPageOutcome) => void
}

const overBridge = (bridge: AuthBridge): AuthTransport => ({
  session: async () => {
    const reply = await bridge.session()
    if (!reply.ok) throw new Error(reply.error.message)
    return AuthPageSession.parse(reply.value)
  },
  report: bridge.report,
})

const post = (path: string, body: unknown): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    // The report must get out while the page is going away.
    keepalive: true,
    credentials: 'omit',
  })

const overHttp = (ticket: string): AuthTransport => ({
  session: async () => {
    const response = await post('/auth-window/session', { ticket })
    if (!response.ok) throw new Error(`The host answered ${response.status}.`)
    return AuthPageSession.parse(await response.json())
  },
  report: (outcome) => {
    post('/auth-window/outcome', { ticket, outcome }).catch(() => {
      // The host is gone; it looks at Nango's list itself when it is back.
    })
  },
})

/** Electron's bridge where it is there, else the Node host by the ticket in the fragment, which is taken out of the address at once. */
export const pickTransport = (page: Window & { readonly patchbayAuth?: AuthBridge }): AuthTransport => {
  if (page.patchbayAuth !== undefined) return overBridge(page.patchbayAuth)
  const ticket = page.location.hash.slice(1)
  page.history.replaceState(null, '', page.location.pathname)
  return overHttp(ticket)
}
