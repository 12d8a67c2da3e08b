import { spawn } from 'node:child_process'
import { findProgram, foreignEnvironment } from './find-program.ts'

type Environment = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 3000

const candidates = (environment: Environment, platform: NodeJS.Platform): readonly (readonly string[])[] => {
  if (platform === 'darwin') return [['pbcopy']]
  if (platform === 'win32') return [['clip']]
  return [
    ...((environment['WAYLAND_DISPLAY'] ?? '') === '' ? [] : [['wl-copy']]),
    ...((environment['DISPLAY'] ?? '') === ''
      ? []
      : [
          ['xclip', '-selection', 'clipboard', '-in'],
          ['xsel', '--clipboard', '--input'],
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

/** Puts text on the clipboard through the desktop's own program, over stdin; false where there is none or it failed. */
export const copyToClipboard = async (text: string, environment: Environment): Promise<boolean> => {
  // `clip` reads its input in the console's code page unless it is UTF-16 with a mark.
  const content = process.platform === 'win32' ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(text)
  for (const [name = '', ...options] of candidates(environment, process.platform)) {
    const program = findProgram(name, environment)
    if (program !== null && (await feed(program, options, content, environment))) return true
  }
  return false
}
