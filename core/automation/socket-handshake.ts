import { randomBytes } from 'node:crypto'
import { CONTRACT_VERSION } from '#shared/contract/contract'
import { system } from '#shared/contract/system'
import { toWire } from '#shared/errors'
import type { Reply } from '#shared/wire'
import type { Caller, CallerProgram } from '#core/caller'
import type { Core } from '#core/core'
import { type CliKey, isProofOf } from './cli-key.ts'
import type { SocketLimits } from './socket-limits.ts'
import { deniedReply, invalidReply } from './socket-refusals.ts'

/** What telling callers apart needs of the server. */
export interface HandshakeServer {
  readonly core: Pick<Core, 'proveClient'>
  /** The one for MCP lets the command line's key prove nothing, and hands out nothing secret. */
  readonly via: 'socket' | 'mcp'
  /** The program at the other end, asked once it says whose key it has; null where the system does not tell. */
  readonly programOf: () => CallerProgram | null
  readonly cliKey: CliKey
  /** The path the host listens on; part of what is signed. */
  readonly channel: string
  readonly isTrusted: boolean
  readonly limits: Pick<SocketLimits, 'failedProofs'>
}

/** What it needs of its connection. */
export interface HandshakeConnection {
  /** The connection itself, as grants tell connections apart. */
  readonly connection: object
  readonly onGone: (listener: () => void) => () => void
  readonly onProved: () => void
  /** It has failed too often to be heard on. */
  readonly onFailed: () => void
}

interface Greeting {
  readonly nonce: string
  readonly name: string
  readonly publicKey: string | undefined
  readonly terminal: string | null
}

/** Who is at the other end of a connection: hello, then a proof (surface.md, section 4). */
export class SocketHandshake {
  readonly #server: HandshakeServer
  readonly #connection: HandshakeConnection
  #caller: Caller = { kind: 'unproven' }
  /** Asked for once: what runs there can become another program while it is connected, not another process. */
  #program: CallerProgram | null | undefined
  #greeting: Greeting | null = null
  #failedProofs = 0

  constructor(server: HandshakeServer, connection: HandshakeConnection) {
    this.#server = server
    this.#connection = connection
  }

  /** Who it proved to be. */
  get caller(): Caller {
    return this.#caller
  }

  /** Answers `system.hello` with what is to be signed. */
  hello(params: unknown): Reply {
    const parsed = system.hello.params.safeParse(params)
    if (!parsed.success) return invalidReply('client', 'name and version are needed')
    const { name, publicKey, terminal } = parsed.data.client
    // A program that says hello once more stays who it was until it proves to be another.
    if (this.#caller.kind !== 'automation') this.#caller = this.#unproven(name, publicKey)
    this.#greeting = { nonce: randomBytes(32).toString('base64url'), name, publicKey, terminal: terminal ?? null }
    return { ok: true, value: { contractVersion: CONTRACT_VERSION, nonce: this.#greeting.nonce } }
  }

  /** Answers `system.prove`. */
  prove(params: unknown): Reply | Promise<Reply> {
    const parsed = system.prove.params.safeParse(params)
    if (!parsed.success) return invalidReply('signature', 'a signature or a pass is needed')
    const greeting = this.#greeting
    if (greeting === null) return deniedReply('automation.unproven')
    // One nonce, one try.
    this.#greeting = null
    const { cliKey, channel, isTrusted, via } = this.#server
    const { signature, pass } = parsed.data
    const { publicKey, nonce } = greeting
    if (publicKey !== undefined && publicKey !== cliKey.publicKey)
      return isProofOf(publicKey, nonce, channel, signature) ? this.#proveClient(publicKey) : this.#fail()
    const isSigned = signature !== undefined && publicKey !== undefined && cliKey.isProof(nonce, channel, signature)
    if (via === 'mcp' || (!isSigned && !(pass !== undefined && cliKey.takePass(pass)))) return this.#fail()
    const { connection, onGone, onProved } = this.#connection
    onProved()
    this.#caller = { kind: 'cli', isTrusted, terminal: greeting.terminal, client: greeting.name, connection, onGone }
    return { ok: true, value: { caller: 'cli' } }
  }

  #unproven(client: string, publicKey: string | undefined): Caller {
    const { via, cliKey } = this.#server
    const { onGone } = this.#connection
    if (publicKey === undefined || publicKey === cliKey.publicKey) return { kind: 'unproven', via, client, onGone }
    return { kind: 'unproven', via, client, onGone, publicKey, program: this.#programFacts() }
  }

  #programFacts(): CallerProgram | null {
    this.#program ??= this.#server.programOf()
    return this.#program
  }

  #fail(): Reply {
    this.#failedProofs += 1
    if (this.#failedProofs >= this.#server.limits.failedProofs) this.#connection.onFailed()
    return deniedReply('automation.denied')
  }

  /** The key is proved; whether it is one that was paired is for the core to say. */
  async #proveClient(publicKey: string): Promise<Reply> {
    const { core, via } = this.#server
    const program = this.#programFacts()
    try {
      const client = await core.proveClient(publicKey, program)
      // Not counted as a failed proof: a program that is not paired yet asks for a grant next.
      if (client === null) return deniedReply('automation.denied')
      const { connection, onGone, onProved } = this.#connection
      onProved()
      this.#caller = { kind: 'automation', clientId: client.clientId, via, client: client.name, program, connection, onGone }
      return { ok: true, value: { caller: 'automation' } }
    } catch (error) {
      return { ok: false, error: toWire(error) }
    }
  }
}
