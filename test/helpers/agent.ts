import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { type BundledProgram, bundleProgram } from './bundle-program.ts'

type Answer = Awaited<ReturnType<Client['callTool']>>

/** What a tool answered: its structure, or its error, and all of it as it came. */
export interface ToolReply {
  readonly isError: boolean
  readonly value: Record<string, unknown>
  readonly raw: string
}

/** An AI agent with `patchbay mcp` as its child: a real MCP client. */
export interface Agent {
  readonly client: Client
  readonly pid: number
  readonly call: (name: string, input?: Record<string, unknown>, signal?: AbortSignal) => Promise<ToolReply>
  /** Everything that went over stdout so far. */
  readonly frames: () => string
  readonly stop: () => Promise<void>
}

const replyOf = (answer: Answer): ToolReply => {
  const [first] = answer.content
  const text = first?.type === 'text' ? first.text : ''
  return { isError: answer.isError === true, value: JSON.parse(text) as Record<string, unknown>, raw: JSON.stringify(answer) }
}

/** Bundles the server once for all agents of a suite. */
export const bundleMcp = (): Promise<BundledProgram> => bundleProgram('mcp-program')

/** Starts the server as an agent does, for the host whose socket lies in `home`. */
export const startAgent = async (
  program: Pick<BundledProgram, 'file'>,
  home: string,
  { name = 'tester', args = [] as readonly string[] } = {},
): Promise<Agent> => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program.file, ...args],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, PATCHBAY_HOME: home, XDG_CONFIG_HOME: home },
    stderr: 'pipe',
  })
  const client = new Client({ name, version: '1' })
  await client.connect(transport)
  const frames: string[] = []
  const deliver = transport.onmessage
  transport.onmessage = (message) => {
    frames.push(JSON.stringify(message))
    deliver?.(message)
  }
  transport.stderr?.on('data', (text: Buffer) => frames.push(text.toString()))
  return {
    client,
    pid: transport.pid ?? 0,
    call: async (tool, input = {}, signal) =>
      replyOf(await client.callTool({ name: tool, arguments: input }, signal === undefined ? {} : { signal })),
    frames: () => frames.join('\n'),
    stop: () => client.close(),
  }
}
