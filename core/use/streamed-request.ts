import type { z } from 'zod'
import type { connectionUse } from '#shared/contract/connection-use'
import { PatchbayError } from '#shared/errors'
import { LIMITS } from '#shared/wire'
import type { Caller } from '../caller.ts'
import type { ConnectionRow } from '../connections/connection-row.ts'
import { wholeBody } from '../nango/nango-transport.ts'
import { type BodyStreams, STREAM_LIMITS } from './body-streams.ts'
import { givenHeaders, sentHeaders } from './passable-headers.ts'
import { isTextual, readServiceBody, resultTooLarge, sentBody, withoutParameters } from './service-body.ts'
import type { ServiceRequestDependencies } from './service-request.ts'
import { NO_FACTS } from './service-pages.ts'
import { normalTarget } from './service-target.ts'
import type { StreamedCall } from './use-backend.ts'

export interface StreamedRequestDependencies extends ServiceRequestDependencies {
  readonly streams: BodyStreams
}

type Asked = Omit<z.output<typeof connectionUse.request.params>, 'connectionId'>
type Answer = z.input<typeof connectionUse.request.result>

const invalid = (path: string, message: string): PatchbayError =>
  new PatchbayError('request.invalid', {
    message: `The call is not understood: ${path}: ${message}`,
    data: { problems: [{ path, message }] },
  })

/** Its body goes through in pieces: it is sent once, and its answer is one page. */
const requireOnce = ({ method, body, bodyStreamId, retries, maxPages }: Asked): void => {
  if (retries > 0) throw invalid('retries', 'a body in pieces is sent once')
  if (maxPages > 1) throw invalid('maxPages', 'a body in pieces is one page')
  if (bodyStreamId === undefined) return
  if (body !== undefined) throw invalid('body', 'there is one in pieces already')
  if (method === 'GET' || method === 'HEAD') throw invalid('bodyStreamId', `${method} has no body`)
}

/** Makes a call through a connection whose body, or whose answer's, goes through in pieces. Throws `request.invalid` before it is sent alone. */
export const makeStreamedRequest = async (
  deps: StreamedRequestDependencies,
  row: ConnectionRow,
  asked: Asked,
  caller: Caller,
  signal: AbortSignal,
): Promise<Answer> => {
  requireOnce(asked)
  const { streams } = deps
  const { bodyStreamId } = asked
  const headers = sentHeaders(asked.headers ?? {})
  const { target } = normalTarget(asked.path, asked.query)
  const body: StreamedCall['body'] =
    bodyStreamId === undefined
      ? sentBody(asked.method, asked.body, headers).body
      : { content: streams.take(caller, bodyStreamId), contentType: headers['content-type'] ?? 'application/octet-stream' }
  const call: StreamedCall = { method: asked.method, target, headers, ...(body === undefined ? {} : { body }) }
  const limits = { beginMs: asked.timeoutSeconds * 1000, idleMs: STREAM_LIMITS.idleMs, maxBytes: STREAM_LIMITS.bytes }
  const facts = deps.backend.paging(row, { signal }).catch(() => NO_FACTS)
  try {
    const reply = await deps.backend.requestInPieces(row, call, { signal, ...limits })
    if (reply.status === 401) deps.doubt?.(row.connection_id)
    const { credentialParameters } = await facts
    const head = withoutParameters({ ...reply, body: Buffer.alloc(0) }, credentialParameters)
    if (asked.stream && credentialParameters.length > 0 && isTextual(reply.headers)) {
      reply.close()
      // The service has done what was asked: that the call was not understood would say that it did nothing.
      throw new PatchbayError('stream.whole_only', { data: { status: reply.status } })
    }
    const answer = {
      status: reply.status,
      headers: givenHeaders(head.headers, await deps.backend.limit(row)),
      pages: 1,
      hasMore: false,
      retries: 0,
    }
    if (asked.stream) {
      const ofGrant = caller.kind === 'automation' ? caller.signal : undefined
      return { ...answer, body: null, bodyIs: 'stream', streamId: streams.openDownload(caller, reply.body, ofGrant, reply.close) }
    }
    try {
      const whole = await wholeBody(reply.body, LIMITS.lineOutBytes).catch((error: unknown) => {
        throw error instanceof PatchbayError ? error : resultTooLarge({})
      })
      return {
        ...answer,
        ...readServiceBody(withoutParameters({ ...reply, body: whole }, credentialParameters), asked.bodyAs),
        streamId: null,
      }
    } finally {
      reply.close()
    }
  } finally {
    // What was not taken is not wanted any more.
    if (bodyStreamId !== undefined) streams.close(caller, bodyStreamId)
  }
}
