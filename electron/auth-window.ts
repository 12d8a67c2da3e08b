import { randomUUID } from 'node:crypto'
import type { BrowserWindow, BrowserWindowConstructorOptions, Session } from 'electron'
import type { AuthWindowSession, Core } from '#core/core'
import type { Log } from '#core/log'
import { AuthPageOutcome, type AuthPageSession } from '#shared/auth-session'
import { CHANNELS } from '#shared/channels'
import { Flow, type FlowState } from '#shared/contract/connect'
import { PatchbayError } from '#shared/errors'
import type { Reply } from '#shared/wire'
import { confineContents, createPopupPolicy, refusePermissions } from './contents-policy.ts'
import { handleFrom } from './ipc.ts'
import { AUTH_ORIGIN, contentSecurityPolicy, serveSite, type ServedFiles } from './protocol.ts'

/** Every window of ours, the sign-in popup included: a sandboxed page without Node. */
export const PAGE_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webSecurity: true,
  webviewTag: false,
  allowRunningInsecureContent: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const

const POPUP: BrowserWindowConstructorOptions = {
  width: 520,
  height: 720,
  autoHideMenuBar: true,
  // No preload: the provider's page gets nothing of ours. The partition is the opener's.
  webPreferences: { ...PAGE_PREFERENCES, devTools: false },
}

/** How long the page stays after the flow has ended, so that its last words can be read. */
const SUCCESS_SHOWN_MS = 1500

const ENDED: readonly FlowState[] = ['connected', 'failed', 'cancelled', 'expired']
const FlowEnd = Flow.pick({ state: true }).transform(({ state }) => ({ hasEnded: ENDED.includes(state) }))

export interface AuthWindowOptions {
  readonly BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow
  readonly sessionFrom: (partition: string) => Session
  readonly core: Pick<Core, 'redeemAuthTicket' | 'reportAuthOutcome' | 'onChange' | 'dispatch'>
  readonly log: Log
  readonly files: ServedFiles
  readonly preloadFile: string
  readonly parent: () => BrowserWindow | null
}

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null)

/** Nango's http and WebSocket origins, for the page's CSP. */
const nangoSources = (nangoOrigin: string): string[] => [nangoOrigin, nangoOrigin.replace(/^http/, 'ws')]

const pageSession = (session: AuthWindowSession): AuthPageSession => ({
  connectorName: session.connectorName,
  nangoHost: session.nangoHost,
  websocketsPath: session.websocketsPath,
  integrationId: session.integrationId,
  sessionToken: session.sessionToken.reveal(),
  params: { ...session.params },
  connectUiUrl: session.connectUiUrl,
})

/** Forgets what the sign-in left behind: cookies, cache, passwords, connections. */
const forget = async (session: Session): Promise<void> => {
  session.protocol.unhandle('patchbay')
  await session.clearStorageData()
  await session.clearCache()
  await session.clearAuthCache()
  await session.closeAllConnections()
}

/** Opens the auth window of one ticket, in a partition in memory of its own. Throws `automation.denied` for a bad ticket. */
export const openAuthWindow = async (options: AuthWindowOptions, ticket: string): Promise<void> => {
  const { core, log } = options
  let waiting: AuthWindowSession | null = await core.redeemAuthTicket(ticket)
  const nangoOrigin = new URL(waiting.nangoHost).origin
  const { connectorName, flowId, connectUiUrl } = waiting
  const connectUiOrigin = connectUiUrl === null ? null : new URL(connectUiUrl).origin

  const session = options.sessionFrom(`auth-${randomUUID()}`)
  refusePermissions(session, { isAuthSession: true })
  serveSite(session.protocol, {
    files: options.files,
    contentSecurityPolicy: contentSecurityPolicy(nangoSources(nangoOrigin), connectUiOrigin),
    openerPolicy: 'same-origin-allow-popups',
  })

  const parent = options.parent()
  const window = new options.BrowserWindow({
    title: `Connect ${connectorName}`,
    width: connectUiUrl === null ? 480 : 560,
    height: connectUiUrl === null ? 440 : 720,
    show: false,
    autoHideMenuBar: true,
    ...(parent === null ? {} : { parent }),
    webPreferences: { ...PAGE_PREFERENCES, devTools: false, preload: options.preloadFile, session },
  })
  const { webContents } = window

  // Connect UI lives in a frame; its one origin is the only other place this page shows.
  confineContents(webContents, ({ url, isMainFrame }) => !isMainFrame && connectUiOrigin !== null && originOf(url) === connectUiOrigin)
  let popup: BrowserWindow | null = null
  webContents.setWindowOpenHandler(({ url }) => {
    // The SDK opens an empty window on the click and sends it to Nango afterwards; nothing else opens here, and one at a time.
    if (url !== '' && url !== 'about:blank') return { action: 'deny' }
    if (popup !== null && !popup.isDestroyed()) popup.destroy()
    return { action: 'allow', overrideBrowserWindowOptions: POPUP }
  })
  webContents.on('did-create-window', (created) => {
    popup = created
    confineContents(created.webContents, createPopupPolicy(nangoOrigin))
    // Without an address bar the title is the only place that tells whose page asks for a password.
    created.on('page-title-updated', (event) => event.preventDefault())
    created.webContents.on('did-navigate', (_event, url) => created.setTitle(new URL(url).host))
  })

  let isReported = false
  const report = (outcome: AuthPageOutcome): void => {
    if (isReported) return
    isReported = true
    core.reportAuthOutcome(ticket, outcome)
  }
  const close = (): void => {
    if (!window.isDestroyed()) window.close()
  }
  // The list at Nango decides, not this page: it also closes once the flow has ended some other way.
  const closeOnceEnded = async (): Promise<void> => {
    const reply = await core.dispatch({ kind: 'ui' }, 'connect.get', { flowId })
    const flow = reply.ok ? FlowEnd.safeParse(reply.value) : null
    if (flow?.success === true && flow.data.hasEnded) setTimeout(close, SUCCESS_SHOWN_MS)
  }
  const sender = { contents: () => webContents, origin: AUTH_ORIGIN }
  const done: Reply = { ok: true, value: {} }
  handleFrom(webContents.ipc, CHANNELS.authSession, sender, log, async () => {
    if (waiting === null) throw new PatchbayError('automation.denied')
    const value = pageSession(waiting)
    waiting = null
    return { ok: true, value }
  })
  handleFrom(webContents.ipc, CHANNELS.authOutcome, sender, log, async ([outcome]) => {
    const parsed = AuthPageOutcome.safeParse(outcome)
    if (!parsed.success) throw new PatchbayError('request.invalid')
    report(parsed.data)
    // A success stays readable for a moment. In no case does the page vanish under its own call.
    setTimeout(close, parsed.data.kind === 'success' ? SUCCESS_SHOWN_MS : 0)
    return done
  })
  const stopWatching = core.onChange((event) => {
    if (event.type === 'connect.changed' && event.data.flowId === flowId) void closeOnceEnded()
  })
  window.on('closed', () => {
    stopWatching()
    waiting = null
    report({ kind: 'closed' })
    forget(session).catch((error: unknown) => log.warn('auth_window.not_forgotten', { error }))
  })

  window.once('ready-to-show', () => window.show())
  try {
    await window.loadURL(`${AUTH_ORIGIN}/`)
  } catch (error) {
    if (!window.isDestroyed()) window.destroy()
    throw new PatchbayError('internal', { cause: error })
  }
}
