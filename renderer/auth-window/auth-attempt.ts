import Nango, { AuthError } from '@nangohq/frontend'
import type { AuthPageSession } from '#shared/auth-session'

/** How an attempt ended; `type` is the SDK's, or `unreachable`. */
export type AttemptEnd = { readonly kind: 'connected' } | { readonly kind: 'failed'; readonly type: string; readonly message: string }

const UNREACHABLE_MS = 10_000

/** The SDK waits for ever when its WebSocket cannot connect; a popup that is still empty after a while tells. */
const stillEmpty = (nango: Nango, stopped: AbortSignal): Promise<AttemptEnd> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      const popup = nango.win?.modal
      try {
        if (popup === undefined || popup.closed || popup.location.href !== 'about:blank') return
      } catch {
        return // It is at another origin: the page has loaded.
      }
      nango.clear()
      resolve({ kind: 'failed', type: 'unreachable', message: '' })
    }, UNREACHABLE_MS)
    stopped.addEventListener('abort', () => clearTimeout(timer))
  })

const signIn = async (nango: Nango, session: AuthPageSession): Promise<AttemptEnd> => {
  try {
    await nango.auth(encodeURIComponent(session.integrationId), { params: session.params, detectClosedAuthWindow: true })
    return { kind: 'connected' }
  } catch (error) {
    return error instanceof AuthError
      ? { kind: 'failed', type: String(error.type), message: String(error.message) }
      : { kind: 'failed', type: 'unknown_error', message: error instanceof Error ? error.message : '' }
  }
}

/** One attempt with the SDK. Call it inside the click: the popup needs the person's gesture. `signal` ends it and closes the popup. */
export const attempt = async (session: AuthPageSession, signal: AbortSignal): Promise<AttemptEnd> => {
  const over = new AbortController()
  try {
    const nango = new Nango({
      host: session.nangoHost,
      websocketsPath: session.websocketsPath,
      connectSessionToken: session.sessionToken,
      width: 520,
      height: 720,
    })
    signal.addEventListener('abort', () => nango.clear(), { signal: over.signal })
    return await Promise.race([signIn(nango, session), stillEmpty(nango, over.signal)])
  } catch (error) {
    return { kind: 'failed', type: 'invalid_host_url', message: error instanceof Error ? error.message : '' }
  } finally {
    over.abort()
  }
}
