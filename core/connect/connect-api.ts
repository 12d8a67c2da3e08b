import type { Flow } from '#shared/contract/connect'
import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { ConnectEngine } from './connect-engine.ts'
import type { StoredFlow } from './flow-store.ts'

/** The flow as callers see it; with the address of its page only where that is given. */
const toFlow = (flow: StoredFlow, isListening: boolean, authorizationUrl: string | null): Flow => ({
  flowId: flow.flowId,
  connectionId: flow.connectionId,
  profileId: flow.profileId,
  connectorId: flow.connectorId,
  label: flow.label,
  via: flow.via,
  page: flow.page,
  state: flow.state,
  ...(authorizationUrl === null ? {} : { authorizationUrl }),
  oauthMethod: 'nango',
  createdAt: flow.createdAt,
  expiresAt: flow.expiresAt,
  isListening,
  ...(flow.error === null ? {} : { error: flow.error }),
  steps: [...flow.steps],
})

/** The domain `connect`. Only the command line is told the address of the page: it prints it; a window asks for a copy. */
export const createConnectApi = (engine: ConnectEngine): Implements<'connect', Caller> => {
  const show = (flow: StoredFlow, caller: Caller): Flow => {
    const isWaiting = flow.state === 'waiting' || flow.state === 'finishing'
    const address = caller.kind === 'cli' && isWaiting && flow.via !== 'form' ? engine.pages.addressOf(flow) : null
    return toFlow(flow, engine.isListening(flow.flowId), address?.reveal() ?? null)
  }
  return {
    start: async (params, caller) => show(await engine.start(params), caller),
    get: ({ flowId }, caller) => show(engine.get(flowId), caller),
    list: (query) => ({ flows: engine.list(query).map((flow) => toFlow(flow, engine.isListening(flow.flowId), null)) }),
    cancel: ({ flowId }, caller) => show(engine.cancel(flowId), caller),
    reopen: async ({ flowId }, caller) => show(await engine.reopen(flowId), caller),
    copyAddress: ({ flowId }) => engine.pages.copyAddress(flowId),
    qrCode: ({ flowId }) => engine.pages.qrCode(flowId),
    openWindow: ({ flowId }) => engine.windows.open(flowId),
  }
}
