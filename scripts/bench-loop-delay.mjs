// Loaded into a host by --import, in the bench only: tells over the channel how long its event loop stood still.
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 1 })
process.on('message', (message) => {
  if (message === 'begin') {
    delay.reset()
    delay.enable()
  }
  if (message === 'end') {
    delay.disable()
    process.send?.({ longestMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 })
  }
})
process.channel?.unref()
