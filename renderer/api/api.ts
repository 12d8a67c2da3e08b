import type { Bridge } from '#shared/bridge'
import { electronTransport } from './electron-transport.ts'
import type { Transport } from './transport.ts'
import { websocketTransport } from './websocket-transport.ts'

declare global {
  interface Window {
    /** Put there by Electron's preload script; absent in a browser. */
    readonly patchbay?: Bridge
  }
}

/** The way to the host: Electron's bridge where it is, otherwise the WebSocket of the server this page came from. */
export const pickTransport = (): Transport =>
  window.patchbay === undefined
    ? websocketTransport(`${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/rpc`)
    : electronTransport(window.patchbay)
