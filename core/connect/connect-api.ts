import type { Flow } from '#shared/contract/connect'
import type { Implements } from '#shared/contract/contract'
import type { Caller } from '../caller.ts'
import type { ConnectEngine } from './connect-engine.ts'
import type { StoredFlow, StoredReconnect } from './flow-store.ts'
import type { ReconnectParams } from './reconnect-start.ts'

const toReconnect = ({ canPutBack, reason, decision }: StoredReconnect): NonNullable<Flow['reconnect']> => ({
  canPutBack,
  reason,
  decision: decision === null ? null : { known: decision.known, found: decision.found, options: [...decision.options] },
  addedConnectionId: decision?.added?.connectionId ?? null,
})

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
  ...(flow.reconnect === null ? {} : { reconnect: toReconnect(flow.reconnect) }),
})

type StartOrReconnect = Parameters<ConnectEngine['start']>[0] & {
  readonly reconnectConnectionId?: string | undefined
  readonly acceptRisk: boolean
}

/**
 * Only the command line is told the address of the page: it prints it; a window asks for a copy. A program is told the one that it began
 * itself: whoever has the address can sign in with it.
 */
const show = (engine: ConnectEngine, flow: StoredFlow, caller: Caller, isBegun = false): Flow => {
  const isWaiting = flow.state === 'waiting' || flow.state === 'finishing'
  const isTold = caller.kind === 'cli' || (isBegun && caller.kind === 'automation' && caller.via === 'socket')
  const address = isTold && isWaiting && flow.via !== 'form' ? engine.pages.addressOf(flow) : null
  return toFlow(flow, engine.isListening(flow.flowId), address?.reveal() ?? null)
}

/** `connections.reconnect`. */
export const reconnectThrough = async (engine: ConnectEngine, params: ReconnectParams, caller: Caller): Promise<Flow> =>
  show(engine, await engine.reconnect(params), caller)

/** The domain `connect`; `resolve` gives the id behind a reference to a connection. */
export const createConnectApi = (
  engine: ConnectEngine,
  resolve: (reference: string, caller: Caller) => string,
  isReached: (connectionId: string, caller: Caller) => boolean,
): Implements<'connect', Caller> => {
  const begin = ({ reconnectConnectionId, acceptRisk, ...params }: StartOrReconnect, caller: Caller): Promise<StoredFlow> =>
    reconnectConnectionId === undefined
      ? engine.start(params)
      : engine.reconnect({ ...params, connectionId: resolve(reconnectConnectionId, caller), acceptRisk })
  return {
    start: async (params, caller) => show(engine, await begin(params, caller), caller, true),
    get: ({ flowId }, caller) => show(engine, engine.get(flowId), caller),
    list: (query, caller) => ({
      flows: engine
        .list(query)
        .filter(({ connectionId }) => isReached(connectionId, caller))
        .map((flow) => toFlow(flow, engine.isListening(flow.flowId), null)),
    }),
    cancel: async ({ flowId }, caller) => show(engine, await engine.cancel(flowId), caller),
    decide: async ({ flowId, decision, label }, caller) => show(engine, await engine.decide(flowId, decision, label ?? null), caller),
    reopen: async ({ flowId }, caller) => show(engine, await engine.reopen(flowId), caller),
    copyAddress: ({ flowId }) => engine.pages.copyAddress(flowId),
    qrCode: ({ flowId }) => engine.pages.qrCode(flowId),
    openWindow: ({ flowId }) => engine.windows.open(flowId),
  }
}
