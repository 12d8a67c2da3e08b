import { z } from 'zod'
import type { Call, Handler, StandInContext } from './stand-in-context.ts'
import type { StoredConnection } from './stand-in-records.ts'
import { answer, parseOrRefuse, refuse } from './stand-in-reply.ts'
import { ConnectionId, EmptyQuery, IntegrationKey } from './stand-in-schemas.ts'

const MetadataInput = z.strictObject({
  connection_id: z.union([ConnectionId, z.array(ConnectionId)]),
  provider_config_key: IntegrationKey,
  metadata: z.record(z.string(), z.unknown()),
})

const targets = (call: Call, context: StandInContext) => {
  parseOrRefuse('invalid_query_params', EmptyQuery, call.query)
  const body = parseOrRefuse('invalid_body', MetadataInput, call.body)
  const ids = [body.connection_id].flat()
  const connections: StoredConnection[] = ids.map((id) => {
    const connection = context.state.findConnection(body.provider_config_key, id)
    if (connection) return connection
    const message = `Connection with connection id ${id} and provider config key ${body.provider_config_key} not found. Please make sure the connection exists in the Nango dashboard`
    throw refuse(
      404,
      'unknown_connection',
      ids.length > 1 ? `${message}. No actions were taken on any of the connections as a result of this failure.` : message,
    )
  })
  return { connections, metadata: body.metadata }
}

/** POST /connections/metadata: replaces; one unknown id aborts all. */
export const replaceMetadata: Handler = (call, context) => {
  const { connections, metadata } = targets(call, context)
  for (const connection of connections) {
    connection.metadata = structuredClone(metadata)
    context.state.changed(connection)
  }
  return answer(201, call.body)
}

/** PATCH /connections/metadata: a shallow merge; the answer echoes what was sent, not the result. */
export const mergeMetadata: Handler = (call, context) => {
  const { connections, metadata } = targets(call, context)
  for (const connection of connections) {
    connection.metadata = { ...connection.metadata, ...structuredClone(metadata) }
    context.state.changed(connection)
  }
  return answer(200, call.body)
}
