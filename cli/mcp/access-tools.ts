import { z } from 'zod'
import type { catalogue } from '#shared/contract/catalogue'
import { connect, type Flow, FlowState } from '#shared/contract/connect'
import { grants, GrantVerb, OwnGrant } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import { agentTool, LOOKS, type ToolContext } from './agent-tool.ts'
import { fitting, toolAnswer } from './tool-answer.ts'

/** Less than the minute after which many agents give a call up. */
const PATIENCE_MS = 50_000

const asked = grants.request.params.shape
/** Over the socket for agents no grant holds more. */
const AgentVerb = GrantVerb.exclude(['secret'])

const GrantFacts = OwnGrant.pick({
  grantId: true,
  state: true,
  endedBecause: true,
  verbs: true,
  connections: true,
  limits: true,
  asksEachTime: true,
  term: true,
  endsAt: true,
})

const NEXT_OF_STATE = {
  active: 'It is granted. Go on.',
  waiting: 'The person has not answered yet. Tell them that a request waits in Patchbay, then call list_my_grants or this tool again.',
  denied: 'It was not granted. Do not ask for the same again unless the person tells you to.',
  ended: 'This grant has ended. Ask again where it is still needed.',
} as const

export const requestAccess = agentTool({
  name: 'request_access',
  title: 'Request access',
  description:
    'Asks the person, in Patchbay, for permission to use connected accounts, and waits up to 50 seconds for the answer. Ask for the least that the task needs, and say what for in words that the person will understand. Verbs: "read" looks at connections, "request" makes calls through them, "write" connects accounts. No permission ever hands out a credential.',
  input: z.object({
    purpose: asked.purpose.describe('What it is for, as the person reads it.'),
    verbs: z.array(AgentVerb).min(1).max(3),
    connectors: z.array(z.string().min(1).max(100)).min(1).max(20).optional().describe('All accounts of these services: ["github"].'),
    connections: z.array(z.string().min(1).max(320)).min(1).max(100).optional().describe('These accounts only, by handle or id.'),
    allowedCalls: asked.limits.unwrap().shape.rules.unwrap().min(1).optional().describe('Only these methods and paths, with "request".'),
    asksEachTime: z.boolean().default(false).describe('Each call waits for the person.'),
    term: z.enum(['once', 'session', 'twelve_hours']).default('session').describe('"session" ends 10 minutes after the last call.'),
  }),
  output: z.object({ state: OwnGrant.shape.state, grant: GrantFacts.nullable(), next: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  run: async ({ connectors, connections, allowedCalls, ...terms }, { host, signal }) => {
    if (connectors !== undefined && connections !== undefined) {
      throw new PatchbayError('request.invalid', { message: 'Name connectors or connections, not both.' })
    }
    if (connectors === undefined && connections === undefined && terms.verbs.some((verb) => verb !== 'read')) {
      throw new PatchbayError('request.invalid', {
        message: 'Name the connectors or connections; only "read" can be asked for all of them.',
      })
    }
    const reach =
      connectors !== undefined
        ? { kind: 'connectors' as const, connectorIds: connectors }
        : connections !== undefined
          ? { kind: 'some' as const, connectionIds: connections }
          : { kind: 'all' as const }
    const limits = allowedCalls === undefined ? {} : { limits: { rules: allowedCalls } }
    const grant = await host.ask({ ...terms, ...limits, connections: reach }, PATIENCE_MS, signal)
    const state = grant?.state ?? 'waiting'
    return toolAnswer({ state, grant: grant === null ? null : GrantFacts.parse(grant), next: NEXT_OF_STATE[state] })
  },
})

export const listMyGrants = agentTool({
  name: 'list_my_grants',
  title: 'List my grants',
  description: 'Lists what this agent was granted, waits for, or no longer has.',
  input: z.object({}),
  output: z.object({ isPaused: z.boolean(), grants: z.array(GrantFacts), next: z.string() }),
  annotations: LOOKS,
  run: async (_input, { host, signal }) => {
    const { isPaused, grants: mine } = (await host.call('grants.current', {}, signal)) as z.output<typeof grants.current.result>
    const isActive = mine.some(({ state }) => state === 'active')
    const next = isPaused
      ? 'The person has paused all programs. Wait until they let them go on.'
      : isActive
        ? 'Use what is active; ask with request_access for what it does not cover.'
        : 'Nothing is in force. Ask with request_access.'
    return fitting(mine.length, (count) =>
      toolAnswer({ isPaused, grants: mine.slice(0, count).map((grant) => GrantFacts.parse(grant)), next }),
    )
  },
})

const LOOK_MS = 700
const OPEN_STATES = new Set<FlowState>(['starting', 'waiting', 'finishing'])

const NEXT_OF_FLOW: Readonly<Record<FlowState, string>> = {
  starting: 'The sign-in is being opened. Call again with "flowId".',
  waiting: 'The sign-in page is open for the person. Ask them to finish it, then call again with "flowId".',
  finishing: 'The person has signed in; it is being finished. Call again with "flowId".',
  connected: 'The account is connected. Use "connectionId"; where it is not granted yet, ask with request_access.',
  failed: 'The sign-in did not work. Tell the person; they see why in Patchbay.',
  cancelled: 'The sign-in was cancelled. Do not start it again unless the person wants it.',
  expired: 'The sign-in page has run out. Start it again when the person is there.',
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, LOOK_MS)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })

