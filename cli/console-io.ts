import { PatchbayError } from '#shared/errors'

/** Where a command reads and writes. */
export interface ConsoleIo {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isInputTerminal: boolean
  readonly isOutputTerminal: boolean
  readonly isErrorTerminal: boolean
  /** Width of the terminal in characters, null where there is none. */
  readonly columns: number | null
  /** Results, and nothing else. */
  readonly out: (text: string) => void
  /** Everything said to a person. */
  readonly err: (text: string) => void
  /** All of stdin. */
  readonly readInput: () => Promise<string>
  /** One line from the person; unseen while it is typed if it is a secret. Throws `request.cancelled` at Ctrl-C. */
  readonly ask: (question: string, options?: { readonly isSecret?: boolean }) => Promise<string>
}

const readAll = async (): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'

const readHidden = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const { stdin } = process
    let typed = ''
    const done = (settle: () => void): void => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', onData)
      process.stderr.write('\n')
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
  })

const readLine = async (question: string): Promise<string> => {
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new PatchbayError('request.cancelled')))
      lines.once('close', () => reject(new PatchbayError('request.cancelled')))
      lines.question(question, resolve)
    })
  } finally {
    lines.close()
  }
}

/** The streams of this process. */
export const processIo = (): ConsoleIo => {
  // A reader that has seen enough, like `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.stderr.on('error', () => {})
  return {
    environment: process.env,
    isInputTerminal: process.stdin.isTTY,
    isOutputTerminal: process.stdout.isTTY,
    isErrorTerminal: process.stderr.isTTY,
    columns: process.stdout.isTTY ? process.stdout.columns : null,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    readInput: readAll,
    ask: (question, { isSecret = false } = {}) => {
      if (!isSecret) return readLine(question)
      process.stderr.write(question)
      return readHidden()
    },
  }
}
