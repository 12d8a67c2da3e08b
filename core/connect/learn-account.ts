import { isErrorCode, PatchbayError } from '#shared/errors'
import { getConnection } from '../connections/connection-store.ts'
import type { ReadableDb } from '../database/sql.ts'
import { inAttempt, type Log } from '../log.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { FlowLedger } from './flow-ledger.ts'
import type { StoredFlow } from './flow-store.ts'

export interface AccountDependencies {
  readonly db: ReadableDb
  readonly ledger: FlowLedger
  readonly log: Log
  readonly clientFor: (profileId: string) => Promise<NangoClient>
  /** Whether the host has ended: what is on its way then waits for the next start. */
  readonly isStopped: () => boolean
}

const readAccount = async ({ db, ledger, log, clientFor, isStopped }: AccountDependencies, flow: StoredFlow): Promise<void> => {
  if (flow.via === 'form' || isStopped()) return
  const row = getConnection(db, flow.connectionId)
  if (row?.nango_connection_id == null) return
  try {
    const client = await clientFor(flow.profileId)
    ledger.learnAccount(
      flow,
      await client.getConnection({ connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }),
    )
  } catch (error) {
    // The step stays open and is taken up at the next start.
    if (isStopped()) return
    log.info('connect.account_unread', { code: error instanceof PatchbayError && isErrorCode(error.code) ? error.code : 'internal' })
    ledger.learnAccount(flow, null)
  }
}

/**
 * Reads a new connection once: expiry, scopes and who the account is, as far as the token answer tells. Never rejects; where nothing
 * can be written the flow stays as it is, and is taken up at the next start.
 */
export const learnAccount = (deps: AccountDependencies, flow: StoredFlow): Promise<void> =>
  inAttempt(flow.flowId, () => readAccount(deps, flow)).catch((error: unknown) => {
    if (!deps.isStopped()) deps.log.warn('connect.not_written', { error })
  })
