import { spawn } from 'node:child_process'
import { foreignEnvironment } from '#cli/foreign-environment'
import { findProgram } from './find-program.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Command = readonly string[]

const TIMEOUT_MS = 3000
/** More is no text of ours. */
const MOST_READ = 1_048_576

interface Program {
  readonly write: Command
  readonly read: Command
}

const POWERSHELL_READ = '[Console]::OutputEncoding = [Text.Encoding]::UTF8; [Console]::Out.Write((Get-Clipboard -Raw))'

const candidates = (environment: Environment, platform: NodeJS.Platform): readonly Program[] => {
  if (platform === 'darwin') return [{ write: ['pbcopy'], read: ['pbpaste'] }]
  if (platform === 'win32') return [{ write: ['clip'], read: ['powershell', '-NoProfile', '-NonInteractive', '-Command', POWERSHELL_READ] }]
  return [
    ...((environment['WAYLAND_DISPLAY'] ?? '') === '' ? [] : [{ write: ['wl-copy'], read: ['wl-paste', '--no-newline'] }]),
    ...((environment['DISPLAY'] ?? '') === ''
      ? []
      : [
          { write: ['xclip', '-selection', 'clipboard', '-in'], read: ['xclip', '-selection', 'clipboard', '-out'] },
          { write: ['xsel', '--clipboard', '--input'], read: ['xsel', '--clipboard', '--output'] },
        ]),
  ]
}

const feed = (program: string, options: readonly string[], content: Buffer, environment: Environment): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(program, options, {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: foreignEnvironment(environment),
      timeout: TIMEOUT_MS,
      windowsHide: true,
    })
    child.once('error', () => resolve(false))
    // These programs fork to keep the selection; the part we started ends once it has taken the text.
    child.once('exit', (code) => resolve(code === 0))
    child.stdin.once('error', () => resolve(false))
    child.stdin.end(content)
  })

const drain = (program: string, options: readonly string[], environment: Environment): Promise<string | null> =>
  new Promise((resolve) => {
    const child = spawn(program, options, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: foreignEnvironment(environment),
      timeout: TIMEOUT_MS,
      windowsHide: true,
    })
    const parts: Buffer[] = []
    let size = 0
    child.stdout.on('data', (part: Buffer) => {
      size += part.length
      if (size <= MOST_READ) parts.push(part)
      else child.kill()
    })
    child.once('error', () => resolve(null))
    child.once('close', (code) => resolve(code === 0 && size <= MOST_READ ? Buffer.concat(parts).toString('utf8') : null))
  })

/** Puts text on the clipboard through the desktop's own program, over stdin; false where there is none or it failed. */
export const copyToClipboard = async (text: string, environment: Environment): Promise<boolean> => {
  // `clip` reads its input in the console's code page unless it is UTF-16 with a mark.
  const content = process.platform === 'win32' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text)
  for (const { write } of candidates(environment, process.platform)) {
    const [name = '', ...options] = write
    const program = findProgram(name, environment)
    if (program !== null && (await feed(program, options, content, environment))) return true
  }
  return false
}

/** The text on the clipboard, through the same programs; null where none of them tells. */
export const readClipboard = async (environment: Environment): Promise<string | null> => {
  for (const { read } of candidates(environment, process.platform)) {
    const [name = '', ...options] = read
    const program = findProgram(name, environment)
    const text = program === null ? null : await drain(program, options, environment)
    if (text !== null) return text
  }
  return null
}
