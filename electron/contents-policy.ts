import type { Session, WebContents } from 'electron'
import { isLoopback } from '#core/external-address'
import { AUTH_ORIGIN } from './protocol.ts'

/** A navigation that a page or its opener asked for. */
export interface Navigation {
  readonly url: string
  readonly isMainFrame: boolean
}

/** Lets a page go only where `mayGo` allows, attach no webview, and open no window unless its owner sets another handler afterwards. */
export const confineContents = (contents: WebContents, mayGo: (navigation: Navigation) => boolean): void => {
  const judge = (details: Navigation & { preventDefault: () => void }): void => {
    if (!mayGo(details)) details.preventDefault()
  }
  contents.on('will-navigate', judge)
  contents.on('will-redirect', judge)
  contents.on('will-frame-navigate', judge)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Chromium asks before a page from elsewhere talks to this computer or its network. */
const LOCAL_NETWORK: readonly string[] = ['local-network', 'local-network-access', 'loopback-network']

const originOf = (url: string): string | null => {
  if (!URL.canParse(url)) return null
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/**
 * Refuses every permission, device, screen capture and download of a session. `isAuthSession`: our auth page may reach a Nango on this
 * network, which its CSP names. `savesFrom`: what a page of this origin made itself may be saved, where the person says.
 */
export const refusePermissions = (
  session: Session,
  { isAuthSession, savesFrom = null }: { readonly isAuthSession: boolean; readonly savesFrom?: string | null },
): void => {
  const isAllowed = (permission: string, url: string): boolean =>
    isAuthSession && LOCAL_NETWORK.includes(permission) && originOf(url) === AUTH_ORIGIN
  session.setPermissionRequestHandler((_contents, permission, callback, details) => callback(isAllowed(permission, details.requestingUrl)))
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) => isAllowed(permission, requestingOrigin))
  session.setDevicePermissionHandler(() => false)
  session.setBluetoothPairingHandler((_details, callback) => callback({ confirmed: false }))
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}))
  session.on('will-download', (event, item) => {
    if (savesFrom === null || !item.getURL().startsWith(`blob:${savesFrom}/`)) event.preventDefault()
  })
}

/** Cancels every request of a session that does not begin with one of `prefixes`: its pages cannot load anything remote even if a page asks. */
export const confineRequests = (session: Session, prefixes: readonly string[]): void => {
  session.webRequest.onBeforeRequest((details, callback) =>
    callback({ cancel: !prefixes.some((prefix) => details.url.startsWith(prefix)) }),
  )
}

/** Where the sign-in popup may be: first on the Nango server itself, then on any https page, http only on this computer or that server. */
export const createPopupPolicy = (nangoOrigin: string): ((navigation: Navigation) => boolean) => {
  let hasStarted = false
  return ({ url, isMainFrame }) => {
    if (!URL.canParse(url)) return false
    const { protocol, origin, hostname, username, password } = new URL(url)
    if (!isMainFrame) return ['https:', 'about:', 'blob:', 'data:'].includes(protocol) || (protocol === 'http:' && isLoopback(hostname))
    if (username !== '' || password !== '') return false
    if (!hasStarted) {
      hasStarted = origin === nangoOrigin
      return hasStarted
    }
    return protocol === 'https:' || (protocol === 'http:' && (isLoopback(hostname) || origin === nangoOrigin))
  }
}
