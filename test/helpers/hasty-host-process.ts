import { setTimeout as wait } from 'node:timers/promises'
import type { Core } from '#core/core'
import { createCore } from '#core/create-core'
import { SocketServer } from '#core/automation/socket-server'
import { createNodePlatform } from '#cli/serve/platform-node'
import { CATALOGUE_FILE } from './make-core.ts'

// A host with a planted fault: it acknowledges a change before it is written. The kill harness must catch it.
const platform = createNodePlatform({ version: '0.0.0-hasty', isHeadless: true, environment: process.env })
const core = createCore(platform, { catalogueFile: CATALOGUE_FILE })
await core.start()
const dispatch: Core['dispatch'] = async (caller, method, params) => {
  if (method !== 'connections.update') return core.dispatch(caller, method, params)
  void wait(40).then(() => core.dispatch(caller, method, params))
  return core.dispatch(caller, 'connections.get', { connectionId: (params as { readonly connectionId: string }).connectionId })
}
const socket = new SocketServer({ core: { ...core, dispatch }, platform, isTrusted: true })
await socket.start()
process.stdout.write(`${JSON.stringify({ event: 'ready', socket: platform.socketPath, pid: process.pid })}\n`)
