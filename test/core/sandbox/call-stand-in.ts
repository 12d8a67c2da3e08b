import { request } from 'node:http'

/** An answer with its JSON, or undefined where the body is none. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: unknown
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sent as it is. */
  readonly rawBody?: string
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Calls a stand-in over plain HTTP: no redirects are followed and no header is added behind one's back. */
export const callStandIn = (url: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
  const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        ...options.headers,
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) })
      })
    })
    sent.end(body)
  })
}

/** Calls with the full-access key. */
export const createCaller =
  (nango: { readonly url: string; readonly secretKey: string }) =>
  (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    callStandIn(nango.url, method, path, { headers: { authorization: `Bearer ${nango.secretKey}`, ...headers }, body })

/** A value deep inside an answer; undefined where the way ends. */
export const pick = (value: unknown, ...path: readonly (string | number)[]): unknown => {
  let current: unknown = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Reflect.get(current, step)
  }
  return current
}

/** A text deep inside an answer; throws where there is none. */
export const pickText = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = pick(value, ...path)
  if (typeof found === 'string') return found
  throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(value)}`)
}

/** The connections of a list answer. */
export const rowsOf = (answer: Answer): readonly unknown[] => {
  const rows = pick(answer.json, 'connections')
  if (Array.isArray(rows)) return rows
  throw new Error(`no list: ${answer.status} ${answer.text}`)
}

/** A clock that only moves when told to. */
export interface TestClock {
  readonly now: () => number
  advance(ms: number): void
}

export const createClock = (start = Date.UTC(2026, 10, 20, 16, 0, 0)): TestClock => {
  let at = start
  return {
    now: () => at,
    advance: (ms) => {
      at += ms
    },
  }
}
