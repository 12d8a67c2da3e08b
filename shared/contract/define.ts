import type { z } from 'zod'

/** What a grant must contain before a method may be called; `open` methods may be called by an unproven caller. */
export type Access = 'open' | 'read' | 'request' | 'write' | 'secret' | 'admin'

/** The kinds of callers that a method may be visible to. */
export type CallerKind = 'ui' | 'cli' | 'automation'

/**
 * What a program's grants are asked about: `connection`, the one in `connectionId`; `listed`, the method shows only what is in reach;
 * `flow`, the connection of the flow in `flowId`; `connector`, the one to be connected; `none`, it tells of no connection.
 */
export type MethodReach = 'connection' | 'listed' | 'flow' | 'connector' | 'none'

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
  /** How the grants of a program bound the method; every method that programs may see has it. */
  readonly reach?: MethodReach
  /** It cannot be undone: a program waits for the person's yes, each time. */
  readonly isFinal?: boolean
  /** The `connectionId` may be that of a connection which is gone: the method tells of the past. */
  readonly tellsOfGone?: boolean
  /** A piece of a call that was let through and is written down for itself: only the connection that makes that call may make it. */
  readonly isPart?: boolean
  /** The call may run before the vault is open; such a method touches no database. */
  readonly worksWhileLocked?: boolean
}

/** Declares a method while keeping the exact types of its schemas. */
export const method = <P extends z.ZodType, R extends z.ZodType>(spec: Method<P, R>): Method<P, R> => spec

/** Everybody who may see an ordinary method. */
export const everyone = ['ui', 'cli', 'automation'] as const

/** The person's own hands: the window and the command line. */
export const person = ['ui', 'cli'] as const
