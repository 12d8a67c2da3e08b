import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { PatchbayError } from '#shared/errors'

/** Where a command reads and writes. */
export interface ConsoleIo {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isInputTerminal: boolean
  readonly isOutputTerminal: boolean
  readonly isErrorTerminal: boolean
  /** Width of the terminal in characters, null where there is none. */
  readonly columns: number | null
  /** The folder that the person is in; the process's own when left out. */
  readonly folder?: string
  /** Results, and nothing else. */
  readonly out: (text: string) => void
  /** The same for bytes that are no text. */
  readonly outBytes?: (bytes: Uint8Array) => void
  /** Everything said to a person. */
  readonly err: (text: string) => void
  /** All of stdin. */
  readonly readInput: () => Promise<string>
  /** One line from the person. Throws `request.cancelled` at Ctrl-C, and when its signal ends the question. */
  readonly ask: (question: string, options?: AskOptions) => Promise<string>
}

export interface AskOptions {
  /** Unseen while it is typed. */
  readonly isSecret?: boolean
  /** A line that comes sooner than this, milliseconds, is no answer: it was typed before the question could be read. */
  readonly settleMs?: number
  /** Takes the question away. */
  readonly signal?: AbortSignal
}

const readAll = async (): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

const readHidden = (question: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin } = process
    let typed = ''
    const done = (settle: () => void): void => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', onData)
      writeTo(2, '\n')
      settle()
    }
    const onData = (chunk: Buffer): void => {
      for (const character of chunk.toString('utf8')) {
        if (character === '\r' || character === '\n' || character === CTRL_D) return done(() => resolve(typed))
        if (character === CTRL_C) return done(() => reject(new PatchbayError('request.cancelled')))
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('')
        else if (character >= ' ') typed += character
      }
    }
    stdin.setRawMode(true)
    stdin.on('data', onData)
    stdin.resume()
    // Asked only now: what is typed or pasted at once must not be seen either.
    writeTo(2, question)
  })

const readLine = async (question: string, { settleMs = 0, signal }: AskOptions): Promise<string> => {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: question })
  const asked = performance.now()
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = (): void => reject(new PatchbayError('request.cancelled'))
      lines.once('SIGINT', cancel)
      lines.once('close', cancel)
      signal?.addEventListener('abort', cancel, { once: true })
      lines.on('line', (line) => (performance.now() - asked < settleMs ? lines.prompt() : resolve(line)))
      if (signal?.aborted === true) cancel()
      lines.prompt()
    })
  } finally {
    lines.close()
    if (signal?.aborted === true) writeTo(2, '\n')
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

let isStreaming = false

/** Whether something written may still be on its way. */
export const hasOutputPending = (): boolean => isStreaming

/** Writes at once and in order. Node's own streams take 2 ms to make, which is much for a command of 40. */
const writeTo = (descriptor: 1 | 2, content: string | Uint8Array): void => {
  const bytes = Buffer.from(content)
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done)
    } catch (error) {
      // A reader that has seen enough, like `head`, is no failure.
      if (codeOf(error) === 'EPIPE') return descriptor === 1 ? process.exit(0) : undefined
      // The pipe is full: Node's stream knows how to wait for its reader.
      if (codeOf(error) !== 'EAGAIN') throw error
      isStreaming = true
      const stream = descriptor === 1 ? process.stdout : process.stderr
      if (stream.listenerCount('error') === 0) stream.on('error', () => process.exit(0))
      stream.write(bytes.subarray(done))
      return
    }
  }
}

/** The terminal or the pipes of this process. */
export const processIo = (): ConsoleIo => ({
  environment: process.env,
  isInputTerminal: isatty(0),
  isOutputTerminal: isatty(1),
  isErrorTerminal: isatty(2),
  get columns() {
    return isatty(1) ? process.stdout.columns : null
  },
  out: (text) => writeTo(1, text),
  outBytes: (bytes) => writeTo(1, bytes),
  err: (text) => writeTo(2, text),
  readInput: readAll,
  ask: (question, options = {}) => (options.isSecret === true ? readHidden(question) : readLine(question, options)),
})
