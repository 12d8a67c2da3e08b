import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { Connection } from '#shared/contract/connections'
import { OriginSection } from '#renderer/features/connections/panel-expiry.tsx'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString()

/** The facts of the section, name by name, as a person reads them. */
const factsOf = (times: Pick<Connection, 'lastSyncedAt' | 'lastVerifiedAt' | 'lastUsedAt'>): Record<string, string> => {
  const connection = { createdAt: ago(500), status: 'connected', nangoConnectionId: null, isOurs: true, ...times } as Connection
  const drawn = renderToStaticMarkup(createElement(OriginSection, { connection, place: 'Nango', now: NOW }))
  const facts = [...drawn.matchAll(/<dt[^>]*>(.*?)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>/g)]
  return Object.fromEntries(facts.map(([, name = '', value = '']) => [name, value.replace(/<[^>]+>/g, '')]))
}

test('the panel of a connection says when it was used, verified and compared, and what is not known', () => {
  expect(factsOf({ lastSyncedAt: ago(3), lastVerifiedAt: ago(60), lastUsedAt: ago(5) })).toMatchObject({
    Used: '5 min ago',
    Verified: '1 h ago',
    Compared: '3 min ago',
  })
  expect(factsOf({ lastSyncedAt: null, lastVerifiedAt: null, lastUsedAt: null })).toMatchObject({
    Used: 'not known',
    Verified: 'not yet',
    Compared: 'not yet',
  })
})
