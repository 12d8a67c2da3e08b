import { beforeEach, describe, expect, test } from 'vitest'
import type { ScriptedAnswer } from '#core/sandbox/stand-in-faults'
import { ERRORS } from '#shared/errors'
import { connectGithub, useNangoWorld } from '#test/helpers/nango-world'

/** What Nango answers, and the codes that may come of it. */
const FAULTS: readonly (readonly [string, ScriptedAnswer, RegExp])[] = [
  ['401', { status: 401, body: { error: { code: 'unknown_account', message: 'no' } } }, /^nango\.key_refused$/],
  [
    '403',
    { status: 403, body: { error: { code: 'forbidden', message: 'Insufficient scope. Required: environment:connections:list' } } },
    /^nango\.scope_missing$/,
  ],
  ['404', { status: 404, body: { error: { code: 'not_found', message: 'no' } } }, /^nango\.(not_found|rejected)$/],
  [
    '424',
    {
      status: 424,
      body: { error: { code: 'invalid_credentials', message: 'A recent refresh attempt failed. Backing off before retrying.' } },
    },
    /^connection\.refresh_(backoff|failed)$/,
  ],
  ['429', { status: 429, headers: { 'retry-after': '30' }, body: { error: { code: 'too_many_request' } } }, /^nango\.rate_limited$/],
  ['500', { status: 500, body: { error: { code: 'generic_error_support', message: 'contact support' } } }, /^nango\.server_error$/],
  ['a web page', { status: 200, html: '<!doctype html><p>hello</p>' }, /^nango\.not_nango$/],
  ['half a JSON', { truncate: true, body: { connections: ['x'.repeat(500)] } }, /^nango\.(protocol|unreachable)$/],
  ['2 GB', { huge: 2_000_000_000 }, /^nango\.too_large$/],
  ['another shape', { status: 200, body: { nothing: 'we know' } }, /^nango\.protocol$/],
  ['a cut connection', { reset: true, times: 5 }, /^nango\.unreachable$/],
]

describe('a Nango that misbehaves', () => {
  const world = useNangoWorld()
  beforeEach(async () => {
    await connectGithub(world)
    await world.core.cli.sync.run({})
  })

  /** Everything a person would see, but for when it was looked at. */
  const state = async (): Promise<unknown> => {
    const { connections } = await world.core.ui.connections.list({})
    const { profiles } = await world.core.ui.profiles.list({})
    return {
      connections: connections.map(({ handle, label, tags, expiresAt, identity }) => ({ handle, label, tags, expiresAt, identity })),
      profiles: profiles.map(({ profileId, hasSecretKey, nangoHost }) => ({ profileId, hasSecretKey, nangoHost })),
    }
  }

  test.each(FAULTS)(
    'answering %s gives a typed error with a next step, and changes nothing',
    async (_name, fault, codes) => {
      const before = await state()
      const attempts: readonly (readonly [string | RegExp, () => Promise<unknown>])[] = [
        ['/connections', () => world.core.cli.sync.run({})],
        [/^\/connections\//, () => world.core.cli.connections.refresh({ connectionId: 'github/work', acceptRisk: true })],
        [/^\/connections\//, () => world.core.cli.connections.remove({ connectionId: 'github/work' })],
      ]
      for (const [path, attempt] of attempts) {
        world.nango.faults.answerNext({ path, times: 3, ...fault })
        const error = (await attempt().then(
          () => null,
          (reason: unknown) => reason,
        )) as { code: keyof typeof ERRORS; data: { next?: string } } | null
        world.nango.faults.clear()
        // Deleting what is not there any more is done: that one refusal is an answer.
        if (error === null) continue
        expect(error.code).toMatch(codes)
        expect(error.data.next).toBe(ERRORS[error.code].next)
        expect(await state()).toEqual(before)
      }
    },
    30_000,
  )

  test.each(FAULTS.filter(([name]) => name !== '404'))(
    'answering %s when a session is asked for fails the flow, and its pending row goes',
    async (_name, fault, codes) => {
      const before = await state()
      world.nango.faults.answerNext({ path: '/connect/sessions', times: 3, ...fault })
      const flow = await world.core.cli.connect.start({
        connectorId: 'n8n',
        fields: { baseUrl: 'https://n8n.example.test' },
        credentials: { apiKey: 'key-0123456789' },
      })
      world.nango.faults.clear()
      expect(flow.state).toBe('failed')
      expect(flow.error?.code).toMatch(codes)
      expect(await state()).toEqual(before)
    },
    30_000,
  )
})
