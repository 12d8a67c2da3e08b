import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { createServer } from 'vite'
import { root, runProgram, say } from './tool.ts'

/** The first line that `patchbay serve --json` prints. */
interface Ready {
  readonly event: 'ready'
  readonly url: string
  readonly port: number
}

const build = await runProgram(join(root, 'scripts/build.ts'), [])
if (build.code !== 0) throw new Error(build.output)

const host = spawn(process.execPath, [join(root, 'out/cli/patchbay.cjs'), 'serve', '--json'], {
  cwd: root,
  env: { ...process.env, PATCHBAY_PARENT_IPC: '1' },
  stdio: ['inherit', 'pipe', 'inherit', 'ipc'],
})
process.once('exit', () => host.kill('SIGTERM'))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(0))
process.once('disconnect', () => process.exit(0))
host.once('exit', (code) => process.exit(code ?? 1))

const { stdout } = host
if (stdout === null) throw new Error('The host has no output.')
const ready = await new Promise<Ready>((resolve) => {
  const lines = createInterface({ input: stdout })
  lines.on('line', (line) => {
    const message: unknown = JSON.parse(line)
    if (typeof message === 'object' && message !== null && 'event' in message && message.event === 'ready') resolve(message as Ready)
  })
})

// The host knows its page by a name of its own: what comes from the development server is sent on under that name.
const origin = new URL(ready.url).origin
const target = `http://127.0.0.1:${ready.port}`
const hostName = new URL(origin).host
const forward = {
  target,
  ws: true,
  changeOrigin: false,
  headers: { host: hostName, origin },
}
const server = await createServer({
  configFile: false,
  root: join(root, 'renderer'),
  publicDir: false,
  plugins: [react(), tailwindcss()],
  server: { host: '127.0.0.1', port: 0, proxy: { '/rpc': forward, '/open': forward, '/auth-window': forward } },
})
await server.listen()
const address = server.resolvedUrls?.local[0] ?? ''
const token = new URL(ready.url).search
say(`The page, rebuilt as you type: ${address}open${token}`)
say('That address opens once, within 60 seconds. After a change in core/ or cli/, start this again.')
