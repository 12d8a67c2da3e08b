import type { Core } from '#core/core'
import {
  describeChanges,
  describeLimits,
  describeTransport,
  type ListeningClient,
  type RunningTransport,
  type TextClient,
} from './describe-transport.ts'
import { startWindow, windowClient } from './window-peer.ts'

const start = async (core: Core): Promise<RunningTransport<ListeningClient & TextClient>> => {
  const running = await startWindow(core)
  return { connect: async () => windowClient(await running.connect()), stop: running.stop }
}

describeTransport('WebSocket', start)
describeChanges('WebSocket', start)
describeLimits('WebSocket', start)
