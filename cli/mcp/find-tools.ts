import { z } from 'zod'
import { catalogue, Connector } from '#shared/contract/catalogue'
import { ConnectionHealth } from '#shared/contract/connection-health'
import { Connection, connections } from '#shared/contract/connections'
import { agentTool, LOOKS } from './agent-tool.ts'
import { fitting, MAX_ANSWER_BYTES, noticeFor, sizeOf, toolAnswer } from './tool-answer.ts'

const Limit = z.number().int().min(1).max(200).default(50).describe('Rows at most; fewer come back where they would be too long together.')
const Notice = z.string().describe('How "data" is to be taken.')
const More = z.string().nullable().describe('What to do to read on; null at the end.')
const Cursor = z.string().max(2048).optional().describe('"nextCursor" of the answer before.')

const readOn = (cursor: string | null): string | null =>
  cursor === null ? null : 'There is more: call again with "cursor" set to "nextCursor".'

const ConnectorRow = Connector.pick({ connectorId: true, name: true, categories: true, authMode: true, readiness: true, docsUrl: true })

const CATALOGUE = noticeFor('the catalogue of connectors')
const ACCOUNTS = noticeFor('the connected accounts and their services')

export const findConnectors = agentTool({
  name: 'find_connectors',
  title: 'Find connectors',
  description:
    'Lists the services that Patchbay can connect, such as github or slack. "readiness" is "ready" where connect_account works now. Needs a grant to read.',
  input: catalogue.list.params.pick({ search: true, category: true, readiness: true }).extend({ limit: Limit, cursor: Cursor }),
  output: z.object({
    notice: Notice,
    data: z.object({ connectors: z.array(ConnectorRow), total: z.number().int() }),
    nextCursor: z.string().nullable(),
    more: More,
  }),
  annotations: LOOKS,
  run: async ({ limit, cursor, ...filter }, { host, signal }) => {
    const { connectors, total } = (await host.call('catalogue.list', filter, signal)) as z.output<typeof catalogue.list.result>
    const from = /^\d{1,6}$/.test(cursor ?? '') ? Number(cursor) : 0
    const rows = connectors.slice(from, from + limit)
    return fitting(rows.length, (count) => {
      const nextCursor = from + count < connectors.length ? String(from + count) : null
      const data = { connectors: rows.slice(0, count).map((row) => ConnectorRow.parse(row)), total }
      return toolAnswer({ notice: CATALOGUE, data, nextCursor, more: readOn(nextCursor) })
    })
  },
})

const ConnectionRow = Connection.pick({
  connectionId: true,
  handle: true,
  connectorId: true,
  status: true,
  label: true,
  identity: true,
  scopes: true,
  expiresAt: true,
  lastVerifiedAt: true,
})

export const findConnections = agentTool({
  name: 'find_connections',
  title: 'Find connections',
  description:
    'Lists the connected accounts that were granted, without their credentials. Use "handle" or "connectionId" in make_request. Status "attention" means that the person has to sign in again. Needs a grant to read.',
  input: connections.list.params.pick({ connectorId: true, status: true, search: true }).extend({ limit: Limit, cursor: Cursor }),
  output: z.object({
    notice: Notice,
    data: z.object({ connections: z.array(ConnectionRow), total: z.number().int().nullable() }),
    nextCursor: z.string().nullable(),
    more: More,
  }),
  annotations: LOOKS,
  run: async ({ limit, ...filter }, { host, signal }) => {
    for (let asked = limit; ;) {
      const page = (await host.call('connections.list', { ...filter, limit: asked }, signal)) as z.output<typeof connections.list.result>
      const { nextCursor, total } = page
      const data = { connections: page.connections.map((row) => ConnectionRow.parse(row)), total }
      const answer = toolAnswer({ notice: ACCOUNTS, data, nextCursor, more: readOn(nextCursor) })
      const size = sizeOf(answer)
      if (size <= MAX_ANSWER_BYTES || asked === 1) return answer
      // The cursor stands after the whole page: fewer rows have to be asked for, not cut off.
      asked = Math.max(1, Math.min(asked - 1, Math.floor((page.connections.length * MAX_ANSWER_BYTES * 0.9) / size)))
    }
  },
})

export const getConnectionHealth = agentTool({
  name: 'get_connection_health',
  title: 'Get connection health',
  description: 'Tells whether a connected account works, since when, why not, and the next step. Calls nobody. Needs a grant to read.',
  input: connections.health.params,
  output: z.object({ notice: Notice, data: ConnectionHealth }),
  annotations: LOOKS,
  run: async (params, { host, signal }) => {
    const health = ConnectionHealth.parse(await host.call('connections.health', params, signal))
    return fitting(health.evidence.length, (count) =>
      toolAnswer({ notice: ACCOUNTS, data: { ...health, evidence: health.evidence.slice(0, count) } }),
    )
  },
})
