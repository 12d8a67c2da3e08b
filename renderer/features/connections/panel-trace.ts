import type { Flow } from '#shared/contract/connect'

/** Whoever signed in is not named, nor any address; what looks like a credential is left out too. */
const redacted = (text: string): string =>
  text
    .replace(/https?:\/\/[^\s"'<>]+/gi, '[address]')
    .replace(/[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[a-z]{2,}/gi, '[e-mail]')
    .replace(/[A-Za-z0-9_-]{32,}/g, '[left out]')

/** How one attempt went, as JSON fit to be handed on: its steps with times, and the error's code; no account, label or address. */
export const traceText = (flow: Flow): string =>
  JSON.stringify(
    {
      format: 'patchbay-trace-1',
      flowId: flow.flowId,
      connectorId: flow.connectorId,
      isReconnect: flow.reconnect !== undefined,
      via: flow.via,
      page: flow.page,
      oauthMethod: flow.oauthMethod,
      state: flow.state,
      createdAt: flow.createdAt,
      heardOfRefusals: flow.isListening,
      error: flow.error === undefined ? null : { code: flow.error.code, message: redacted(flow.error.message) },
      steps: flow.steps.map(({ id, state, startedAt, endedAt, note }) => ({
        id,
        state,
        startedAt,
        endedAt,
        tookMs: startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt),
        note: note === null ? null : redacted(note),
      })),
    },
    null,
    2,
  )

/** The name of the file of a trace. */
export const traceFile = ({ flowId, connectorId }: Pick<Flow, 'flowId' | 'connectorId'>): string =>
  `patchbay-trace-${connectorId}-${flowId}.json`
