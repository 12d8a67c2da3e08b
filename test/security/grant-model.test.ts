import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AutomationCaller } from '#core/caller'
import type { GrantVerb } from '#shared/contract/grants'
import { FAKE_INTEGRATIONS, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { pairProgram } from '#test/helpers/paired-program'
import { count, HARNESS_SEED, sizeFrom } from '../reliability/seeded-random.ts'

/** What a program holds, as somebody would keep it on paper. */
interface Held {
  readonly grantId: string
  readonly verbs: readonly GrantVerb[]
  readonly reaches: 'n8n/a' | 'n8n'
  readonly term: 'session' | 'twelve_hours'
  state: 'active' | 'taken_back' | 'gone'
}

interface Model {
  readonly programs: { readonly caller: AutomationCaller; readonly held: Held }[]
  isPaused: boolean
  isLocked: boolean
  calls: number
}

type Act = (model: Model, core: TestCore) => Promise<void>

const TARGETS = ['n8n/a', 'n8n/b', 'openai/c', 'n8n/none'] as const

const covers = (held: Held, target: string): boolean =>
  held.state === 'active' && (held.reaches === 'n8n' ? target === 'n8n/a' || target === 'n8n/b' : target === 'n8n/a')

/** What a call must be answered, by the paper alone. */
const expected = (model: Model, held: Held, verb: GrantVerb, target: string): string => {
  if (model.isLocked) return 'vault.locked'
  if (model.isPaused) return 'automation.paused'
  return held.verbs.includes(verb) && covers(held, target) ? 'ok' : 'automation.denied'
}

const program = (model: Model, at: number): Model['programs'][number] | undefined => model.programs[at % Math.max(1, model.programs.length)]

const pair =
  (verbs: readonly GrantVerb[], reaches: Held['reaches'], term: Held['term']): Act =>
  async (model, core) => {
    if (model.isLocked || model.isPaused || model.programs.length >= 6) return
    const connections =
      reaches === 'n8n' ? { kind: 'connectors' as const, connectorIds: ['n8n'] } : { kind: 'some' as const, connectionIds: [reaches] }
    const { caller, grantId } = await pairProgram(core, { verbs: [...verbs], connections, term })
    model.programs.push({ caller, held: { grantId, verbs, reaches, term, state: 'active' } })
  }

const onGrant =
  (at: number, from: Held['state'], to: Held['state'], method: 'grants.revoke' | 'grants.restore'): Act =>
  async (model, core) => {
    const held = program(model, at)?.held
    if (held === undefined) return
    const reply = await core.core.dispatch({ kind: 'ui' }, method, { grantId: held.grantId })
    expect([method, held.state, reply.ok]).toEqual([method, held.state, held.state === from])
    if (reply.ok) held.state = to
  }

const switched =
  (method: 'grants.pause' | 'grants.resume' | 'vault.lock' | 'vault.unlock'): Act =>
  async (model, core) => {
    expect(await core.core.dispatch({ kind: 'ui' }, method, {})).toMatchObject({ ok: true })
    if (method === 'grants.pause' || method === 'grants.resume') model.isPaused = method === 'grants.pause'
    else model.isLocked = method === 'vault.lock'
    // Interactive grants end with the lock; those that were taken back stay what they were.
    if (method === 'vault.lock')
      for (const { held } of model.programs) if (held.term === 'session' && held.state === 'active') held.state = 'gone'
  }

const call =
  (at: number, verb: 'read' | 'write', target: (typeof TARGETS)[number]): Act =>
  async (model, core) => {
    const known = program(model, at)
    if (known === undefined) return
    const [method, more] = verb === 'read' ? ['connections.get', {}] : ['connections.update', { notes: `n${model.calls}` }]
    model.calls += 1
    const reply = await core.core.dispatch(known.caller, method, { connectionId: target, ...more })
    expect([method, target, reply.ok ? 'ok' : reply.error.code]).toEqual([method, target, expected(model, known.held, verb, target)])
  }

const at = fc.nat({ max: 5 })
const acts: fc.Arbitrary<{ readonly name: string; readonly act: Act }> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.subarray<GrantVerb>(['read', 'write'], { minLength: 1 }),
        fc.constantFrom('n8n/a' as const, 'n8n' as const),
        fc.constantFrom('session' as const, 'twelve_hours' as const),
      )
      .map(([verbs, reaches, term]) => ({ name: `pair ${verbs.join('+')} ${reaches} ${term}`, act: pair(verbs, reaches, term) })),
  },
  {
    weight: 2,
    arbitrary: at.map((index) => ({ name: `take back ${index}`, act: onGrant(index, 'active', 'taken_back', 'grants.revoke') })),
  },
  {
    weight: 1,
    arbitrary: at.map((index) => ({ name: `give back ${index}`, act: onGrant(index, 'taken_back', 'active', 'grants.restore') })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'grants.pause' as const,
        'grants.resume' as const,
        'grants.resume' as const,
        'vault.lock' as const,
        'vault.unlock' as const,
        'vault.unlock' as const,
      )
      .map((method) => ({ name: method, act: switched(method) })),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(at, fc.constantFrom('read' as const, 'write' as const), fc.constantFrom(...TARGETS))
      .map(([index, verb, target]) => ({ name: `${verb} ${target} by ${index}`, act: call(index, verb, target) })),
  },
)

test(
  'grants do what a list on paper says, whatever is given, taken back, paused and locked in whatever order',
  { timeout: 120_000 },
  async () => {
    const nango = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
    nango.seedConnections(
      [
        ['a', FAKE_INTEGRATIONS.apiKey],
        ['b', FAKE_INTEGRATIONS.apiKey],
        ['c', FAKE_INTEGRATIONS.verifiedApiKey],
      ].map(([connectionId = '', integrationKey = '']) => ({
        connectionId,
        integrationKey,
        credentials: { type: 'API_KEY', apiKey: 'k-0123456789' },
        tags: { end_user_display_name: connectionId },
      })),
    )
    const core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
    await core.cli.sync.run({})
    const runs = sizeFrom('PATCHBAY_GRANT_RUNS', 60)
    let calls = 0
    try {
      const property = fc.asyncProperty(fc.array(acts, { minLength: 10, maxLength: 50 }), async (list) => {
        const model: Model = { programs: [], isPaused: false, isLocked: false, calls: 0 }
        try {
          for (const { act } of list) await act(model, core)
        } finally {
          await core.ui.vault.unlock({})
          await core.ui.grants.resume({})
          await core.ui.grants.revokeAll({})
        }
        calls += model.calls
      })
      await fc.assert(property, { numRuns: runs, seed: HARNESS_SEED, endOnFailure: true })
      expect((await core.ui.audit.verify({})).isIntact).toBe(true)
      count(`grants against a list on paper: ${runs} orders, ${calls} calls of programs, 0 faults`)
    } finally {
      await core.stop()
      await nango.stop()
    }
  },
)
