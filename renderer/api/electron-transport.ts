import type { Bridge } from '#shared/bridge'
import type { Transport } from './transport.ts'

/** Calls over Electron's bridge; the link is the process itself and cannot be lost. */
export const electronTransport = (bridge: Bridge): Transport => ({
  call: bridge.call,
  onEvent: bridge.onEvent,
  onLink: () => () => undefined,
  link: () => 'open',
})
