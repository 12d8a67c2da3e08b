import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { pairBenchProgram } from './bench-automation.ts'
import { CLI, openClient } from './bench-host.ts'
import { median, ms, quantile, report } from './bench-report.ts'

const CALLS = 200

/** The same request by a tool of the MCP server and by a program over the socket. */
export const benchMcp = async (folder: string): Promise<void> => {
  const person = await openClient(folder)
  const program = await pairBenchProgram(folder, person, ['read', 'request'], { kind: 'connectors', connectorIds: ['n8n'] })
  const { connections } = await program.call<{ connections: { connectionId: string }[] }>('connections.list', { limit: 1 })
  const connectionId = connections[0]?.connectionId ?? ''
  const home = mkdtempSync(join(tmpdir(), 'patchbay-bench-mcp-'))
  const agent = new Client({ name: 'bench', version: '1' })
  const begun = performance.now()
  await agent.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [CLI, 'mcp', '--name', 'bench'],
      env: { PATH: process.env['PATH'] ?? '', HOME: home, PATCHBAY_HOME: folder },
    }),
  )
  const readyMs = performance.now() - begun
  try {
    const asked = agent.callTool({
      name: 'request_access',
      arguments: { purpose: 'Measures.', verbs: ['read', 'request'], connectors: ['n8n'] },
    })
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const { grants } = await person.call<{ grants: { grantId: string }[] }>('grants.list', { state: 'waiting' })
      if (grants[0] === undefined) continue
      await new Promise((resolve) => setTimeout(resolve, 1000))
      await person.call('grants.approve', { grantId: grants[0].grantId })
      break
    }
    await asked
    const tool: number[] = []
    const socket: number[] = []
    for (let round = 0; round < CALLS; round += 1) {
      const one = performance.now()
      const answer = await agent.callTool({ name: 'make_request', arguments: { connectionId, path: '/workflows' } })
      if (answer.isError === true) throw new Error(JSON.stringify(answer.content).slice(0, 300))
      const two = performance.now()
      await program.call('connections.request', { connectionId, path: '/workflows' })
      const three = performance.now()
      if (round < CALLS / 4) continue
      tool.push(two - one)
      socket.push(three - two)
    }
    report(
      'mcp-tool-over-socket',
      median(tool) - median(socket),
      5,
      'ms',
      `median ${ms(median(tool))} against ${ms(median(socket))}; p95 ${ms(quantile(tool, 0.95))} and ${ms(quantile(socket, 0.95))}; ready after ${ms(readyMs)}`,
    )
  } finally {
    await agent.close()
    program.close()
    person.close()
    rmSync(home, { recursive: true, force: true })
  }
}
