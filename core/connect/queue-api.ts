import { authWayOf } from '#shared/auth-ways'
import type { Implements } from '#shared/contract/contract'
import type { Queue, QueuePreview, QueueRequest } from '#shared/contract/queue'
import { PatchbayError } from '#shared/errors'
import { checkField } from '#shared/form-values'
import type { Caller } from '../caller.ts'
import type { ResolvedConnector } from '../catalogue/connector-catalogue.ts'
import { prepareForConnectUi, prepareForm } from './connect-preflight.ts'
import type { QueueRunner } from './queue-runner.ts'
import type { StoredQueue } from './queue-store.ts'

export interface QueueApiDependencies {
  readonly queues: QueueRunner
  readonly profileIdOf: (profileId: string | undefined) => string
  readonly resolveConnector: (connectorId: string, profileId: string) => Promise<ResolvedConnector>
}

const toQueue = ({ opens: _opens, items, ...queue }: StoredQueue): Queue => ({
  ...queue,
  items: items.map(({ request: _request, ...item }) => item),
})

const problemOf = (check: () => unknown): QueuePreview['problem'] => {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof PatchbayError) return { code: error.code, message: error.message }
    throw error
  }
}

const previewOf = ({ connector, defaultScopes }: ResolvedConnector, request: QueueRequest): QueuePreview => {
  const { fields = {}, credentials = {}, page } = request
  const isConnectUi = page === 'connect_ui'
  const way = authWayOf(connector.authMode)
  const missing = connector.fields.filter(
    (field) =>
      !isConnectUi &&
      !field.isAutomated &&
      !Object.hasOwn(fields, field.name) &&
      !Object.hasOwn(credentials, field.name) &&
      'message' in checkField(field, ''),
  )
  const by = isConnectUi ? 'page' : connector.readiness === 'not_from_here' || way.kind === 'refused' ? null : way.kind
  const scopes = request.scopes ?? (defaultScopes.length > 0 ? [...defaultScopes] : null)
  return {
    connectorId: connector.connectorId,
    name: connector.name,
    label: request.label ?? null,
    authMode: connector.authMode,
    by,
    integrationId: connector.nango.integrationId,
    missing: missing.map(({ name, title, isSecret, kind }) => ({ name, title, isSecret, kind })),
    scopes: by === 'page' ? scopes : null,
    problem: problemOf(() => (isConnectUi ? prepareForConnectUi(connector) : prepareForm(connector, fields, credentials))),
  }
}

const unknownPreview = (request: QueueRequest, error: PatchbayError): QueuePreview => ({
  connectorId: request.connectorId,
  name: request.connectorId,
  label: request.label ?? null,
  authMode: 'UNKNOWN',
  by: null,
  integrationId: null,
  missing: [],
  scopes: null,
  problem: { code: error.code, message: error.message },
})

/** The domain `queue`. */
export const createQueueApi = ({ queues, profileIdOf, resolveConnector }: QueueApiDependencies): Implements<'queue', Caller> => ({
  preview: async ({ profileId: given, items }) => {
    const profileId = profileIdOf(given)
    const previews: QueuePreview[] = []
    for (const request of items) {
      try {
        previews.push(previewOf(await resolveConnector(request.connectorId, profileId), request))
      } catch (error) {
        if (!(error instanceof PatchbayError)) throw error
        previews.push(unknownPreview(request, error))
      }
    }
    return { items: previews }
  },
  start: (params) => toQueue(queues.start(params)),
  get: ({ queueId }) => toQueue(queues.get(queueId)),
  list: (query) => ({ queues: queues.list(query).map(toQueue) }),
  skip: async ({ queueId }) => toQueue(await queues.skip(queueId)),
  resume: ({ queueId }) => toQueue(queues.resume(queueId)),
  cancel: async ({ queueId }) => toQueue(await queues.cancel(queueId)),
})
