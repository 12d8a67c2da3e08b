import { createHash } from 'node:crypto'
import type { Grant, OwnGrant } from '#shared/contract/grants'
import type { z } from 'zod'
import { reachedConnections } from '../connections/connection-reach.ts'
import { type ProfileView, statusInView } from '../connections/connection-row.ts'
import type { ReadableDb } from '../database/sql.ts'
import type { GrantBook } from './grant-book.ts'
import type { WaitingGrant } from './grant-requests.ts'
import type { StoredGrant } from './grant-store.ts'
import type { GrantTerms } from './grant-terms.ts'

const SHOWN_AT_MOST = 100

/** What a grant is made of, waiting or answered. */
interface Shown {
  readonly grantId: string
  readonly clientId: string
  readonly profileId: string
  readonly state: Grant['state']
  readonly endedBecause: Grant['endedBecause']
  readonly terms: GrantTerms
  readonly endsAt: string | null
}

const shownOf = (grant: WaitingGrant | StoredGrant): Shown =>
  'asked' in grant ? { ...grant, state: 'waiting', endedBecause: null, terms: grant.asked, endsAt: null } : grant

/** A grant as the program that holds it sees it. */
export const ownGrant = (grant: WaitingGrant | StoredGrant): OwnGrant => {
  const { grantId, clientId, state, endedBecause, profileId, terms, endsAt } = shownOf(grant)
  return { grantId, clientId, state, endedBecause, profileId, ...terms, endsAt }
}

/** The first 16 hexadecimal digits of a key's SHA-256. */
const fingerprintOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16)

export interface GrantViewDependencies {
  readonly db: ReadableDb
  readonly book: GrantBook
  readonly viewOf: (profileId: string) => ProfileView
}

const iso = (ms: number): string => new Date(ms).toISOString()

/** A grant as the person sees it. */
export const grantView = ({ db, book, viewOf }: GrantViewDependencies, grant: WaitingGrant | StoredGrant): z.input<typeof Grant> => {
  const own = ownGrant(grant)
  const { rows, count } = reachedConnections(db, [{ profileId: own.profileId, ...own.connections }], SHOWN_AT_MOST)
  const view = viewOf(own.profileId)
  const common = {
    ...own,
    clientName: grant.clientName,
    purpose: grant.purpose,
    program: grant.program,
    via: grant.via,
    covered: rows.map((row) => ({
      connectionId: row.connection_id,
      handle: row.handle,
      connectorId: row.connector_id,
      label: row.label,
      status: statusInView(row.status, view),
    })),
    coveredCount: count,
  }
  if ('asked' in grant)
    return {
      ...common,
      keyFingerprint: fingerprintOf(grant.publicKey),
      isKnown: grant.isKnown,
      unknownReferences: [...grant.unknownReferences],
      requestedAt: iso(grant.requestedAt),
      approvableAt: iso(grant.approvableAt),
      answerBy: iso(grant.answerBy),
      approvedAt: null,
      endedAt: null,
      restorableUntil: null,
      lastCallAt: null,
      callsToday: 0,
    }
  const client = book.client(grant.clientId)
  return {
    ...common,
    keyFingerprint: client === undefined ? '' : fingerprintOf(client.publicKey),
    isKnown: true,
    unknownReferences: [],
    requestedAt: grant.requestedAt,
    approvableAt: grant.requestedAt,
    answerBy: grant.requestedAt,
    approvedAt: grant.approvedAt,
    endedAt: grant.endedAt,
    restorableUntil: book.restorableUntil(grant),
    lastCallAt: grant.lastCallAt,
    callsToday: book.callsToday(grant),
  }
}
