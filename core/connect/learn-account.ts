import { isErrorCode, PatchbayError } from '#shared/errors'
import { getConnection } from '../connections/connection-store.ts'
import { hasProfile, readIdentity } from '../connections/read-identity.ts'
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

const codeOf = (error: unknown): string => (error instanceof PatchbayError && isErrorCode(error.code) ? error.code : 'internal')

const readAccount = async ({ db, ledger, log, clientFor, isStopped }: AccountDependencies, flow: StoredFlow): Promise<void> => {
  const isForm = flow.via === 'form'
  const row = isStopped() ? undefined : getConnection(db, flow.connectionId)
  if (row?.nango_connection_id == null) return
  const connectorId = row.connector_id
  // Of a form nothing is told but what was typed.
  if (isForm && !hasProfile(connectorId)) return
  const key = { connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }
  try {
    const client = await clientFor(flow.profileId)
    const detail = isForm ? null : await client.getConnection(key)
    const { rawIdentity: told = null, connectionConfig = {} } = detail ?? {}
    const found = await readIdentity(client, { connectorId, key, told, connectionConfig }).catch((error: unknown) => {
      if (isStopped()) throw error
      log.info('connect.profile_unread', { code: codeOf(error) })
      return told
    })
    if (detail !== null || found !== null) ledger.learnAccount(flow, { detail, found })
  } catch (error) {
    // The step stays open and is taken up at the next start.
    if (isStopped()) return
    log.info('connect.account_unread', { code: codeOf(error) })
    if (!isForm) ledger.learnAccount(flow, null)
  }
}

/**
 * Reads a new connection once: expiry, scopes and who the account is, as far as the token answer or its service tells. Never rejects; where nothing
 * can be written the flow stays as it is, and is taken up at the next start.
 */
export const learnAccount = (deps: AccountDependencies, flow: StoredFlow): Promise<void> =>
  inAttempt(flow.flowId, () => readAccount(deps, flow)).catch((error: unknown) => {
    if (!deps.isStopped()) deps.log.warn('connect.not_written', { error })
  })
