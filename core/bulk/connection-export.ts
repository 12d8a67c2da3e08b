import { Connection } from '#shared/contract/connections'
import type { ConnectionRow, ProfileView } from '../connections/connection-row.ts'
import { toConnection } from '../connections/connection-row.ts'

type Fact = readonly [name: string, read: (connection: Connection) => unknown]

/** What is exported of a connection, in this order. There are no credentials among what is known here. */
const FACTS: readonly Fact[] = [
  ['handle', ({ handle }) => handle],
  ['connectorId', ({ connectorId }) => connectorId],
  ['label', ({ label }) => label],
  ['status', ({ status }) => status],
  ['accountId', ({ identity }) => identity?.accountId],
  ['displayName', ({ identity }) => identity?.displayName],
  ['username', ({ identity }) => identity?.username],
  ['email', ({ identity }) => identity?.email],
  ['workspace', ({ identity }) => identity?.workspace],
  ['authMode', ({ authMode }) => authMode],
  ['integrationId', ({ providerConfigKey }) => providerConfigKey],
  ['nangoConnectionId', ({ nangoConnectionId }) => nangoConnectionId],
  ['connectionId', ({ connectionId }) => connectionId],
  ['profileId', ({ profileId }) => profileId],
  ['scopesRequested', ({ scopes }) => scopes.requested],
  ['scopesGranted', ({ scopes }) => scopes.granted],
  ['createdAt', ({ createdAt }) => createdAt],
  ['updatedAt', ({ updatedAt }) => updatedAt],
  ['expiresAt', ({ expiresAt }) => expiresAt],
  ['lastSyncedAt', ({ lastSyncedAt }) => lastSyncedAt],
  ['lastVerifiedAt', ({ lastVerifiedAt }) => lastVerifiedAt],
  ['lastRefreshedAt', ({ lastRefreshedAt }) => lastRefreshedAt],
  ['lastUsedAt', ({ lastUsedAt }) => lastUsedAt],
  ['errorCode', ({ lastError }) => lastError?.code],
  ['errorMessage', ({ lastError }) => lastError?.message],
  ['tags', ({ tags }) => tags],
  ['notes', ({ notes }) => notes],
  ['isOurs', ({ isOurs }) => isOurs],
]

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value)
}

/** A cell (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it. */
export const csvCell = (value: unknown): string => {
  const text = textOf(value)
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

const factsOf = (row: ConnectionRow, view: ProfileView, now: number): [string, unknown][] => {
  const connection = Connection.parse(toConnection(row, view, now))
  return FACTS.map(([name, read]) => [name, read(connection) ?? null])
}

export const MEDIA_TYPES = { csv: 'text/csv; charset=utf-8; header=present', json: 'application/json' } as const

/** A piece of a file; the pieces one after the other are the whole. `written` is how many rows stand before it. */
export const exportPiece = (
  format: 'csv' | 'json',
  rows: readonly { readonly row: ConnectionRow; readonly view: ProfileView }[],
  place: { readonly isFirst: boolean; readonly isLast: boolean; readonly written: number; readonly now: number },
): string => {
  const facts = rows.map(({ row, view }) => factsOf(row, view, place.now))
  if (format === 'csv') {
    const head = place.isFirst ? [FACTS.map(([name]) => name).join(',')] : []
    const lines = [...head, ...facts.map((each) => each.map(([, value]) => csvCell(value)).join(','))]
    return lines.map((line) => `${line}\r\n`).join('')
  }
  const objects = facts.map((each, index) => `${place.written + index === 0 ? '' : ',\n'}${JSON.stringify(Object.fromEntries(each))}`)
  return `${place.isFirst ? '[\n' : ''}${objects.join('')}${place.isLast ? '\n]\n' : ''}`
}
