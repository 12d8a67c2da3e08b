import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Caller } from '#core/caller'
import { createNodePlatform } from '#cli/serve/platform-node'
import { createCore } from '#core/create-core'
import { createApiClient } from '#shared/api-client'
import { CATALOGUE_FILE } from './make-core.ts'

// A host reduced to its core, told line by line over stdin which method to call: `["profiles.list", {}]`, and as whom where it is
// not the window. Answers in JSON, one line each.
// It runs where the disk can be filled or closed to writes: in a mount namespace of its own.
const platform = createNodePlatform({ version: '0.0.0-test', isHeadless: true, environment: process.env })
const core = createCore(platform, { catalogueFile: CATALOGUE_FILE, idleIntervalMs: 3_600_000 })
const say = (value: unknown): void => void writeSync(1, `${JSON.stringify(value)}\n`)
await core.start()
say({ ready: true })
const caller = { kind: 'ui' } as const
const status = createApiClient((method, params) => core.dispatch(caller, method, params)).system.status
const untilWritable = (): Promise<void> =>
  new Promise((resolve) => {
    const began = performance.now()
    const look = async (): Promise<void> => {
      if (!(await status({})).storage.isWritable) return
      stopListening()
      say(Math.round(performance.now() - began))
      resolve()
    }
    const stopListening = core.onChange((event) => event.type === 'storage.changed' && void look())
    void look()
  })
for await (const line of createInterface({ input: process.stdin })) {
  const [method, params, as = caller] = JSON.parse(line) as [string, unknown, Caller?]
  if (method === 'stop') break
  if (method === 'storage') say((await status({})).storage)
  else if (method === 'writable') await untilWritable()
  else say(await core.dispatch(as, method, params))
}
await core.stop()
say({ stopped: true })
