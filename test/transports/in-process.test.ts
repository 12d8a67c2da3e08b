import type { Core } from '#core/core'
import { describeChanges, describeTransport, type ListeningClient, type RunningTransport } from './describe-transport.ts'

const start = async (core: Core): Promise<RunningTransport<ListeningClient>> => ({
  connect: async () => ({
    call: (method, params) => core.dispatch({ kind: 'ui' }, method, params),
    onChange: (listener) => core.onChange(listener),
    close: () => {},
  }),
  stop: async () => {},
})

describeTransport('in-process', start)
describeChanges('in-process', start)
