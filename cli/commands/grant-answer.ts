import type { Grant } from '#shared/contract/grants'
import { PatchbayError } from '#shared/errors'
import type { CommandContext } from '../command.ts'
import type { Terms } from './grant-flags.ts'

/** What is typed sooner after a question appeared is no answer to it: nobody can have read it. */
export const SEEN_MS = 800

const ATTEMPTS = 4
const AGAIN_MS = 300

/** Says yes to a request, once it may be answered. Resolves to the grant in force. */
export const allow = async ({ session }: CommandContext, { grantId }: Grant, terms: Partial<Terms>): Promise<unknown> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await session.call('grants.approve', { grantId, ...terms })
    } catch (error) {
      if (!(error instanceof PatchbayError) || error.code !== 'grant.too_early' || attempt === ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
