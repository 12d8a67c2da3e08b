import { describe, expect, test } from 'vitest'
import { readFrame } from '#core/automation/frame-reader'
import { readCall, writeAnswer } from '#core/automation/json-rpc'
import { LIMITS } from '#shared/wire'

const read = (text: string) => readCall(readFrame(Buffer.from(text)))

describe('the envelope', () => {
  test('a call without params gets empty ones', () => {
    expect(read('{"jsonrpc":"2.0","id":7,"method":"system.status"}')).toEqual({
      kind: 'call',
      call: { jsonrpc: '2.0', id: 7, method: 'system.status', params: {} },
    })
  })

  test.each([
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"a"}]', null],
    ['an empty batch', '[]', null],
    ['another version', '{"jsonrpc":"1.0","id":3,"method":"a"}', 3],
    ['no version', '{"id":"x","method":"a"}', 'x'],
    ['an answer', '{"jsonrpc":"2.0","id":4,"result":{}}', 4],
    ['id null', '{"jsonrpc":"2.0","id":null,"method":"a"}', null],
    ['an id with a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"a"}', null],
    ['an id beyond what a number holds', '{"jsonrpc":"2.0","id":9007199254740993,"method":"a"}', null],
    ['an endless id', '{"jsonrpc":"2.0","id":1e400,"method":"a"}', null],
    ['an object as id', '{"jsonrpc":"2.0","id":{},"method":"a"}', null],
    ['a number as method', '{"jsonrpc":"2.0","id":1,"method":5}', 1],
    ['a text', '"hello"', null],
    ['null', 'null', null],
  ])('%s is refused with -32600 and the connection goes on', (_name, text, id) => {
    expect(read(text)).toMatchObject({
      kind: 'refused',
      isFatal: false,
      answer: { id, error: { code: -32600, data: { code: 'request.malformed' } } },
    })
  })

  test.each(['[1]', '"x"', '5', 'null'])('params %s are refused with -32602', (params) => {
    expect(read(`{"jsonrpc":"2.0","id":1,"method":"a","params":${params}}`)).toMatchObject({
      kind: 'refused',
      isFatal: false,
      answer: { id: 1, error: { code: -32602, data: { code: 'request.invalid' } } },
    })
  })

  test('bytes that are no JSON end the connection', () => {
    expect(read('{')).toMatchObject({ kind: 'refused', isFatal: true, answer: { id: null, error: { code: -32700 } } })
  })

  test('a key named __proto__ stays an ordinary key or goes, and changes nothing', () => {
    const incoming = read('{"jsonrpc":"2.0","id":1,"method":"a","params":{"__proto__":{"isAdmin":true},"b":1}}')
    expect(incoming.kind === 'call' && 'isAdmin' in incoming.call.params).toBe(false)
    expect({}).not.toHaveProperty('isAdmin')
  })
})

describe('the answer', () => {
  test('one beyond 8 MiB becomes an error with the same id', () => {
    const text = writeAnswer(9, { ok: true, value: 'é'.repeat(LIMITS.lineOutBytes / 2) })
    expect(JSON.parse(text)).toMatchObject({ id: 9, error: { code: -32000, data: { code: 'request.result_too_large' } } })
  })

  test('a value with line feeds stays on one line', () => {
    expect(writeAnswer('a', { ok: true, value: 'one\ntwo' })).toBe('{"jsonrpc":"2.0","id":"a","result":"one\\ntwo"}')
  })
})
