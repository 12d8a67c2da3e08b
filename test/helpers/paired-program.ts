import { generateKeyPairSync } from 'node:crypto'
import type { AutomationCaller } from '#core/caller'
import type { Api } from '#shared/contract/contract'
import type { Grant } from '#shared/contract/grants'
import type { TestCore } from './make-core.ts'

/** What a program asks for: `read` of everything, once for the whole test, where nothing else is said. */
export type Wish = Partial<Parameters<Api['grants']['request']>[0]>

/** A program's public key as it travels: raw SPKI in base64. */
export const newPublicKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

/** The request that waits for the person. */
export const waitingGrant = async ({ ui }: Pick<TestCore, 'ui'>): Promise<Grant> => {
  for (;;) {
    const { grants } = await ui.grants.list({ state: 'waiting' })
    const [grant] = grants
    if (grant !== undefined) return grant
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Pairs a program within this process: it asks, and the person says yes to all of it. */
export const pairProgram = async (
  world: Pick<TestCore, 'ui' | 'as' | 'platform' | 'core'>,
  wish: Wish = {},
  answer: Omit<Parameters<Api['grants']['approve']>[0], 'grantId'> = {},
): Promise<{ readonly caller: AutomationCaller; readonly api: Api; readonly grantId: string; readonly publicKey: string }> => {
  const publicKey = newPublicKey()
  const asked = world
    .as({ kind: 'unproven', publicKey, via: 'socket' })
    .grants.request({ name: 'a-script', purpose: 'A test.', verbs: ['read'], connections: { kind: 'all' }, term: 'twelve_hours', ...wish })
  asked.catch(() => undefined)
  const { grantId } = await Promise.race([waitingGrant(world), asked])
  world.platform.advance(1000)
  await world.ui.grants.approve({ grantId, ...answer })
  const { clientId } = await asked
  const caller: AutomationCaller = { kind: 'automation', clientId, via: 'socket' }
  return { caller, api: world.as(caller), grantId, publicKey }
}
