import { setTimeout as wait } from 'node:timers/promises'
import type { Implements } from '#shared/contract/contract'
import { type SandboxFaults, SandboxFaults as FaultsSchema, type SandboxStatus } from '#shared/contract/sandbox'
import type { Profile } from '#shared/contract/profiles'
import { PatchbayError } from '#shared/errors'
import type { Caller } from '../caller.ts'
import type { ConnectionName } from './misbehaviour.ts'
import type { NangoStandIn } from './nango-stand-in.ts'
import type { SandboxRunner } from './sandbox-runner.ts'
import { isLoopbackAddress } from './webhook-signature.ts'

/** A connection of ours and what Nango calls it. */
export interface NamedConnection extends ConnectionName {
  readonly profileId: string
  readonly handle: string
}

export interface SandboxApiDependencies {
  readonly runner: SandboxRunner
  /** The profile of that id, the one in use when there is none. Throws `profile.*`. */
  readonly profileOf: (profileId: string | undefined) => Profile
  /** Throws `connection.not_found`, `connection.pending`. */
  readonly connectionOf: (connectionId: string) => NamedConnection
  /** Our connection behind Nango's name of it, or null. */
  readonly ourConnection: (profileId: string, name: ConnectionName) => { readonly connectionId: string; readonly handle: string } | null
  /** Reads the sandbox's list now; what keeps that from working is shown by the profile's state. */
  readonly lookNow: (profileId: string) => Promise<unknown>
  readonly now: () => number
}

/** How long an answer waits for the list that shows its effect; a sandbox told to be slow takes longer, and is followed by itself. */
const LOOK_MS = 3_000

const FAULT_NAMES = Object.keys(FaultsSchema.shape) as (keyof SandboxFaults)[]

/** The domain `sandbox`. Every method but for sandboxes throws `sandbox.required`. */
export const createSandboxApi = (deps: SandboxApiDependencies): Implements<'sandbox', Caller> => {
  const sandboxOf = async (profileId: string | undefined): Promise<{ readonly profileId: string; readonly standIn: NangoStandIn }> => {
    const profile = deps.profileOf(profileId)
    if (profile.kind !== 'sandbox') throw new PatchbayError('sandbox.required', { data: { profileId: profile.profileId } })
    return { profileId: profile.profileId, standIn: await deps.runner.standInOf(profile.profileId) }
  }

  const connectionAt = async (connectionId: string) => {
    const connection = deps.connectionOf(connectionId)
    const { standIn } = await sandboxOf(connection.profileId)
    const stored = standIn.find({ integrationKey: connection.integrationKey, connectionId: connection.connectionId })
    if (stored === undefined) throw new PatchbayError('nango.not_found', { data: { connectionId } })
    return { connection, standIn, stored }
  }

  const statusOf = (profileId: string, standIn: NangoStandIn): SandboxStatus => ({
    profileId,
    address: standIn.url,
    faults: standIn.misbehaviour.faults,
    failing: standIn.misbehaviour.failing.flatMap((name) => {
      const ours = deps.ourConnection(profileId, name)
      return ours === null ? [] : [ours]
    }),
    faultsOn: standIn.misbehaviour.count,
    webhookUrl: standIn.webhooks.url,
  })

  const look = async (profileId: string): Promise<void> => {
    const done = deps.lookNow(profileId).catch(() => {})
    await Promise.race([done, wait(LOOK_MS, undefined, { ref: false })])
  }

  return {
    status: async (params) => {
      const { profileId, standIn } = await sandboxOf(params.profileId)
      return statusOf(profileId, standIn)
    },
    update: async (params) => {
      const { profileId, standIn } = await sandboxOf(params.profileId)
      const { webhookUrl } = params
      if (typeof webhookUrl === 'string' && !isLoopbackAddress(webhookUrl)) throw new PatchbayError('sandbox.invalid_address')
      const change: Partial<SandboxFaults> = Object.fromEntries(
        FAULT_NAMES.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
      )
      const before = standIn.misbehaviour.faults
      if (Object.keys(change).length > 0) standIn.changeFaults(change)
      if (webhookUrl !== undefined) standIn.setWebhookUrl(webhookUrl)
      if (change.refreshFailure === 'all' && before.refreshFailure === 'off') await standIn.checkRenewals()
      await look(profileId)
      return statusOf(profileId, standIn)
    },
    calm: async (params) => {
      const { profileId, standIn } = await sandboxOf(params.profileId)
      standIn.calm()
      await look(profileId)
      return statusOf(profileId, standIn)
    },
    failRefresh: async ({ connectionId, isFailing }) => {
      const { connection, standIn, stored } = await connectionAt(connectionId)
      if (isFailing && stored.credentials.type !== 'OAUTH2')
        throw new PatchbayError('sandbox.no_token', { data: { connectionId, handle: connection.handle } })
      standIn.setFailing(stored, isFailing)
      if (isFailing) await standIn.checkRenewals(stored)
      await look(connection.profileId)
      return statusOf(connection.profileId, standIn)
    },
    expire: async ({ connectionId }) => {
      const { connection, standIn, stored } = await connectionAt(connectionId)
      const { handle, profileId } = connection
      if (!standIn.expireToken(stored)) throw new PatchbayError('sandbox.no_token', { data: { connectionId, handle } })
      await look(profileId)
      return { connectionId, handle, expiredAt: new Date(deps.now()).toISOString() }
    },
    reset: async (params) => {
      const { profileId, standIn } = await sandboxOf(params.profileId)
      const removed = standIn.reset()
      await look(profileId)
      return { ...statusOf(profileId, standIn), removed }
    },
    sendWebhook: async ({ connectionId, event, signature }) => {
      const { standIn, stored } = await connectionAt(connectionId)
      const delivery = await standIn.webhooks.auth.tell(stored, event, signature)
      if (delivery === null) throw new PatchbayError('sandbox.no_receiver')
      return delivery
    },
    deliveries: async (params) => {
      const { standIn } = await sandboxOf(params.profileId)
      return { deliveries: standIn.webhooks.sender.deliveries.slice(0, params.limit) }
    },
    signingKey: async (params) => {
      const { profileId, standIn } = await sandboxOf(params.profileId)
      return { profileId, signingKey: standIn.webhooks.signingKey }
    },
  }
}
