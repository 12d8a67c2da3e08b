import { z } from 'zod'
import { everyone, method, person } from './define.ts'
import { Identifier, Instant } from './common.ts'

export const SyncStatus = z.object({
  profileId: z.string(),
  /** `waiting`: Nango asked for a pause or its budget is low; `offline`: it cannot be reached. */
  state: z.enum(['idle', 'running', 'waiting', 'offline', 'refused']),
  lastCompletedAt: Instant.nullable(),
  /** When the profile became unreachable, null while it is reached. */
  offlineSince: Instant.nullable(),
  nextAt: Instant.nullable(),
  lastError: z.object({ code: z.string(), message: z.string(), at: Instant }).nullable(),
  rateLimit: z.object({ limit: z.number().int(), remaining: z.number().int(), resetsAt: Instant }).nullable(),
  /** How far this computer's clock is ahead of Nango's, by the Date of several replies; null until they agree. */
  clockSkewSeconds: z.number().int().nullable(),
})
export type SyncStatus = z.output<typeof SyncStatus>

export const sync = {
  status: method({
    summary: "How old what is shown is, and when Nango's list is read again.",
    access: 'read',
    callers: everyone,
    reach: 'none',
    params: z.object({ profileId: Identifier.optional() }),
    result: SyncStatus,
  }),
  run: method({
    summary: "Compares with Nango's list now.",
    access: 'write',
    callers: person,
    params: z.object({ profileId: Identifier.optional() }),
    result: z.object({
      profileId: z.string(),
      seen: z.number().int(),
      added: z.number().int(),
      updated: z.number().int(),
      removed: z.number().int(),
      /** Gone from the list once; removed if a second look agrees. */
      missing: z.number().int(),
      pages: z.number().int(),
      durationMs: z.number(),
    }),
  }),
}

export const syncEvents = { 'sync.changed': z.object({ profileId: z.string() }) }
