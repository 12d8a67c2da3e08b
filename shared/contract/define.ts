import type { z } from 'zod'

/** What a grant must contain before a method may be called; `open` methods may be called by an unproven caller. */
export type Access = 'open' | 'read' | 'request' | 'write' | 'secret' | 'admin'

/** The kinds of callers that a method may be visible to. */
export type CallerKind = 'ui' | 'cli' | 'automation'

/** One method of the contract: everything a transport, a client or a document needs to know about it. */
export interface Method<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  /** One sentence: CLI help, MCP tool text, docs. */
  readonly summary: string
  readonly access: Access
  /** Who may see the method at all. */
  readonly callers: readonly CallerKind[]
  readonly params: P
  /** Also the leak guard: the dispatcher drops every key this schema does not name. */
  readonly result: R
  /** The call may run before the vault is open; such a method touches no database. */
  readonly worksWhileLocked?: boolean
}

/** Declares a method while keeping the exact types of its schemas. */
export const method = <P extends z.ZodType, R extends z.ZodType>(spec: Method<P, R>): Method<P, R> => spec

/** Everybody who may see an ordinary method. */
export const everyone = ['ui', 'cli', 'automation'] as const

/** The person's own hands: the window and the command line. */
export const person = ['ui', 'cli'] as const
