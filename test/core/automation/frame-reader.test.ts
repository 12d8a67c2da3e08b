import { describe, expect, test } from 'vitest'
import { isDeeperThan, LineReader, readFrame } from '#core/automation/frame-reader'
import { LIMITS } from '#shared/wire'

const nested = (levels: number): Buffer => Buffer.from(`${'['.repeat(levels)}${' '.repeat(200)}${']'.repeat(levels)}`)

const drain = (reader: LineReader): string[] => {
  const lines: string[] = []
  for (let line = reader.take(); line !== null; line = reader.take()) lines.push(line.toString())
  return lines
}

describe('the depth of a text', () => {
  test('64 levels are read, 65 are refused before the parser sees them', () => {
    expect(readFrame(nested(64))).toMatchObject({ ok: true })
    expect(readFrame(nested(65))).toEqual({ ok: false, fault: 'too_deep' })
    expect(readFrame(Buffer.from('['.repeat(100_000)))).toEqual({ ok: false, fault: 'too_deep' })
  })

  test('brackets inside a string do not count, also after an escaped quote', () => {
    const text = JSON.stringify({ a: `${'['.repeat(500)}"${'{'.repeat(500)}\\` })
    expect(isDeeperThan(Buffer.from(text), 64)).toBe(false)
    expect(readFrame(Buffer.from(text))).toMatchObject({ ok: true })
  })

  test('levels that were closed again do not count', () => {
    expect(isDeeperThan(Buffer.from(`[${'[],'.repeat(500)}[]]`), 64)).toBe(false)
  })
})

describe('the bytes of a text', () => {
  test.each([
    ['FF', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('%s is not UTF-8', (_name, bytes) => {
    expect(readFrame(bytes)).toEqual({ ok: false, fault: 'not_utf8' })
  })

  test.each([
    ['a byte order mark', Buffer.from('\ufeff{}')],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['nothing', Buffer.from('')],
    ['NUL', Buffer.from('\0')],
    ['half an object', Buffer.from('{"a":')],
    ['two objects', Buffer.from('{}{}')],
  ])('%s is not JSON', (_name, bytes) => {
    expect(readFrame(bytes)).toEqual({ ok: false, fault: 'not_json' })
  })

  test('text beyond ASCII arrives as it was sent', () => {
    expect(readFrame(Buffer.from('"Zoë 👍 \u202e"'))).toEqual({ ok: true, message: 'Zoë 👍 \u202e' })
  })
})

describe('lines', () => {
  test('every way of cutting a stream gives the same lines', () => {
    const stream = Buffer.from('{"a":1}\n\n{"ö":"👍"}\n[]\n')
    for (let size = 1; size <= stream.length; size += 1) {
      const reader = new LineReader()
      for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size))
      expect(drain(reader)).toEqual(['{"a":1}', '', '{"ö":"👍"}', '[]'])
      expect(reader.isInsideLine).toBe(false)
    }
  })

  test('a line of exactly the limit is taken, one byte more without an end is refused', () => {
    const reader = new LineReader()
    expect(reader.push(Buffer.alloc(LIMITS.lineInBytes, 0x20))).toBe(true)
    expect(reader.push(Buffer.from('\n'))).toBe(true)
    expect(reader.take()?.length).toBe(LIMITS.lineInBytes)
    expect(reader.push(Buffer.alloc(LIMITS.lineInBytes, 0x20))).toBe(true)
    expect(reader.push(Buffer.from(' '))).toBe(false)
  })

  test('a finished line beyond the limit is refused when it is read', () => {
    expect(readFrame(Buffer.alloc(LIMITS.lineInBytes + 1, 0x20))).toEqual({ ok: false, fault: 'too_large' })
  })
})
