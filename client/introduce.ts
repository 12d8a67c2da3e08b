import type { AutomationApi } from './automation-api.ts'
import { PatchbayClientError } from './client-error.ts'
import type { ClientKey } from './client-key.ts'
import type { HostWire } from './host-wire.ts'

/** Who a program says it is, and the key that proves that it is the same as before. */
export interface Introduction {
  readonly name: string
  readonly version: string
  readonly key: ClientKey
  /** The socket that is spoken through: part of what is signed, so that no other host can pass the signature on. */
  readonly socketPath: string
}

/** What a program asks the person for. */
export type PairTerms = Omit<Parameters<AutomationApi['grants']['request']>[0], 'name' | 'waitSeconds'>

/** A grant as the program that holds it sees it. */
export type OwnGrant = Awaited<ReturnType<AutomationApi['grants']['request']>>

/** Says hello, without proving anything yet. Resolves to what is to be signed. */
export const greet = async (wire: HostWire, { name, version, key, socketPath }: Introduction, signal?: AbortSignal): Promise<string> => {
  const client = { name, version, publicKey: key.publicKey }
  const { nonce } = (await wire.call('system.hello', { client }, signal)) as { readonly nonce: string }
  return `patchbay-prove\n${nonce}\n${socketPath}`
}

/** Says hello and proves the key. Throws `automation.denied` when the host does not know it, `vault.locked`. */
export const proveKey = async (wire: HostWire, who: Introduction, signal?: AbortSignal): Promise<void> => {
  const text = await greet(wire, who, signal)
  await wire.call('system.prove', { signature: who.key.sign(text) }, signal)
}

/**
 * Asks the person for a grant over a connection that said hello, and waits for the answer, 60 seconds at most. Does not throw when
 * the answer is no: `state` tells.
 */
export const askForGrant = async (
  wire: HostWire,
  name: string,
  terms: PairTerms & { readonly waitSeconds?: number },
  signal?: AbortSignal,
): Promise<OwnGrant> => (await wire.call('grants.request', { ...terms, name }, signal)) as OwnGrant

/** The error for a request that was not allowed. */
export const refusalOf = (grant: OwnGrant): PatchbayClientError => {
  const isUnanswered = grant.state === 'waiting' || grant.endedBecause === 'unanswered'
  return new PatchbayClientError('automation.denied', {
    message: isUnanswered ? 'Nobody answered the request for access.' : 'The request for access was not allowed.',
    data: { grantId: grant.grantId, state: grant.state, endedBecause: grant.endedBecause },
    next: isUnanswered ? 'Ask again when somebody is at the computer.' : 'Ask the person who refused it.',
  })
}

/** Proves the key; where the host does not know it, or nothing that it was given is in force, asks for `terms` and proves it then. */
export const proveOrPair = async (wire: HostWire, who: Introduction, terms: PairTerms | undefined, signal?: AbortSignal): Promise<void> => {
  try {
    await proveKey(wire, who, signal)
    if (terms === undefined) return
    const { grants } = (await wire.call('grants.current', {}, signal)) as Awaited<ReturnType<AutomationApi['grants']['current']>>
    if (grants.some(({ state }) => state === 'active')) return
  } catch (error) {
    if (terms === undefined || !(error instanceof PatchbayClientError) || error.code !== 'automation.denied') throw error
    // A proof that failed used its greeting up.
    await greet(wire, who, signal)
  }
  const grant = await askForGrant(wire, who.name, terms, signal)
  if (grant.state !== 'active') throw refusalOf(grant)
  await proveKey(wire, who, signal)
}