/** Whether somebody has to fill something in before the sign-in: then the page with the form is opened, for the person alone. */
const needsForm = async (connectorId: string, { host, signal }: ToolContext): Promise<boolean> => {
  const { fields } = (await host.call('catalogue.get', { connectorId }, signal)) as z.output<typeof catalogue.get.result>
  return fields.some(({ isOptional, isAutomated }) => !isOptional && !isAutomated)
}

const start = connect.start.params.shape

export const connectAccount = agentTool({
  name: 'connect_account',
  title: 'Connect an account',
  description:
    'Opens the sign-in of a service in the browser for the person, who finishes it there; this tool never sees what they type. With "flowId": how far it is. Needs a grant to read and write for the connector.',
  input: z.object({
    connectorId: start.connectorId.optional(),
    label: start.label.describe('What the person will call the account.'),
    scopes: start.scopes.describe('Permissions at the service; without them those that the connector asks for.'),
    reconnectConnectionId: start.reconnectConnectionId.describe('Sign this connection in again instead.'),
    flowId: z.string().max(64).optional().describe('Look at a sign-in that was started.'),
    waitSeconds: z.number().int().min(0).max(50).default(20),
  }),
  output: z.object({
    flowId: z.string(),
    state: FlowState,
    connectorId: z.string(),
    connectionId: z.string().nullable(),
    errorCode: z.string().nullable(),
    next: z.string(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  run: async ({ flowId, waitSeconds, ...wanted }, context) => {
    const { host, signal } = context
    const look = async (id: string): Promise<Flow> => (await host.call('connect.get', { flowId: id }, signal)) as Flow
    const begin = async (): Promise<Flow> => {
      const { connectorId } = wanted
      if (connectorId === undefined)
        throw new PatchbayError('request.invalid', { message: 'Name a connectorId, or the flowId of a sign-in.' })
      const page = (await needsForm(connectorId, context)) ? 'connect_ui' : 'provider'
      return (await host.call('connect.start', { ...wanted, page }, signal)) as Flow
    }
    const deadline = Date.now() + waitSeconds * 1000
    let flow = flowId === undefined ? await begin() : await look(flowId)
    while (OPEN_STATES.has(flow.state) && Date.now() < deadline && !signal.aborted) {
      await pause(signal)
      flow = await look(flow.flowId)
    }
    // Its address is the person's alone: whoever has it can finish the sign-in.
    const { state, connectorId, connectionId } = flow
    return toolAnswer({
      flowId: flow.flowId,
      state,
      connectorId,
      connectionId: state === 'connected' ? connectionId : null,
      errorCode: flow.error?.code ?? null,
      next: NEXT_OF_FLOW[state],
    })
  },
})
