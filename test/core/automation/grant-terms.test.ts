import { describe, expect, test } from 'vitest'
import { isWithinRules, narrowed } from '#core/automation/grant-terms'
import type { CallRule } from '#shared/contract/grants'

const rule = (path: string, ...methods: CallRule['methods']): CallRule => ({ methods: methods.length === 0 ? ['GET'] : methods, path })
const asked = (...rules: CallRule[]) => ({
  verbs: ['request' as const],
  connections: { kind: 'all' as const },
  limits: { rules, callsPerMinute: 60, callsPerDay: null },
  asksEachTime: false,
  term: 'session' as const,
})

describe('the rules of a grant', () => {
  test.each([
    ['/repos/*/site', '/repos/acme/site', true],
    ['/repos/*/site', '/repos/acme/other', false],
    ['/repos/*/site', '/repos/acme/deep/site', false],
    ['/repos/**', '/repos', true],
    ['/repos/**', '/repos/acme/site/issues/1', true],
    ['/repos/**', '/repositories', false],
    ['/v1.0/me', '/v1x0/me', false],
    ['/a(b)+/[c]', '/a(b)+/[c]', true],
    ['/**', '/anything/at/all', true],
    ['/users/u*', '/users/u12', true],
    ['/users/u*', '/users/12', false],
  ])('%s takes %s: %s', (pattern, path, isTaken) => {
    expect(isWithinRules([rule(pattern)], 'GET', path)).toBe(isTaken)
    expect(isWithinRules([rule(pattern)], 'POST', path)).toBe(false)
  })

  test('take everything where there is none', () => {
    expect(isWithinRules([], 'DELETE', '/anything')).toBe(true)
  })

  test.each([
    [rule('/repos/**'), rule('/repos/acme/*'), true],
    [rule('/repos/**'), rule('/repos/**'), true],
    [rule('/repos/*'), rule('/repos/acme'), true],
    [rule('/repos/*'), rule('/repos/**'), false],
    [rule('/repos/acme'), rule('/repos/*'), false],
    [rule('/repos/**'), rule('/**'), false],
    [rule('/repos/**', 'GET', 'POST'), rule('/repos/**', 'POST'), true],
    [rule('/repos/**', 'GET'), rule('/repos/**', 'GET', 'DELETE'), false],
  ])('%o may be narrowed to %o: %s', (wide, narrow, isAllowed) => {
    const narrow1 = () => narrowed(asked(wide), { limits: { rules: [narrow], callsPerMinute: 600, callsPerDay: 10 } })
    if (isAllowed) expect(narrow1().limits).toEqual({ rules: [narrow], callsPerMinute: 60, callsPerDay: 10 })
    else expect(narrow1).toThrow(expect.objectContaining({ code: 'grant.too_wide' }))
  })
})
