import { z } from 'zod'
import { GrantEnd, ProgramFacts } from '#shared/contract/grants'
import type { ReadableDb, WritableDb } from '../database/sql.ts'
import { GrantTerms } from './grant-terms.ts'

/** A program that was paired. */
export interface Client {
  readonly clientId: string
  /** Raw SPKI of its Ed25519 key, base64. */
  readonly publicKey: string
  readonly name: string
  readonly via: 'socket' | 'mcp'
}

/** A grant that was answered. */
export interface StoredGrant {
  readonly grantId: string
  readonly clientId: string
  readonly clientName: string
  readonly purpose: string
  readonly via: 'socket' | 'mcp'
  readonly program: ProgramFacts | null
  readonly programHash: string | null
  readonly profileId: string
  readonly state: 'active' | 'denied' | 'ended'
  readonly endedBecause: GrantEnd | null
  readonly terms: GrantTerms
  readonly requestedAt: string
  readonly approvedAt: string | null
  readonly endsAt: string | null
  readonly endedAt: string | null
  readonly lastCallAt: string | null
  /** The UTC day that `callsOnDay` counts. */
  readonly callsDay: string | null
  readonly callsOnDay: number
}

interface GrantRow {
  readonly grant_id: string
  readonly client_id: string
  readonly client_name: string
  readonly purpose: string
  readonly via: 'socket' | 'mcp'
  readonly program: string | null
  readonly program_hash: string | null
  readonly profile_id: string
  readonly state: 'active' | 'denied' | 'ended'
  readonly ended_because: string | null
  readonly terms: string
  readonly requested_at: string
  readonly approved_at: string | null
  readonly ends_at: string | null
  readonly ended_at: string | null
  readonly last_call_at: string | null
  readonly calls_day: string | null
  readonly calls_on_day: number
}

const StoredProgram = ProgramFacts.nullable()

const toGrant = (row: GrantRow): StoredGrant => ({
  grantId: row.grant_id,
  clientId: row.client_id,
  clientName: row.client_name,
  purpose: row.purpose,
  via: row.via,
  program: StoredProgram.parse(row.program === null ? null : JSON.parse(row.program)),
  programHash: row.program_hash,
  profileId: row.profile_id,
  state: row.state,
  endedBecause: z.nullable(GrantEnd).parse(row.ended_because),
  terms: GrantTerms.parse(JSON.parse(row.terms)),
  requestedAt: row.requested_at,
  approvedAt: row.approved_at,
  endsAt: row.ends_at,
  endedAt: row.ended_at,
  lastCallAt: row.last_call_at,
  callsDay: row.calls_day,
  callsOnDay: row.calls_on_day,
})

/** All programs that were ever paired. */
export const listClients = (db: ReadableDb): Client[] =>
  db
    .all<{ client_id: string; public_key: string; name: string; via: 'socket' | 'mcp' }>(
      'SELECT client_id, public_key, name, via FROM clients',
    )
    .map((row) => ({ clientId: row.client_id, publicKey: row.public_key, name: row.name, via: row.via }))

/** Keeps a program, or the name that it goes by now. */
export const putClient = (db: WritableDb, client: Client, at: string): void => {
  db.run(
    `INSERT INTO clients (client_id, public_key, name, via, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (client_id) DO UPDATE SET name = excluded.name`,
    client.clientId,
    client.publicKey,
    client.name,
    client.via,
    at,
  )
}

/** The grants of a state, the newest first. */
export const listGrants = (db: ReadableDb, state: StoredGrant['state'], limit: number): StoredGrant[] =>
  db.all<GrantRow>('SELECT * FROM grants WHERE state = ? ORDER BY requested_at DESC, grant_id LIMIT ?', state, limit).map(toGrant)

/** One grant, or undefined. */
export const getGrant = (db: ReadableDb, grantId: string): StoredGrant | undefined => {
  const row = db.get<GrantRow>('SELECT * FROM grants WHERE grant_id = ?', grantId)
  return row === undefined ? undefined : toGrant(row)
}

