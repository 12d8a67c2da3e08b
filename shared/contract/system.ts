import { z } from 'zod'
import { StorageStatus } from './backup.ts'
import { everyone, method, person } from './define.ts'
import { Instant } from './common.ts'
import { ConnectionCounts } from './connections.ts'
import { Profile } from './profiles.ts'
import { SyncStatus } from './sync.ts'
import { trouble } from './trouble.ts'
import { VaultStatus } from './vault.ts'

const Status = z.object({
  version: z.string(),
  contractVersion: z.string(),
  host: z.enum(['node', 'electron']),
  pid: z.number().int(),
  startedAt: Instant,
  dataFolder: z.string(),
  socketPath: z.string(),
  vault: VaultStatus,
  storage: StorageStatus,
  profile: Profile.nullable(),
  counts: ConnectionCounts.nullable(),
  sync: SyncStatus.nullable(),
  health: z.enum(['ok', 'warn', 'fail']),
})
export type SystemStatus = z.output<typeof Status>

const Signature = z.string().max(512)

export const system = {
  hello: method({
    summary: 'Introduces a client and answers the contract version and a nonce to sign.',
    access: 'open',
    callers: everyone,
    reach: 'none',
    worksWhileLocked: true,
    params: z.object({
      client: z.object({
        name: z.string().min(1).max(100),
        version: z.string().max(100),
        publicKey: z.string().max(512).optional(),
        /** The terminal a person sits at; approvals are remembered for it. */
        terminal: z.string().max(200).optional(),
      }),
    }),
    result: z.object({ contractVersion: z.string(), nonce: z.string() }),
  }),
  prove: method({
    summary: 'Proves who calls: an Ed25519 signature over the nonce and the channel, or the single-use pass left for the command line.',
    access: 'open',
    callers: everyone,
    reach: 'none',
    worksWhileLocked: true,
    params: z.object({
      signature: Signature.optional(),
      /** From `cli.pass` in the data folder; each works once. */
      pass: z.string().max(200).optional(),
    }),
    result: z.object({ caller: z.enum(['cli', 'automation']) }),
  }),
  cancel: method({
    summary:
      'Ends one of the calls of this connection that waits for its answer, which is `request.cancelled` then; sent as a notification.',
    access: 'open',
    callers: ['cli', 'automation'],
    reach: 'none',
    worksWhileLocked: true,
    params: z.object({ id: z.union([z.number(), z.string().max(200)]) }),
    result: z.object({}),
  }),
  approveTerminal: method({
    summary: "Records the person's yes, given at this terminal, to administrative commands: 10 minutes idle, 12 hours at most.",
    access: 'write',
    callers: ['cli'],
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ expiresAt: Instant }),
  }),
  status: method({
    summary: 'Whether the host is well: its version, the profile in use, counts by status, the vault and the last reconciliation.',
    access: 'read',
    callers: everyone,
    reach: 'none',
    worksWhileLocked: true,
    params: z.object({}),
    result: Status,
  }),
  ...trouble,
  acknowledgeStorage: method({
    summary: 'Clears the notice about the stored data once you have read it.',
    access: 'admin',
    callers: person,
    params: z.object({}),
    result: StorageStatus,
  }),
  shutdown: method({
    summary: 'Stops the host after the work in hand is finished.',
    access: 'admin',
    callers: person,
    worksWhileLocked: true,
    params: z.object({}),
    result: z.object({ stopping: z.literal(true) }),
  }),
}
