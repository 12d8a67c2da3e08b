import { createNodePlatform } from '#cli/serve/platform-node'
import { SocketServer } from '#core/automation/socket-server'
import { createCore } from '#core/create-core'
import { CATALOGUE_FILE } from './make-core.ts'

// A headless host for tests that move its clock and put it to sleep; PATCHBAY_TEST_TICK_MS is the pace of its watch on the clocks.
const node = createNodePlatform({ version: '0.0.0-test', isHeadless: true, environment: process.env })
const platform = { ...node, keySealers: [] }
const core = createCore(platform, { catalogueFile: CATALOGUE_FILE, clockTickMs: Number(process.env['PATCHBAY_TEST_TICK_MS'] ?? 5_000) })
await core.start()
const socket = new SocketServer({ core, platform, isTrusted: true })
await socket.start()
process.stdout.write(`${JSON.stringify({ event: 'ready', socket: platform.socketPath, pid: process.pid })}\n`)
process.once('SIGTERM', () => {
  void socket
    .stop()
    .then(() => core.stop())
    .then(() => process.exit(0))
})
