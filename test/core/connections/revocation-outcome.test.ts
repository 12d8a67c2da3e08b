import { describe, expect, test } from 'vitest'
import { outcomeOfFailure, outcomeOfReply } from '#core/connections/revocation-outcome'
import { HttpFailure } from '#core/http-failure'
import { errorFromFailure } from '#core/nango/nango-errors'

const reply = (status: number, body: unknown = '') => ({
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})
const of = (status: number, body?: unknown, goodField?: string) => outcomeOfReply(reply(status, body), goodField)

describe('what the answer of a revocation endpoint means', () => {
  test('nothing, an empty object and an unknown text are the yes of RFC 7009', () => {
    for (const body of ['', '{}', 'OK', { status: 'success' }, { error: null }, { error: false }])
      expect(of(200, body)).toEqual({ outcome: 'revoked', reason: null })
    expect(of(204).outcome).toBe('revoked')
  })

  test('a good status over a page, an error of any shape or a body without an end does not say that it is done', () => {
    const bodies = [
      '<!DOCTYPE html><title>Sign in</title>',
      { error: { code: 400, message: 'no' } },
      { error: 'invalid_client' },
      { error: true },
      { success: false },
      { ok: false },
      { status: 'error' },
      `{"a":"${'x'.repeat(70_000)}"}`,
    ]
    for (const body of bodies) expect([body, of(200, body).outcome]).toEqual([body, 'unknown'])
    for (const body of bodies) expect(of(200, body, 'revoked').outcome).toBe('failed')
  })

  test('a token that is not good any more is no refusal', () => {
    expect(of(400, { error: 'invalid_token' })).toMatchObject({ outcome: 'unknown' })
    expect(of(404).outcome).toBe('unknown')
    expect(of(400, { error: 'unsupported_token_type' }).outcome).toBe('not_supported')
    expect(of(200, { ok: false, error: 'token_revoked' }, 'revoked').outcome).toBe('revoked')
    expect(of(401, { error: 'invalid_client' })).toEqual({
      outcome: 'failed',
      reason: 'The provider answered 401: invalid_client.',
      said: [{ key: 'token.answered-status-code', values: { status: 401, code: 'invalid_client' } }],
    })
    expect(of(302).outcome).toBe('failed')
  })

  test('words of the provider are told only where they are a code: a token that it gives back is not', () => {
    for (const error of ['ya29.planted0123456789', 'token planted is bad', 'x'.repeat(200)])
      for (const status of [200, 400])
        for (const field of [undefined, 'revoked']) expect(JSON.stringify(of(status, { error }, field))).not.toMatch(/planted|x{70}/)
  })
})

describe('what it means that no answer came', () => {
  test('that nothing was sent is known where there was never a connection, and else it is not', () => {
    const kinds = [
      [new HttpFailure('timeout', 'connect_deadline'), 'failed'],
      [new HttpFailure('unreachable', 'ECONNREFUSED'), 'failed'],
      [new HttpFailure('certificate', 'CERT_HAS_EXPIRED'), 'failed'],
      [new HttpFailure('protocol', 'EPROTO'), 'failed'],
      [new HttpFailure('timeout', 'headers_deadline'), 'unknown'],
      [new HttpFailure('interrupted', 'ECONNRESET'), 'unknown'],
      [new HttpFailure('too_large', 'body'), 'unknown'],
      [new HttpFailure('protocol', 'HPE_INVALID_CONSTANT'), 'unknown'],
    ] as const
    for (const [failure, outcome] of kinds) {
      expect([failure.reason, outcomeOfFailure(failure).outcome]).toEqual([failure.reason, outcome])
      expect([failure.reason, outcomeOfFailure(errorFromFailure(failure)).outcome]).toEqual([failure.reason, outcome])
    }
    expect(() => outcomeOfFailure(new TypeError('x'))).toThrow(TypeError)
  })
})
