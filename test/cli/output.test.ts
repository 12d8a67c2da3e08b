import { describe, expect, test } from 'vitest'
import { formatResult } from '#cli/output'
import { createPaint, formatTable, relativeTime, safeText, widthOf } from '#cli/text-format'

const now = Date.parse('2026-06-01T12:00:00.000Z')
const view = { columns: null, paint: createPaint(false), now }

describe('text from outside', () => {
  test.each([
    ['\u001b[2J', '□[2J'],
    ['\u001b]52;c;aGk=\u0007', '□]52;c;aGk=□'],
    ['a\nb\tc\rd\0e', 'a□b□c□d□e'],
    ['invoice\u202egpj.exe', 'invoice□gpj.exe'],
    ['a\u200bb\u2066c\ufeffd\u009be', 'a□b□c□d□e'],
    ['lone \ud800 half', 'lone □ half'],
    ['Zoë 👍 日本', 'Zoë 👍 日本'],
  ])('%j is shown as %j', (text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  test('no escape reaches a terminal from any value of a result', () => {
    const hostile = '\u001b[31m\u202e\u0007'
    const text = formatResult(
      {
        [`name`]: hostile,
        list: [hostile],
        deep: { a: { b: hostile } },
        connections: [{ handle: hostile, status: hostile, label: hostile, identity: { email: hostile } }],
      },
      view,
    )
    expect(text).not.toMatch(/[\u001b\u0007\u202e]/)
    expect(formatResult({ deep: { a: [{ b: hostile }] } }, view)).not.toMatch(/[\u001b\u0007\u202e]/)
  })
})

describe('times', () => {
  test.each([
    ['2026-06-01T11:55:00.000Z', '5 min ago'],
    ['2026-06-01T15:00:30.000Z', 'in 3 h'],
    ['2026-06-01T12:00:01.000Z', 'now'],
    ['2026-05-30T12:00:00.000Z', '2 d ago'],
    ['2024-05-30T12:00:00.000Z', '2024-05-30'],
    ['not a time', 'not a time'],
  ])('%s is %s', (instant, shown) => {
    expect(relativeTime(instant, now)).toBe(shown)
  })
})

describe('tables', () => {
  test('columns line up, wide characters too', () => {
    const lines = formatTable(
      ['A', 'B'],
      [
        [{ text: '日本' }, { text: 'x' }],
        [{ text: 'abc' }, { text: 'y' }],
      ],
      null,
      createPaint(false),
    ).split('\n')
    expect(lines).toEqual(['A     B', '日本  x', 'abc   y'])
    expect(widthOf('e\u0301')).toBe(1)
  })

  test('a narrow terminal cuts the widest column and never breaks a line', () => {
    const text = formatTable(['NAME', 'WHAT'], [[{ text: 'short' }, { text: 'x'.repeat(300) }]], 40, createPaint(true))
    const plain = text.replaceAll(/\u001b\[\d+m/g, '')
    expect(
      plain
        .split('\n')
        .map(widthOf)
        .every((width) => width <= 40),
    ).toBe(true)
    expect(plain).toContain('…')
  })

  test('without a terminal there is no colour', () => {
    expect(formatResult({ connections: [{ handle: 'a', status: 'connected' }] }, view)).toBe(
      'CONNECTION  STATUS     ACCOUNT  LABEL  EXPIRES  CHECKED\na           connected  -        -      -        -',
    )
  })

  test('an account is named as in the window', () => {
    const identity = { accountId: '7', username: 'mlindq', email: 'm@x.example', displayName: null }
    expect(formatResult({ connections: [{ handle: 'a', identity }] }, view).split('\n')[1]).toMatch(/^a +- +m@x\.example /)
  })

  test('an empty list says so', () => {
    expect(formatResult({ connections: [], nextCursor: null, total: 0 }, view)).toBe('No connections.')
  })
})
