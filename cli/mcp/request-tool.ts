import { z } from 'zod'
import { connectionUse } from '#shared/contract/connection-use'
import { agentTool, type ToolContext } from './agent-tool.ts'
import { fitting, MAX_ANSWER_BYTES, noticeFor, toolAnswer } from './tool-answer.ts'

const request = connectionUse.request

/** Whatever would say who calls: that is Patchbay's to add, and an agent's own is not passed on. */
const CREDENTIAL_HEADER =
  /^(?:authorization|proxy-authorization|cookie|.*(?:api-?key|token|secret|auth)|nango-.*|connection-id|provider-config-key)$/i
const CREDENTIAL_QUERY = /^(?:access_token|api_?key|client_secret|oauth_token)$/i

/** A record without the fields whose names match, and those names. */
const without = <T>(record: Readonly<Record<string, T>> | undefined, names: RegExp): readonly [Record<string, T>, readonly string[]] => {
  const all = Object.entries(record ?? {})
  return [Object.fromEntries(all.filter(([name]) => !names.test(name))), all.map(([name]) => name).filter((name) => names.test(name))]
}

/** Of the headers of an answer those that say something of its content, its paging or its limits. */
const TELLING_HEADER = /^(?:content-type|link|etag|last-modified|location|retry-after|x-total-count|x-next-page|(?:x-)?rate-?limit.*)$/i

/** The connectors of references that were asked for before, of one host. */
const connectors = new WeakMap<object, Map<string, string>>()

/** The connector behind a reference: a name of the catalogue. Null where this agent may not look at it. */
const connectorOf = async (reference: string, { host, signal }: ToolContext): Promise<string | null> => {
  const known = connectors.get(host) ?? new Map<string, string>()
  connectors.set(host, known)
  const found = known.get(reference)
  if (found !== undefined) return found
  try {
    const { connectorId } = (await host.call('connections.resolve', { reference }, signal)) as z.output<typeof connectionUse.resolve.result>
    if (known.size < 500) known.set(reference, connectorId)
    return connectorId
  } catch {
    return null
  }
}

/** So much of a text, without half a character at its end. */
const cut = (text: string, count: number): string => text.slice(0, count).replace(/[\ud800-\udbff]$/, '')

const bodyText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body, null, 1))

export const makeRequest = agentTool({
  name: 'make_request',
  title: 'Make a request',
  description:
    'Calls the API of a service through a connected account; Patchbay adds the credential, and headers or parameters that carry one are ignored. A long answer is cut: ask the service for less, or for GET read on with "offset". Needs a grant to request; calls that it does not cover are refused.',
  input: request.params.pick({ connectionId: true, method: true, path: true, query: true, headers: true, maxPages: true }).extend({
    body: z.unknown().optional().describe('JSON, or text.'),
    offset: z.number().int().min(0).max(8_388_608).default(0).describe('Leaves out so many characters of the body, with GET.'),
  }),
  output: z.object({
    notice: z.string().describe('How "data" is to be taken.'),
    status: z.number().int().describe('The HTTP status that the service answered.'),
    data: z.object({
      headers: z.record(z.string(), z.string()),
      body: z.unknown().describe('As the service sent it; text where it was cut.'),
      bodyIs: z.enum(['none', 'json', 'text', 'base64']),
    }),
    ignored: z.array(z.string()).describe('Headers and parameters that were not passed on.'),
    nextOffset: z.number().int().nullable(),
    more: z.string().nullable().describe('What to do to read on; null where this is all.'),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  run: async ({ offset, headers: givenHeaders, query: givenQuery, ...params }, context) => {
    const { host, signal } = context
    const [headers, ignoredHeaders] = without(givenHeaders, CREDENTIAL_HEADER)
    const [query, ignoredQuery] = without(givenQuery, CREDENTIAL_QUERY)
    const call = { ...params, ...(givenHeaders && { headers }), ...(givenQuery && { query }) }
    const [answered, connectorId] = await Promise.all([
      host.call('connections.request', call, signal) as Promise<z.output<typeof request.result>>,
      connectorOf(params.connectionId, context),
    ])
    const { status, body, bodyIs, hasMore } = answered
    const told = Object.entries(answered.headers).filter(([name]) => TELLING_HEADER.test(name))
    const from = params.method === 'GET' ? offset : 0
    const text = bodyText(body ?? '').slice(from)
    const isReadable = params.method === 'GET'
    // No character takes less than a byte.
    return fitting(Math.min(text.length, MAX_ANSWER_BYTES), (most) => {
      const shown = cut(text, most)
      const count = shown.length
      const isWhole = from === 0 && count === text.length
      const nextOffset = count < text.length && isReadable ? from + count : null
      const more =
        count < text.length
          ? `There is more: ${text.length - count} characters are not shown. Ask the service for less${isReadable ? ', or call again with "offset" set to "nextOffset"' : ''}.`
          : hasMore
            ? 'There is more: the service has further pages. Ask for them with a larger "maxPages", or by its own parameters.'
            : null
      return toolAnswer({
        notice: noticeFor(connectorId ?? 'the service'),
        status,
        data: {
          headers: Object.fromEntries(told.map(([name, value]) => [name, value.slice(0, 2000)])),
          body: isWhole ? body : shown,
          bodyIs: isWhole || bodyIs !== 'json' ? bodyIs : 'text',
        },
        ignored: [...ignoredHeaders, ...ignoredQuery].slice(0, 50),
        nextOffset,
        more,
      })
    })
  },
})
