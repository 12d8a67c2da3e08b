import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startAgent } from '#test/helpers/agent'
import { eventually } from '#test/helpers/make-core'
import { temporaryFolder } from '#test/transports/socket-peer'

// The built program as an agent starts it; `npm test` builds it first.
const PROGRAM = fileURLToPath(new URL('../../../out/cli/patchbay.cjs', import.meta.url))

test('patchbay mcp is there before a host is, and the first call starts one, which outlives it', async () => {
  const home = temporaryFolder()
  const pidFile = join(home.path, 'patchbay.pid')
  const agent = await startAgent({ file: PROGRAM }, home.path, { args: ['mcp', '--name', 'Claude Code'] })
  try {
    expect((await agent.client.listTools()).tools).toHaveLength(7)
    expect(existsSync(pidFile)).toBe(false)
    expect((await agent.call('find_connections')).value).toMatchObject({ error: { code: 'automation.denied' } })
    await agent.stop()
    process.kill(Number(readFileSync(pidFile, 'utf8')), 0)
    expect(existsSync(join(home.path, 'patchbay/clients/mcp-claude-code.key'))).toBe(true)
  } finally {
    await agent.stop()
    if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM')
    await eventually(() => !existsSync(pidFile))
    home.remove()
  }
})

test('patchbay mcp --no-autostart says how to start a host', async () => {
  const home = temporaryFolder()
  const agent = await startAgent({ file: PROGRAM }, home.path, { args: ['mcp', '--no-autostart'] })
  const { error } = (await agent.call('find_connections')).value
  expect(error).toMatchObject({ code: 'host.not_running', next: expect.stringContaining('patchbay serve') as string })
  await agent.stop()
  home.remove()
})
