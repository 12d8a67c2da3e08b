import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import type { AgentHost } from './agent-host.ts'

/** What a tool is run with. */
export interface ToolContext {
  readonly host: AgentHost
  /** Ends when the agent cancels the call. */
  readonly signal: AbortSignal
}

/** One tool as an agent sees it. */
export interface AgentTool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: z.ZodObject
  readonly output: z.ZodObject
  readonly annotations: Required<Omit<ToolAnnotations, 'title'>>
  readonly run: (input: never, context: ToolContext) => Promise<CallToolResult>
}

/** Declares a tool; its input arrives parsed. */
export const agentTool = <I extends z.ZodObject>(
  tool: Omit<AgentTool, 'input' | 'run'> & {
    readonly input: I
    readonly run: (input: z.output<I>, context: ToolContext) => Promise<CallToolResult>
  },
): AgentTool => tool

/** Looks only at what Patchbay knows. */
export const LOOKS = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false } as const
