import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { dirname, join } from 'node:path'

/** The root of the checkout. */
export const root = dirname(import.meta.dirname)

/** One line for the person who runs the task. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** The file behind a program that a package of node_modules offers; started with node, on every platform alike. */
export const toolPath = (packageName: string, program: string): string => {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { bin: string | Record<string, string> }
  const file = typeof bin === 'string' ? bin : bin[program]
  if (file === undefined) throw new Error(`${packageName} has no program ${program}`)
  return join(folder, file)
}

/** Where npm puts the electron package. */
export const electronFolder = join(root, 'node_modules/electron')

/** Electron's own program, or null where it is not there. Never by importing the package: that would start a download. */
export const electronProgram = (): string | null => {
  const pathFile = join(electronFolder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const program = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(program) ? program : null
}

export interface Ended {
  /** The exit code, or 1 when a signal ended it. */
  readonly code: number
  /** Standard output, then standard error, in the order in which they came. */
  readonly output: string
  readonly ms: number
}

interface RunOptions {
  /** The program that runs the file, Node unless named. */
  readonly runtime?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  /** It works only while nothing else wants the processor. */
  readonly isBackground?: boolean
  /** Receives each piece of output as it comes. */
  readonly onOutput?: (text: string) => void
}

/** Runs a Node program to its end in the root folder, without a terminal. Never rejects: a program that cannot start ends with 1. */
export const runProgram = (file: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> => {
  const started = Date.now()
  return new Promise((resolve) => {
    let output = ''
    const add = (chunk: Buffer) => {
      const text = chunk.toString('utf8')
      output += text
      options.onOutput?.(text)
    }
    const child = spawn(options.runtime ?? process.execPath, [file, ...args], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    })
    // What it starts in its turn is in the background too.
    if (options.isBackground === true && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.once('error', (error) => {
      output += error.message
    })
    child.once('close', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}\n`
      resolve({ code: code ?? 1, output, ms: Date.now() - started })
    })
  })
}
