import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insertConnection, updateConnection } from '#core/connections/connection-store'
import { expiringConnections } from '#core/connections/expiring-connections'
import { LIFETIME_RULES } from '#core/connections/known-lifetimes'
import { openMemoryDatabase, type OpenDatabase } from '#core/database/open-database'
import { additionalScopes, missingScopes } from '#shared/scopes'
import { sampleConnection } from '#test/helpers/sample-connection'

const NOW = Date.parse('2026-03-10T12:00:00.000Z')
const DAY_MS = 86_400_000
const day = (days: number): string => new Date(NOW + days * DAY_MS).toISOString()

describe('what runs out', () => {
  let open: OpenDatabase
  beforeEach(() => {
    open = openMemoryDatabase()
  })
  afterEach(() => open.close())

  const add = (
    id: string,
    given: {
      readonly connector?: string
      readonly authMode?: string
      readonly createdAt?: string
      readonly expiresAt?: string
      readonly refreshedAt?: string
    },
  ): void => {
    const { connector = 'github', authMode = 'OAUTH2', createdAt = day(-1), expiresAt, refreshedAt } = given
    insertConnection(
      open.db,
      sampleConnection({
        connectionId: id,
        connectorId: connector,
        nangoConnectionId: id,
        nangoRowId: null,
        authMode,
        label: id,
        createdAt,
        at: createdAt,
      }),
    )
    const change = {
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(refreshedAt === undefined ? {} : { lastRefreshedAt: refreshedAt }),
    }
    updateConnection(open.db, id, change, createdAt)
  }
  const within = async (withinDays: number, withRenewed = true, profileId = 'p1') =>
    expiringConnections(open.db, profileId, { withinDays, withRenewed, now: NOW, pause: async () => {} })

  test('is told soonest first, with who renews it', async () => {
    add('later', { expiresAt: day(20) })
    add('soon', { expiresAt: day(1), authMode: 'SIGNATURE' })
    add('far', { expiresAt: day(90) })
    add('never', {})
    expect((await within(30)).expiring.map(({ connectionId, renewal, isLikely }) => [connectionId, renewal, isLikely])).toEqual([
      ['soon', 'none', false],
      ['later', 'by_nango', false],
    ])
    expect((await within(30, false)).expiring.map(({ connectionId }) => connectionId)).toEqual(['soon'])
    expect((await within(30, true, 'p2')).expiring).toEqual([])
  })

  test('a rule of the service is told as likely, with when it holds; one that was outlived is not told again', async () => {
    add('young', { connector: 'google-mail', createdAt: day(-3) })
    add('old', { connector: 'google-mail', createdAt: day(-10) })
    add('idle', { connector: 'xero', createdAt: day(-100), refreshedAt: day(-50) })
    add('used', { connector: 'xero', createdAt: day(-100), refreshedAt: day(-1) })
    const [first, second, ...rest] = (await within(14)).expiring
    expect(first).toMatchObject({ connectionId: 'young', kind: 'fixed', isLikely: true, endsAt: day(4) })
    expect(first?.condition).toMatch(/^If your app at Google is still in testing/)
    expect(second).toMatchObject({ connectionId: 'idle', kind: 'idle', isLikely: true, endsAt: day(10) })
    expect(rest).toEqual([])
  })

  test('at most 500 tokens are told at once, and that there are more', async () => {
    for (let index = 0; index < 1_203; index++) add(`c${index}`, { expiresAt: day(2) })
    const found = await within(5)
    expect([found.expiring.length, found.isCut]).toEqual([500, true])
  })

  test('of many that likely end the soonest 500 are told, each once, whosever they are', async () => {
    for (let index = 0; index < 1_203; index++)
      add(`c${index}`, { connector: index % 2 === 0 ? 'google' : 'google-mail', createdAt: day(-6 + (index % 601) / 200) })
    open.db.run("UPDATE connections SET is_foreign = 1 WHERE connection_id LIKE '%1'")
    const { expiring, isCut } = await within(30)
    expect([expiring.length, new Set(expiring.map(({ connectionId }) => connectionId)).size, isCut]).toEqual([500, 500, true])
    // 601 times, each of two connections, the first of three.
    expect(expiring.map(({ endsAt }) => endsAt)).toEqual([day(1), ...Array.from({ length: 499 }, (_, at) => day(1 + ((at / 2) | 0) / 200))])
  })

  test('connections of services without a rule are not walked through', async () => {
    open.db.transaction(() => {
      for (let index = 0; index < 10_000; index++) add(`c${index}`, {})
    })
    const bestOf = async (profileId: string): Promise<number> => {
      let best = Number.POSITIVE_INFINITY
      for (let round = 0; round < 7; round++) {
        const begun = performance.now()
        expect((await within(365, true, profileId)).expiring).toEqual([])
        best = Math.min(best, performance.now() - begun)
      }
      return best
    }
    expect(await bestOf('p1')).toBeLessThan(3 * (await bestOf('none')) + 1)
  })

  test('every rule names its source and holds for somebody', () => {
    const known = readFileSync('resources/catalogue.json', 'utf8')
    for (const { connectors, sourceUrl, days } of LIFETIME_RULES) {
      expect(connectors.filter((name) => !known.includes(`"connectorId":"${name}"`))).toEqual([])
      expect(connectors.length).toBeGreaterThan(0)
      expect(sourceUrl).toMatch(/^https:\/\//)
      expect(days).toBeGreaterThan(0)
    }
  })
})

describe('scopes that were asked for and not given', () => {
  test('are known only where both are', () => {
    expect(missingScopes({ requested: ['repo', 'read:user', 'repo'], granted: ['REPO'] })).toEqual(['read:user'])
    expect(missingScopes({ requested: ['repo'], granted: ['repo', 'gist'] })).toEqual([])
    expect(additionalScopes({ requested: ['repo'], granted: ['repo', 'gist'] })).toEqual(['gist'])
    expect([missingScopes({ requested: null, granted: ['a'] }), missingScopes({ requested: ['a'], granted: null })]).toEqual([null, null])
  })
})
