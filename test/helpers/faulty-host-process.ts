import { setTimeout as wait } from 'node:timers/promises'
import type { Core } from '#core/core'
import { createCore } from '#core/create-core'
import { SocketServer } from '#core/automation/socket-server'
import { createNodePlatform } from '#cli/serve/platform-node'
import { CATALOGUE_FILE } from './make-core.ts'

// A host with a planted fault, to prove that the harnesses can fail. `hasty` acknowledges a change before it is written;
// `leaky` keeps an API key in plain in a column of the encrypted database.
const fault = process.env['PATCHBAY_TEST_FAULT']
const platform = createNodePlatform({ version: '0.0.0-faulty', isHeadless: true, environment: process.env })
const core = createCore(platform, { catalogueFile: CATALOGUE_FILE })
await core.start()

const hasty: Core['dispatch'] = async (caller, method, params) => {
  if (method !== 'connections.update') return core.dispatch(caller, method, params)
  void wait(200).then(() => core.dispatch(caller, method, params))
  return core.dispatch(caller, 'connections.get', { connectionId: (params as { readonly connectionId: string }).connectionId })
}

const leaky: Core['dispatch'] = async (caller, method, params) => {
  const reply = await core.dispatch(caller, method, params)
  const apiKey = (params as { readonly credentials?: { readonly apiKey?: string } }).credentials?.apiKey
  if (method === 'connect.start' && reply.ok && apiKey !== undefined) {
    const { connectionId } = reply.value as { readonly connectionId: string }
    await core.dispatch(caller, 'connections.update', { connectionId, notes: `remember ${apiKey}` })
  }
  return reply
}

const socket = new SocketServer({ core: { ...core, dispatch: fault === 'leaky' ? leaky : hasty }, platform, isTrusted: true })
await socket.start()
process.stdout.write(`${JSON.stringify({ event: 'ready', socket: platform.socketPath, pid: process.pid })}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void socket
      .stop()
      .then(() => core.stop())
      .then(() => process.exit(0))
  })
}
