import { describe, expect, test } from 'vitest'
import { readPace, readRules, rulesText, sameLimits } from '#renderer/features/automation/rule-lines.ts'

describe('rules as they are typed', () => {
  test('are read a line at a time, and written back as they were read', () => {
    const read = readRules('get, Post /repos/**\n\n  DELETE /repos/*/keys  ')
    expect(read).toEqual({
      rules: [
        { methods: ['GET', 'POST'], path: '/repos/**' },
        { methods: ['DELETE'], path: '/repos/*/keys' },
      ],
    })
    expect('rules' in read && rulesText(read.rules)).toBe('GET, POST /repos/**\nDELETE /repos/*/keys')
    expect(readRules('')).toEqual({ rules: [] })
  })

  test.each(['GET', '/repos', 'FETCH /repos', 'GET repos', 'GET /repos?all=1', `GET /${'x'.repeat(500)}`])(
    'the line %s is none',
    (line) => {
      expect(readRules(`GET /a\n${line}`)).toEqual({ wrongLine: 2 })
    },
  )

  test('a number of calls may be left out, written with its thousands set apart, and is refused beyond its most', () => {
    expect(readPace(' ', 6000)).toEqual({ count: null })
    expect(readPace('1,200', 6000)).toEqual({ count: 1200 })
    expect(readPace('1.200', 6000)).toEqual({ count: 1200 })
    for (const typed of ['0', '6001', 'many', '-3']) expect(readPace(typed, 6000)).toBeNull()
  })

  test('limits are the same where numbers and rules are', () => {
    const limits = { rules: [{ methods: ['GET' as const], path: '/a' }], callsPerMinute: 1, callsPerDay: null }
    expect(sameLimits(limits, structuredClone(limits))).toBe(true)
    expect(sameLimits(limits, { ...limits, rules: [] })).toBe(false)
    expect(sameLimits(limits, { ...limits, callsPerDay: 5 })).toBe(false)
  })
})
