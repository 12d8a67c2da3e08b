import Nango from '@nangohq/frontend'
import type { AuthPageSession } from '#shared/auth-session'
import type { AttemptEnd } from './auth-attempt.ts'

/**
 * One attempt on Nango's Connect UI, in a frame over this page. The SDK hands the token over with target `*`; the page's CSP names
 * the one origin that the frame may show, so nobody else can be there to take it. `signal` ends it.
 */
export const attemptOnConnectUi = (session: AuthPageSession, connectUiUrl: string, signal: AbortSignal): Promise<AttemptEnd> =>
  new Promise((resolve) => {
    const nango = new Nango({ host: session.nangoHost, websocketsPath: session.websocketsPath, connectSessionToken: session.sessionToken })
    let end: AttemptEnd = { kind: 'failed', type: 'window_closed', message: '' }
    const connectUi = nango.openConnectUI({
      baseURL: connectUiUrl,
      apiURL: session.nangoHost,
      detectClosedAuthWindow: true,
      lang: document.documentElement.lang,
      onEvent: (event) => {
        if (event.type === 'connect') end = { kind: 'connected' }
        if (event.type === 'error') end = { kind: 'failed', type: event.payload.errorType, message: event.payload.errorMessage }
        // After a success nothing more can come; a failure can be tried again on the page itself.
        if (event.type !== 'connect' && event.type !== 'close') return
        connectUi.close()
        resolve(end)
      },
    })
    connectUi.iframe?.setAttribute('title', 'Nango')
    signal.addEventListener('abort', () => {
      connectUi.close()
      resolve(end)
    })
  })
