import { beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '#core/caller'
import { FAKE_INTEGRATIONS } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'
import { newPublicKey, pairProgram, waitingGrant } from '#test/helpers/paired-program'

describe('programs that go too far', () => {
  const world = useNangoWorld()
  beforeEach(async () => {
    world.nango.seedConnections(
      ['a', 'b', 'c'].map((connectionId) => ({
        connectionId,
        integrationKey: FAKE_INTEGRATIONS.apiKey,
        credentials: { type: 'API_KEY', apiKey: 'k-0123456789' },
        tags: { end_user_display_name: connectionId, ...(connectionId === 'c' ? { team: 'blue' } : {}) },
      })),
    )
    await world.core.cli.sync.run({})
  })
  const some = (...connectionIds: string[]) => ({ kind: 'some' as const, connectionIds })
  const DENIED = { code: 'automation.denied' }

  test('a grant for once ends with the connection that asked for it, whether the key was proved on it or not', async () => {
    const { core } = world
    const hangUps = new Set<() => void>()
    const onGone = (listener: () => void) => {
      hangUps.add(listener)
      return () => void hangUps.delete(listener)
    }
    const asker: Caller = { kind: 'unproven', publicKey: newPublicKey(), via: 'socket', onGone }
    const asked = core.as(asker).grants.request({ name: 'x', purpose: 'y', verbs: ['read'], connections: some('n8n/a'), term: 'once' })
    const { grantId } = await waitingGrant(core)
    core.platform.advance(1000)
    await core.ui.grants.approve({ grantId })
    const { clientId } = await asked
    const api = core.as({ kind: 'automation', clientId, via: 'socket' })
    expect((await api.connections.list({})).total).toBe(1)
    for (const hangUp of hangUps) hangUp()
    await expect(api.connections.list({})).rejects.toMatchObject(DENIED)
    expect((await core.ui.grants.list({ state: 'ended' })).grants).toMatchObject([{ grantId, endedBecause: 'hung_up' }])
  })

  test('a program whose key is proved by another that nothing is known of is refused', async () => {
    const { core } = world
    const publicKey = newPublicKey()
    const look = async () => ({
      facts: { pid: 7, path: '/usr/bin/tool', interpreter: null, startedBy: [], changedAt: null },
      hash: 'as-it-was',
    })
    const program = { pid: 7, path: '/usr/bin/tool', look }
    const asked = core
      .as({ kind: 'unproven', publicKey, via: 'socket', program })
      .grants.request({ name: 'x', purpose: 'y', verbs: ['read'], connections: some('n8n/a') })
    const { grantId } = await waitingGrant(core)
    core.platform.advance(1000)
    await core.ui.grants.approve({ grantId })
    const { clientId } = await asked
    expect(await core.core.proveClient(publicKey, program)).toMatchObject({ clientId })
    expect(await core.core.proveClient(publicKey, null)).toBeNull()
    expect(
      await core.core.proveClient(publicKey, { ...program, look: async () => ({ ...(await look()), hash: 'another' }) }),
    ).toMatchObject({ clientId })
    expect((await core.ui.grants.list({ state: 'ended' })).grants).toMatchObject([{ grantId, endedBecause: 'program_changed' }])
  })

  test('a program whose calls were refused three times asks no more for a while, and leaves room for the questions of others', async () => {
    const { core } = world
    const { api } = await pairProgram(core, { verbs: ['write'], connections: some('n8n/a'), asksEachTime: true })
    const ask = () => api.connections.update({ connectionId: 'n8n/a', notes: 'x' })
    const waiting = async (least: number) =>
      eventually(async () => {
        const { calls } = await core.ui.grants.calls({})
        return calls.length >= least ? calls : null
      })
    const both = [ask(), ask()]
    for (const each of both) each.catch(() => undefined)
    await waiting(2)
    await expect(ask()).rejects.toMatchObject({ code: 'automation.busy' })
    for (const { callId } of await waiting(2)) await core.ui.grants.answerCall({ callId, isAllowed: false })
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'automation.call_refused' })
    const third = ask()
    third.catch(() => undefined)
    for (const { callId } of await waiting(1)) await core.ui.grants.answerCall({ callId, isAllowed: false })
    await expect(third).rejects.toMatchObject({ code: 'automation.call_refused' })
    await expect(ask()).rejects.toMatchObject({ code: 'automation.muted' })
    core.platform.advance(601_000)
    const fourth = ask()
    for (const { callId } of await waiting(1)) {
      core.platform.advance(1000)
      await core.ui.grants.answerCall({ callId, isAllowed: true })
    }
    expect((await fourth).notes).toBe('x')
  })

  test('a flood of a stranger leaves few lines, and what was refused before stays to be read', async () => {
    const { core } = world
    const stranger: Caller = { kind: 'unproven', publicKey: newPublicKey(), via: 'socket' }
    for (let call = 0; call < 600; call += 1)
      await core.core.dispatch({ ...stranger, client: `name ${call}` }, 'grants.request', {
        name: 'x',
        purpose: 'y',
        verbs: ['read'],
        connections: some('n8n/a'),
        waitSeconds: 0,
      })
    const { entries } = await core.ui.audit.list({ caller: 'unproven', limit: 500 })
    expect(entries.length).toBeLessThan(200)
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(600)
    await core.ui.grants.revokeAll({})
  })

  test('three refusals silence a program for ten minutes; nobody asks in the name of a program that is known', async () => {
    const { core } = world
    const publicKey = newPublicKey()
    const api = core.as({ kind: 'unproven', publicKey, via: 'socket' })
    const ask = () => api.grants.request({ name: 'x', purpose: 'y', verbs: ['read'], connections: some('n8n/a') })
    for (let round = 0; round < 3; round += 1) {
      const asked = ask()
      await core.ui.grants.deny({ grantId: (await waitingGrant(core)).grantId })
      await asked
    }
    await expect(ask()).rejects.toMatchObject({ code: 'automation.muted' })
    core.platform.advance(601_000)
    const waiting = ask()
    await expect(ask()).rejects.toMatchObject({ code: 'automation.busy' })
    await core.ui.grants.revokeAll({})
    expect((await waiting).state).toBe('denied')
    const paired = await pairProgram(core)
    const impostor = core.as({ kind: 'unproven', publicKey: paired.publicKey, via: 'socket' })
    await expect(impostor.grants.request({ name: 'x', purpose: 'y', verbs: ['secret'], connections: some('n8n/a') })).rejects.toMatchObject(
      { code: 'automation.unproven' },
    )
  })
})
