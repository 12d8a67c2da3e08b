import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Host, startHost } from '#cli/serve/host'

describe('the Node host', () => {
  let folder = ''
  let host: Host | null = null
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-host-'))
  })
  afterEach(async () => {
    await host?.stop()
    host = null
    rmSync(folder, { recursive: true, force: true })
  })

  const start = (port: number): Promise<Host> => startHost({ version: '0', environment: { PATCHBAY_HOME: folder }, isHeadless: true, port })

  const freePort = (): Promise<number> =>
    new Promise((resolve) => {
      const probe = createServer().listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as { readonly port: number }
        probe.close(() => resolve(port))
      })
    })

  test('listens on the port it is given, and on one that the system chooses without', async () => {
    const port = await freePort()
    host = await start(port)
    expect(host.port).toBe(port)
    const health = await fetch(`http://127.0.0.1:${port}/health`, { headers: { host: new URL(host.issueUrl()).host } })
    // fetch sets Host itself: a foreign one is refused before anything else is read.
    expect(health.status).toBe(421)
    await host.stop()
    host = await start(0)
    expect(host.port).toBeGreaterThan(0)
  })

  test('that finds its port taken says so and lets go of the data folder', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { readonly port: number }
    await expect(start(port)).rejects.toThrow()
    await new Promise((resolve) => taken.close(resolve))
    host = await start(0)
    expect(host.port).toBeGreaterThan(0)
  })
})
