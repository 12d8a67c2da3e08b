import { type Command, type CommandContext, valueOfFlag, wordsOf } from '../command.ts'
import type { Arguments } from '../command-from-method.ts'
import { jsonForTerminal, safeText } from '../text-format.ts'
import { usageError } from '../usage-error.ts'
import type { FileBody } from './request-body.ts'
import { meantBy, meantText, wholeNumber } from './use-text.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly bodyIs: 'none' | 'json' | 'text' | 'base64' | 'stream'
  readonly streamId: string | null
  readonly hasMore: boolean
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** `Name: value` of a header, `name=value` of a query: what stands before the first mark is the name. */
const pairsOf = (args: Arguments, flag: string, mark: ':' | '='): (readonly [string, string])[] =>
  (args.flags.get(flag) ?? []).map((each) => {
    const text = String(each)
    const at = text.indexOf(mark)
    if (at < 1) throw usageError(`--${flag} wants name${mark}value.`)
    return [text.slice(0, at).trim(), mark === ':' ? text.slice(at + 1).trim() : text.slice(at + 1)] as const
  })

/** Several values of one name as a list. */
const grouped = (pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> => {
  const values = new Map<string, string | string[]>()
  for (const [name, value] of pairs) {
    const known = values.get(name)
    values.set(name, known === undefined ? value : [known, value].flat())
  }
  return Object.fromEntries(values)
}

/** What is sent: a text, or an open file that goes piece by piece. */
const readData = async ({ io }: CommandContext, data: string): Promise<FileBody> => {
  if (data === '@-') return { kind: 'text', text: await io.readInput() }
  if (!data.startsWith('@')) return { kind: 'text', text: data }
  const { openFileBody } = await import('./request-body.ts')
  return openFileBody(data.slice(1))
}

/** What is JSON goes as JSON, unless a header says that it is something else. */
const bodyOf = (text: string, contentType: string | undefined): unknown => {
  if (contentType !== undefined && !/\bjson\b/i.test(contentType)) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : text
  } catch {
    return text
  }
}

const headLines = ({ status, headers }: Answer): string =>
  [`HTTP ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].map(safeText).join('\n')

/** The body as it came; on a terminal without what would steer it. */
const printBody = ({ io, say }: CommandContext, { body, bodyIs }: Answer): void => {
  if (bodyIs === 'none') return
  if (bodyIs === 'json') return io.out(`${jsonForTerminal(body, io.isOutputTerminal ? 2 : 0)}\n`)
  if (bodyIs === 'text') {
    const text = String(body)
    if (!io.isOutputTerminal) return io.out(text)
    return io.out(`${text.split('\n').map(safeText).join('\n')}\n`)
  }
  const bytes = Buffer.from(String(body), 'base64')
  if (io.isOutputTerminal || io.outBytes === undefined)
    return say(`The answer is ${bytes.length} bytes that are no text: send stdout to a file, or add --output FILE.`)
  io.outBytes(bytes)
}

/** `patchbay request REF METHOD PATH`: a call through a connection; exit 1 where the service answers 400 or more. */
export const requestCommand: Command = {
  usage:
    'request REF METHOD PATH [--header NAME:VALUE]... [--query NAME=VALUE]... [--data TEXT|@FILE|@-] [--output FILE|-] [--include] [--max-pages N] [--retries N] [--timeout SECONDS] [--dry-run]',
  summary: 'Makes a call to the service of a connection; you never see the credential.',
  booleans: ['include', 'dry-run'],
  values: ['header', 'query', 'data', 'output', 'max-pages', 'retries', 'timeout'],
  run: async (context, args) => {
    const { session, io, isJson, say, print } = context
    const [connectionId = '', word = '', path = ''] = wordsOf(args, requestCommand.usage, 3)
    const method = word.toUpperCase()
    if (!METHODS.includes(method)) throw usageError(`${safeText(word)} is no method.`, `One of ${METHODS.join(', ')}.`)
    if (/^[a-z][a-z0-9+.-]*:/i.test(path))
      throw usageError('PATH begins below the address of the service.', 'Such as /user or /user/repos.')
    const headers = pairsOf(args, 'header', ':')
    const query = grouped(pairsOf(args, 'query', '='))
    const maxPages = wholeNumber('max-pages', valueOfFlag(args, 'max-pages'), 1, 100)
    const retries = wholeNumber('retries', valueOfFlag(args, 'retries'), 0, 5)
    const timeoutSeconds = wholeNumber('timeout', valueOfFlag(args, 'timeout'), 1, 600)
    const data = valueOfFlag(args, 'data')
    const target = path.startsWith('/') ? path : `/${path}`
    if (args.flags.has('dry-run')) {
      const meant = await meantBy(context, connectionId)
      return print({ ...meant, method, path: target }, () => `Would call ${method} ${safeText(target)} through ${meantText(meant)}.`)
    }
    const type = headers.findLast(([name]) => name.toLowerCase() === 'content-type')?.[1]
    const output = valueOfFlag(args, 'output')
    const body = data === undefined ? null : await readData(context, data)
    const stream = body?.kind === 'pieces' ? ((await session.call('connections.openBody')) as { readonly streamId: string }) : null
    const called = session.call('connections.request', {
      connectionId,
      method,
      path: target,
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
      ...(Object.keys(query).length > 0 && { query }),
      ...(body?.kind === 'text' && { body: bodyOf(body.text, type) }),
      ...(stream !== null && { bodyStreamId: stream.streamId }),
      ...(output !== undefined && { stream: true }),
      ...(maxPages !== undefined && { maxPages }),
      ...(retries !== undefined && { retries }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    }) as Promise<Answer>
    if (body?.kind === 'pieces' && stream !== null) {
      const { sendPieces } = await import('./request-body.ts')
      await Promise.race([called, sendPieces(context, stream.streamId, body.descriptor)])
    }
    const answer = await called
    if (isJson) print(answer)
    else {
      if (args.flags.has('include')) io.out(`${headLines(answer)}\n\n`)
      if (answer.streamId === null) printBody(context, answer)
    }
    if (answer.streamId !== null && output !== undefined) {
      const { receiveInto } = await import('./request-body.ts')
      await receiveInto(context, answer.streamId, output)
    }
    if (answer.hasMore && maxPages !== undefined) say('There are more pages than these.')
    if (answer.status >= 400) {
      say(`The service answered ${answer.status}.`)
      process.exitCode = 1
    }
  },
}
