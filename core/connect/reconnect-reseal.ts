import { getConnection } from '../connections/connection-store.ts'
import type { WritableDb } from '../database/sql.ts'
import type { Journal } from '../events/journal.ts'
import type { Log } from '../log.ts'
import type { NangoClient } from '../nango/nango-client.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { isAwaitedLate, listCleanups } from './flow-store.ts'
import { FLOW_TAG } from './flow-watch.ts'
import { forgetBefore, readBefore, sealBefore } from './reconnect-before.ts'

/**
 * Reads anew what was set aside for sign-ins that have ended and whose page may still give the connection other credentials: the tokens
 * were renewed since, and a provider that rotates them takes the older ones no more. Where they were renewed for certain and cannot be
 * read, the older ones go: to put them back would end what works. Never throws for what Nango answers.
 */
export const resealLate = async (
  deps: {
    readonly db: WritableDb
    readonly journal: Journal
    readonly vault: SecretVault
    readonly log: Log
    readonly clientFor: (profileId: string) => Promise<NangoClient>
  },
  connectionId: string,
  isCertain: boolean,
): Promise<void> => {
  const { db, journal, vault, log } = deps
  const awaited = () => listCleanups(db, connectionId).filter((flow) => isAwaitedLate(flow) && flow.reconnect?.canPutBack === true)
  const row = getConnection(db, connectionId)
  if (row === undefined || row.nango_connection_id === null || awaited().length === 0) return
  const key = { connectionId: row.nango_connection_id, providerConfigKey: row.provider_config_key }
  const drop = (): void => {
    for (const { flowId } of awaited()) forgetBefore(vault, flowId)
  }
  try {
    const client = await deps.clientFor(row.profile_id)
    const { before } = await readBefore(client, key)
    if (before.credentials === null) {
      if (isCertain) drop()
      return
    }
    journal.commit(() => {
      for (const { flowId } of awaited())
        // Somebody has signed in on its page already: these are not the credentials of before.
        if (before.tags[FLOW_TAG] !== flowId) sealBefore(vault, flowId, client.host, key, before)
    })
    db.secureMark()
  } catch (error) {
    log.warn('connect.before_not_renewed', { connectionId, isCertain, error })
    if (isCertain) drop()
  }
}
