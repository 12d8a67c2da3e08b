import { type Command, valueOfFlag, wordsOf } from '../command.ts'
import { usageError } from '../usage-error.ts'

interface McpModule {
  readonly serveMcp: (options: {
    readonly version: string
    readonly name: string | null
    readonly environment: Readonly<Record<string, string | undefined>>
    readonly program: string | null
  }) => Promise<void>
}

/** The bundle of the server; it lies beside this one. */
const serverFile = (): string => new URL('mcp.mjs', import.meta.url).href

/** `patchbay mcp`: an MCP server for one agent; stdout is its protocol. */
export const mcpCommand: Command = {
  usage: 'mcp [--name NAME]',
  summary: 'Lets an AI agent use what you grant it: an MCP server on stdin and stdout.',
  values: ['name'],
  run: async ({ io, version, session }, args) => {
    wordsOf(args, mcpCommand.usage, 0)
    const name = valueOfFlag(args, 'name')?.trim() ?? null
    if (name !== null && (name === '' || name.length > 100)) throw usageError('--name wants 1 to 100 characters.')
    const { serveMcp } = (await import(serverFile())) as McpModule
    await serveMcp({ version, name, environment: io.environment, program: session.hostProgram })
  },
}
