import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { electronFolder, electronProgram, root, runProgram, say } from './tool.ts'

const failureFile = join(electronFolder, '.patchbay-download-failed')
const DAY_MS = 86_400_000

/** What stands against the Electron window on this machine, apart from a missing program. */
const obstacle = (): string | null => {
  if (!existsSync(join(root, 'out/main/main.js'))) return 'the desktop window is not built'
  if (!existsSync(electronFolder)) return 'it is not installed'
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  return null
}

/** Tries once to download Electron, at most 60 s, and remembers a failure for a day. Answers what went wrong. */
const downloadElectron = async (): Promise<string | null> => {
  if (existsSync(failureFile) && Date.now() - statSync(failureFile).mtimeMs < DAY_MS) {
    return 'its program could not be downloaded; the next try is tomorrow'
  }
  say('Downloading Electron, at most 60 s.')
  await runProgram(join(electronFolder, 'install.js'), [], { timeoutMs: 60_000 })
  if (electronProgram() !== null) return null
  writeFileSync(failureFile, new Date().toISOString())
  return 'its program could not be downloaded'
}

/** Stays in the foreground for the child, passes signals on, ends as it ends, and takes it along when the launcher is gone. */
const follow = (child: ChildProcess): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  process.once('disconnect', () => child.kill('SIGTERM'))
  const end = (code: number) => {
    process.exitCode = code
    if (process.connected) process.disconnect()
  }
  child.once('error', (error) => {
    say(`It could not be started: ${error.message}`)
    end(1)
  })
  child.once('exit', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

const args = process.argv.slice(2)
const rootObstacle = (): string | null => (process.getuid?.() === 0 ? 'it does not run as root' : null)
const reason = obstacle() ?? (electronProgram() === null ? await downloadElectron() : null) ?? rootObstacle()
const program = electronProgram()
if (reason === null && program !== null) follow(spawn(program, [root, ...args], { cwd: root, stdio: 'inherit' }))
else {
  say(`Patchbay opens in a browser's app window, because Electron is not used: ${reason}.`)
  const commandLine = [join(root, 'out/cli/patchbay.cjs'), ...args]
  follow(spawn(process.execPath, commandLine, { cwd: root, env: { ...process.env, PATCHBAY_PARENT_IPC: '1' }, stdio: [0, 1, 2, 'ipc'] }))
}
