import { PatchbayError } from '#shared/errors'
import type { NangoClient } from '../nango/nango-client.ts'
import { isPutOff } from '../nango/nango-errors.ts'
import { Secret } from '../vault/secret.ts'
import type { SecretVault } from '../vault/secret-vault.ts'
import { adoptAtNango, refusalOf } from './adopt-connections.ts'
import { type BringInDependencies, type BroughtIn, findAtNango, OWNER_TAG, type Stop, stopOf, takeOver } from './bring-in.ts'
import { getConnection } from './connection-store.ts'
import { type Mapping, mapColumns, mayHoldSecret } from './import-columns.ts'
import { draftOf } from './import-draft.ts'
import { type IntegrationLookup, planRow, RefusedRow, type RowPlan } from './import-plan.ts'
import {
  deleteImportedRow,
  deleteImportedRowsBefore,
  fingerprintKey,
  fingerprintOf,
  getImportedRow,
  putImportedRow,
} from './import-store.ts'
import { connectionNamed } from './nango-name.ts'

export interface ImportDependencies extends BringInDependencies {
  readonly vault: SecretVault
  /** What is known of the profile's integrations; with `isFresh`, as Nango says now where it answers. */
  readonly integrationsOf: (profileId: string, isFresh: boolean) => Promise<IntegrationLookup>
}

export interface ImportInput {
  readonly profileId: string
  readonly rows: readonly { readonly line: number; readonly values: Readonly<Record<string, unknown>> }[]
  readonly mapping: Readonly<Record<string, string | null>>
  readonly preview: boolean
  readonly existing: 'refuse' | 'replace'
}

export interface RowResult extends BroughtIn {
  readonly line: number
  readonly connectorId: string | null
  readonly integrationId: string | null
  readonly nangoConnectionId: string | null
}

export interface ImportResult {
  readonly mapping: readonly { readonly column: string; readonly field: string | null; readonly isSecret: boolean }[]
  readonly results: readonly RowResult[]
  readonly stopped: Stop | null
}

/** How long it is remembered that a row was imported. */
const REMEMBERED_MS = 90 * 86_400_000

/** A row that is wanted, with the name that its connection has or gets at Nango. */
interface Prepared {
  readonly plan: RowPlan
  readonly nangoConnectionId: string
  readonly fingerprint: string
  /** Named by what is in the row: whoever sends the row again means the same connection. */
  readonly isNamedHere: boolean
}

const prepare = (plan: RowPlan, key: Secret): Prepared => {
  const fingerprint = fingerprintOf(key, plan)
  const { integrationId, credentials, connectionConfig, label, endUser } = plan
  const made = `imported-${fingerprintOf(key, { integrationId, credentials, connectionConfig, label, endUser })}`
  return { plan, fingerprint, nangoConnectionId: plan.nangoConnectionId ?? made, isNamedHere: plan.nangoConnectionId === null }
}

/** Nango took nothing: whatever is of that id later is not what this row began. After another failure the row may have arrived. */
const isNotTaken = (error: unknown): boolean => isPutOff(error) || (error instanceof PatchbayError && NOT_TAKEN.has(error.code))

const NOT_TAKEN: ReadonlySet<string> = new Set([
  'connect.test_failed',
  'connection.not_importable',
  'nango.not_found',
  'nango.rejected',
  'nango.key_refused',
  'nango.public_key',
  'nango.scope_missing',
])

const EXISTS = 'A connection of this id is there already. Replacing it takes its tags, metadata and configuration away.'