/** Writes a grant as it is now. */
export const putGrant = (db: WritableDb, grant: StoredGrant): void => {
  db.run(
    `INSERT OR REPLACE INTO grants (grant_id, client_id, client_name, purpose, via, program, program_hash, profile_id, state, ended_because,
       terms, requested_at, approved_at, ends_at, ended_at, last_call_at, calls_day, calls_on_day)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    grant.grantId,
    grant.clientId,
    grant.clientName,
    grant.purpose,
    grant.via,
    grant.program === null ? null : JSON.stringify(grant.program),
    grant.programHash,
    grant.profileId,
    grant.state,
    grant.endedBecause,
    JSON.stringify(grant.terms),
    grant.requestedAt,
    grant.approvedAt,
    grant.endsAt,
    grant.endedAt,
    grant.lastCallAt,
    grant.callsDay,
    grant.callsOnDay,
  )
}

/** Keeps when a grant was used last and how often on a day. */
export const noteGrantUse = (db: WritableDb, grantId: string, lastCallAt: string, callsDay: string, callsOnDay: number): void => {
  db.run(
    'UPDATE grants SET last_call_at = ?, calls_day = ?, calls_on_day = ? WHERE grant_id = ?',
    lastCallAt,
    callsDay,
    callsOnDay,
    grantId,
  )
}

/** Forgets a grant, and its client where that was the last of it. */
export const deleteGrant = (db: WritableDb, grantId: string): void => {
  const client = db.get<{ client_id: string }>('SELECT client_id FROM grants WHERE grant_id = ?', grantId)
  db.run('DELETE FROM grants WHERE grant_id = ?', grantId)
  if (client === undefined) return
  const isLast = db.get('SELECT 1 AS one FROM grants WHERE client_id = ? LIMIT 1', client.client_id) === undefined
  if (!isLast) return
  db.run('DELETE FROM clients WHERE client_id = ?', client.client_id)
  db.run('DELETE FROM client_defaults WHERE client_id = ?', client.client_id)
}

/** Which connection a connector's name means to a program, by connector. */
export const listClientDefaults = (
  db: ReadableDb,
  clientId: string,
): { readonly connectorId: string; readonly connectionId: string; readonly handle: string }[] =>
  db.all(
    `SELECT c.connector_id AS connectorId, c.connection_id AS connectionId, c.handle FROM client_defaults AS d
     JOIN connections AS c ON c.connection_id = d.connection_id WHERE d.client_id = ? ORDER BY c.connector_id, c.handle`,
    clientId,
  )

/** Makes a connection what its connector's name means to a program, or no more; one for a connector and profile. Inside a transaction. */
export const putClientDefault = (db: WritableDb, clientId: string, connectionId: string, isDefault: boolean): void => {
  db.run(
    `DELETE FROM client_defaults WHERE client_id = ? AND connection_id IN (
       SELECT other.connection_id FROM connections AS other JOIN connections AS one ON one.connection_id = ?
       WHERE other.connector_id = one.connector_id AND other.profile_id = one.profile_id)`,
    clientId,
    connectionId,
  )
  if (isDefault) db.run('INSERT INTO client_defaults (client_id, connection_id) VALUES (?, ?)', clientId, connectionId)
}

/** Everything of a profile's grants goes with it. */
export const deleteGrantsOf = (db: WritableDb, profileId: string): void => {
  db.run('DELETE FROM grants WHERE profile_id = ?', profileId)
}

/** Of grants that have ended only the newest stay. */
export const pruneGrants = (db: WritableDb, keep: number): void => {
  db.run(
    `DELETE FROM grants WHERE grant_id IN (SELECT grant_id FROM grants WHERE state <> 'active' ORDER BY requested_at DESC LIMIT -1 OFFSET ?)`,
    keep,
  )
}
