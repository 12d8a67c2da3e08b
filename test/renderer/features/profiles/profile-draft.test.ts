import { describe, expect, test } from 'vitest'
import { PatchbayError } from '#shared/errors'
import { checkDraft, emptyDraft, isInsecureAddress, problemsFrom, suggestAddress } from '#renderer/features/profiles/profile-draft.ts'
import { foldSkipped, testSentence } from '#renderer/features/profiles/test-results.tsx'

const OWN = { address: true, key: true } as const

describe('what is typed about a profile', () => {
  test('warns of http only beyond this computer', () => {
    expect(['http://nango.example.com', 'http://10.0.0.7:3003'].map(isInsecureAddress)).toEqual([true, true])
    expect(
      ['https://nango.example.com', 'http://localhost:3003', 'http://127.0.0.1:3003', 'http://[::1]:3003', 'nango'].map(isInsecureAddress),
    ).toEqual([false, false, false, false, false])
  })

  test('gives a bare host its scheme', () => {
    expect(suggestAddress('nango.example.com')).toBe('https://nango.example.com')
    expect(suggestAddress('localhost:3003')).toBe('http://localhost:3003')
    expect(suggestAddress('https://nango.example.com')).toBeNull()
  })

  test('is refused field by field before anything is sent', () => {
    expect(Object.keys(checkDraft(emptyDraft(' '), OWN))).toEqual(['name', 'address', 'secretKey'])
    const insecure = { ...emptyDraft('Own'), address: 'http://nango.example.com', secretKey: 'k' }
    expect(Object.keys(checkDraft(insecure, OWN))).toEqual(['insecure'])
    expect(checkDraft({ ...insecure, allowsInsecureHttp: true }, OWN)).toEqual({})
    expect(checkDraft(emptyDraft('Cloud'), { address: false, key: false })).toEqual({})
  })

  test('shows an error of the core at the field it is about', () => {
    expect(Object.keys(problemsFrom(new PatchbayError('nango.public_key')))).toEqual(['secretKey'])
    expect(Object.keys(problemsFrom(new PatchbayError('profile.invalid_certificate')))).toEqual(['certificate'])
    expect(problemsFrom(new PatchbayError('storage.full'))).toEqual({})
  })
})

describe('the result of a test', () => {
  const check = (id: string, status: 'ok' | 'fail' | 'skipped' | 'warn') => ({ id, status, summary: id, fix: null })

  test('tells once what was not looked at', () => {
    const folded = foldSkipped([check('profile', 'ok'), check('server', 'fail'), check('a', 'skipped'), check('b', 'skipped')])
    expect(folded.map(({ status }) => status)).toEqual(['ok', 'fail', 'skipped'])
    expect(folded.at(-1)?.summary).toContain('2 more')
    expect(foldSkipped([check('a', 'skipped')])[0]?.summary).toBe('a')
  })

  test('is one sentence about the profile', () => {
    const result = {
      profileId: 'p',
      isWorking: true,
      failure: null,
      checks: [check('transport', 'warn')],
      testedAt: '2026-01-01T00:00:00.000Z',
    }
    expect(testSentence(result, 'Staging')).toBe('“Staging” works, with one thing to know.')
    expect(testSentence({ ...result, isWorking: false }, 'Staging')).toContain('does not work yet')
  })
})
