import type { ProgramFacts } from '#shared/contract/grants'

/** A program as the system tells it now. */
export interface ProgramLook {
  readonly facts: ProgramFacts
  /** Of its file: another after it was replaced; null where it cannot be read. */
  readonly hash: string | null
}

/** The program at the other end, as the system tells it. */
export interface CallerProgram {
  readonly pid: number
  /** The file that runs; of an interpreter the script, where that is known. */
  readonly path: string
  /** What a person is shown of it, and what its file holds. */
  readonly look: () => Promise<ProgramLook>
}

/** What a transport knows of a program that is connected. */
interface Connected {
  /** What it called itself when it connected: its own word. */
  readonly client?: string
  /** Null where the system does not tell; left out where nobody has asked it yet. */
  readonly program?: CallerProgram | null
  /** The connection that it came by, the same for all of its calls. */
  readonly connection?: object
  /** Calls back once it has hung up, at once if it has; returns the end of that. */
  readonly onGone?: (listener: () => void) => () => void
}

/** One part of what a program's grants let it reach: connections of one profile. */
export type ReachPart = { readonly profileId: string } & (
  | { readonly kind: 'some'; readonly connectionIds: readonly string[] }
  | { readonly kind: 'connectors'; readonly connectorIds: readonly string[] }
  | { readonly kind: 'tag'; readonly tag: string; readonly value?: string | undefined }
  | { readonly kind: 'all' }
)

/** Which connections a caller may see: any of the parts; no part is none. */
export type Reach = readonly ReachPart[]

/** A paired program. The dispatcher adds, for one call, what its grants let it reach. */
export type AutomationCaller = {
  readonly kind: 'automation'
  readonly clientId: string
  /** The socket it came by; over that for MCP nothing secret is handed out. */
  readonly via: 'socket' | 'mcp'
  readonly reach?: Reach
  /** Ends when the grant that allowed this call is taken back. */
  readonly signal?: AbortSignal
  /** Allows and counts a further call to the service that this one makes, such as its next page; throws what refuses it. */
  readonly admit?: (httpMethod: string, path: string) => void
  /** Told while what this call has opened is used, which may be long after its answer: its grant is not idle then. */
  readonly stillUsed?: () => void
} & Connected

/** Who asks. A transport makes it once it knows; nothing else may. */
export type Caller =
  | { readonly kind: 'ui' }
  /** `isTrusted`: a headless host started with the Nango key in its environment trusts its own command line. */
  | ({ readonly kind: 'cli'; readonly isTrusted: boolean; readonly terminal: string | null } & Connected)
  | AutomationCaller
  /** `publicKey`: what it named in `system.hello`; it has proved nothing. */
  | ({ readonly kind: 'unproven'; readonly publicKey?: string; readonly via?: 'socket' | 'mcp' } & Connected)
