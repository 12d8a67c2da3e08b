import { z } from 'zod'
import { everyone, method } from './define.ts'
import { Identifier, Instant } from './common.ts'

/** One integration of the profile's Nango environment. */
export const Integration = z.object({
  integrationId: z.string(),
  providerKey: z.string(),
  displayName: z.string(),
  createdAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
})
export type Integration = z.output<typeof Integration>

export const integrations = {
  list: method({
    summary: "The integrations of the profile's Nango environment.",
    access: 'read',
    callers: everyone,
    params: z.object({ profileId: Identifier.optional() }),
    result: z.object({ integrations: z.array(Integration) }),
  }),
  get: method({
    summary: 'One integration, by its key at Nango.',
    access: 'read',
    callers: everyone,
    params: z.object({ profileId: Identifier.optional(), integrationId: z.string().min(1).max(255) }),
    result: Integration,
  }),
}