/** One run over a slice of rows: each is done for itself, in order, until something stops them all. */
export const importConnections = async (deps: ImportDependencies, input: ImportInput): Promise<ImportResult> => {
  const { db, journal } = deps
  const { profileId } = input
  const at = (): string => new Date(deps.now()).toISOString()
  const columns = [...new Set(input.rows.flatMap(({ values }) => Object.keys(values)))]
  const mapping: Mapping = mapColumns(columns, input.mapping)
  const key = fingerprintKey(db, deps.vault)
  const seen = new Set<string>()
  const results: RowResult[] = []
  let lookup = await deps.integrationsOf(profileId, false)
  let isFresh = false

  const planned = async (values: Readonly<Record<string, unknown>>): Promise<RowPlan> => {
    const draft = draftOf(values, mapping)
    try {
      return planRow(draft, lookup)
    } catch (error) {
      // An integration may have been made a moment ago; that is asked once for all rows.
      if (isFresh || !(error instanceof RefusedRow) || error.refusal.code !== 'unknown_integration') throw error
      isFresh = true
      lookup = await deps.integrationsOf(profileId, true)
      return planRow(draft, lookup)
    }
  }

  const listed = ({ plan, nangoConnectionId }: Prepared): { readonly connectionId: string } | null =>
    connectionNamed(db, profileId, { integrationKey: plan.integrationId, connectionId: nangoConnectionId })

  const isOurs = (connectionId: string): boolean => getConnection(db, connectionId)?.is_foreign === 0

  const put = async (client: NangoClient, prepared: Prepared): Promise<string> => {
    const { plan, nangoConnectionId, fingerprint } = prepared
    const known = { providerConfigKey: plan.integrationId, nangoConnectionId }
    // Known before it is sent: after a kill the same row may be sent again without another yes. One that is named here needs none.
    const before = getImportedRow(db, profileId, fingerprint)
    if (!prepared.isNamedHere) journal.commit(() => putImportedRow(db, profileId, fingerprint, { ...known, state: 'begun' }, at()))
    const made = await client
      .importConnection(
        {
          providerConfigKey: plan.integrationId,
          connectionId: nangoConnectionId,
          credentials: new Secret(JSON.stringify(plan.credentials)),
          tags: { ...plan.tags, [OWNER_TAG]: deps.installationId },
          metadata: plan.metadata,
          connectionConfig: plan.connectionConfig,
          endUser: plan.endUser,
        },
        { priority: 'bulk' },
      )
      .catch((error: unknown) => {
        // One that was begun before may be there all the same.
        if (isNotTaken(error) && !prepared.isNamedHere)
          journal.commit(() =>
            before === undefined ? deleteImportedRow(db, profileId, fingerprint) : putImportedRow(db, profileId, fingerprint, before, at()),
          )
        throw error
      })
    return journal.commit((note) => {
      putImportedRow(db, profileId, fingerprint, { ...known, state: 'done' }, at())
      const { label, notes } = plan
      const kept = { label, notes, expiresAt: made.expiresAt, scopesGranted: made.grantedScopes }
      return takeOver(deps, note, profileId, made, kept, true)
    })
  }

  const adopt = async (client: NangoClient, { plan, nangoConnectionId }: Prepared): Promise<{ connectionId: string; isNew: boolean }> => {
    const { label, notes } = plan
    const { integrationId: providerConfigKey, tags } = plan
    return adoptAtNango(deps, client, { profileId, providerConfigKey, nangoConnectionId, tags, kept: { label, notes }, takesOver: false })
  }

  /** What happens to a row. Throws `RefusedRow`, or what Nango throws. */
  const act = async (prepared: Prepared): Promise<Pick<BroughtIn, 'outcome' | 'connectionId'>> => {
    const { plan, nangoConnectionId, fingerprint, isNamedHere } = prepared
    const name = `${plan.integrationId}\u0000${nangoConnectionId}`
    if (seen.has(name)) throw new RefusedRow('duplicate', 'An earlier row is about the same connection.', ['connection_id'])
    seen.add(name)
    const here = listed(prepared)
    const connectionId = here?.connectionId ?? null
    if (plan.kind === 'reference') {
      if (input.preview) return { outcome: connectionId !== null && isOurs(connectionId) ? 'done_before' : 'adopt', connectionId }
      const adopted = await adopt(await deps.clientFor(profileId), prepared)
      return { outcome: adopted.isNew ? 'adopt' : 'done_before', connectionId: adopted.connectionId }
    }
    const before = getImportedRow(db, profileId, fingerprint)
    if (here !== null && (isNamedHere || before?.state === 'done')) return { outcome: 'done_before', connectionId }
    // What this very row has begun may go on; what it is about is not somebody else's.
    const mayReplace = input.existing === 'replace' || before?.state === 'begun' || isNamedHere
    if (here !== null && !mayReplace) throw new RefusedRow('exists', EXISTS, ['connection_id'])
    if (input.preview) return { outcome: here === null ? 'create' : 'update', connectionId }
    const client = await deps.clientFor(profileId)
    // Not listed here does not mean that it is not there: only Nango knows.
    const isThere =
      here !== null ||
      (!isNamedHere && (await findAtNango(client, { connectionId: nangoConnectionId, providerConfigKey: plan.integrationId })) !== null)
    if (isThere && !mayReplace) throw new RefusedRow('exists', EXISTS, ['connection_id'])
    return { outcome: isThere ? 'update' : 'create', connectionId: await put(client, prepared) }
  }

  const answer = (): ImportResult['mapping'] => [...mapping].map(([column, field]) => ({ column, field, isSecret: mayHoldSecret(field) }))

  if (!input.preview) journal.commit(() => deleteImportedRowsBefore(db, new Date(deps.now() - REMEMBERED_MS).toISOString()))
  for (const { line, values } of input.rows) {
    let prepared: Prepared | null = null
    const told = (done: Partial<BroughtIn> & Pick<BroughtIn, 'outcome'>): void => {
      const connectionId = done.connectionId ?? null
      results.push({
        line,
        outcome: done.outcome,
        connectionId,
        handle: connectionId === null ? null : (getConnection(db, connectionId)?.handle ?? null),
        reason: done.reason ?? null,
        connectorId: prepared?.plan.connectorId ?? null,
        integrationId: prepared?.plan.integrationId ?? null,
        nangoConnectionId: prepared?.nangoConnectionId ?? null,
      })
    }
    try {
      prepared = prepare(await planned(values), key)
      told(await act(prepared))
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal !== null) told({ outcome: 'refused', reason: refusal })
      else if (error instanceof PatchbayError) return { mapping: answer(), results, stopped: stopOf(error) }
      else throw error
    }
  }
  return { mapping: answer(), results, stopped: null }
}
