import type { Core } from '#core/core'
import { fromRpc, type Reply } from '#shared/wire'
import { describeLimits, describeTransport, type RunningTransport, type TextClient } from './describe-transport.ts'
import { SocketPeer, startSocket } from './socket-peer.ts'

const start = async (core: Core): Promise<RunningTransport<TextClient>> => {
  const running = await startSocket(core, { isTrusted: true })
  return {
    connect: async () => {
      const peer = await SocketPeer.connectAsCli(running)
      return {
        call: async (method, params): Promise<Reply> => {
          const answer = fromRpc(await peer.call(method, params))
          if (answer === null) throw new Error('not an answer')
          return answer.reply
        },
        sendText: (text) => peer.write(`${text}\n`),
        ended: () => peer.ended(),
        close: () => peer.close(),
      }
    },
    stop: running.stop,
  }
}

describeTransport('socket', start)
describeLimits('socket', start)
