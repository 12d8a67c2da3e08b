import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { AuthPageOutcome, type AuthPageSession } from '#shared/auth-session'
import { PatchbayError, toWire } from '#shared/errors'
import type { Core } from '#core/core'
import { valuesOf } from './request-gate.ts'
import { authWindowHeaders } from './security-headers.ts'
import { authWindowFiles, type StaticFiles } from './static-files.ts'

/** Answers one request whose Host and Origin were found good. */
export type Routes = (request: IncomingMessage, response: ServerResponse) => Promise<void>

const MAX_BODY = 8192

const Ticket = z.object({ ticket: z.string().min(1).max(200) })
const Outcome = Ticket.extend({ outcome: AuthPageOutcome })

/** The body as JSON. Throws `request.invalid` for another type, `request.too_large` beyond 8 KiB. */
const readJson = async <T extends z.ZodType>(request: IncomingMessage, schema: T): Promise<z.output<T>> => {
  if (!/^application\/json(?:;|$)/.test(request.headers['content-type'] ?? '')) throw new PatchbayError('request.invalid')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY) throw new PatchbayError('request.too_large')
    chunks.push(chunk)
  }
  try {
    return schema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
  } catch (error) {
    throw new PatchbayError('request.invalid', { cause: error })
  }
}

/**
 * The sign-in page of flows that use a window: the page, the one-time trade of a ticket for its session, and what the page saw.
 * It has no cookie and no session; the single-use ticket is all it can do.
 */
export const createAuthWindowRoutes = (
  core: Pick<Core, 'authWindowOrigins' | 'redeemAuthTicket' | 'reportAuthOutcome'>,
  rendererFolder: string,
): Routes => {
  let files: Promise<StaticFiles> | null = null

  const session = async (request: IncomingMessage): Promise<AuthPageSession> => {
    const { ticket } = await readJson(request, Ticket)
    const found = await core.redeemAuthTicket(ticket)
    return {
      connectorName: found.connectorName,
      nangoHost: found.nangoHost,
      websocketsPath: found.websocketsPath,
      integrationId: found.integrationId,
      sessionToken: found.sessionToken.reveal(),
      params: { ...found.params },
      connectUiUrl: found.connectUiUrl,
    }
  }

  const outcome = async (request: IncomingMessage): Promise<Record<string, never>> => {
    const report = await readJson(request, Outcome)
    core.reportAuthOutcome(report.ticket, report.outcome)
    return {}
  }

  return async (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const send = (status: number, type: string, body: string | Buffer, headers: Readonly<Record<string, string>>): void => {
      response.writeHead(status, {
        ...headers,
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(body),
        ...(status >= 400 && { Connection: 'close' }),
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    }
    const headers = authWindowHeaders([])
    const post = path === '/auth-window/session' ? session : path === '/auth-window/outcome' ? outcome : null
    if (post !== null) {
      const json = 'application/json; charset=utf-8'
      // A page of ours says where it comes from; a form or a program that does not is refused.
      if (request.method !== 'POST' || valuesOf(request, 'origin').length !== 1) return send(403, json, '{}', headers)
      try {
        return send(200, json, JSON.stringify(await post(request)), headers)
      } catch (error) {
        const wire = toWire(error)
        const status =
          wire.code === 'internal' ? 500 : wire.code === 'request.too_large' ? 413 : wire.code === 'request.invalid' ? 400 : 403
        return send(status, json, JSON.stringify({ error: wire }), headers)
      }
    }
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(405, 'text/plain; charset=utf-8', 'Only GET is understood here.\n', headers)
    files ??= authWindowFiles(rendererFolder)
    const file = (await files).get(path)
    if (file === undefined) return send(404, 'text/plain; charset=utf-8', 'There is nothing here.\n', headers)
    return send(200, file.type, await file.read(), path === '/auth-window/' ? authWindowHeaders(core.authWindowOrigins()) : headers)
  }
}
