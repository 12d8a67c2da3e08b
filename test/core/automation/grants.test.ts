import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Caller } from '#core/caller'
import { FAKE_INTEGRATIONS, startFakeNango } from '#test/helpers/fake-nango'
import { eventually } from '#test/helpers/make-core'
import { useNangoWorld } from '#test/helpers/nango-world'
import { newPublicKey, pairProgram, waitingGrant } from '#test/helpers/paired-program'

describe('what programs may do', () => {
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

  test('a program sees and counts only what its grant reaches, and what is out of reach is answered like what is not there', async () => {
    const { core } = world
    const { api, caller } = await pairProgram(core, { connections: some('n8n/a', 'n8n/b') })
    expect((await api.connections.list({})).connections.map(({ handle }) => handle).toSorted()).toEqual(['n8n/a', 'n8n/b'])
    expect((await api.connections.list({})).total).toBe(2)
    expect((await api.connections.get({ connectionId: 'n8n/a' })).handle).toBe('n8n/a')
    const answers = await Promise.all(
      ['n8n/c', 'n8n/none', 'con_none', 'github'].map((connectionId) => core.core.dispatch(caller, 'connections.get', { connectionId })),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]).toMatchObject({ ok: false, error: DENIED })
    await expect(api.connections.refresh({ connectionId: 'n8n/a' })).rejects.toMatchObject(DENIED)
  })

  test('A31, A33: a program that has proved itself reads the connectors with what Nango has of them; one that has not reads nothing', async () => {
    const { core } = world
    const { api } = await pairProgram(core)
    const { connectors } = await api.catalogue.list({ search: 'n8n' })
    expect(connectors).toContainEqual(
      expect.objectContaining({ connectorId: 'n8n', nango: expect.objectContaining({ enabled: true, providerKey: 'n8n' }) }),
    )
    expect(JSON.stringify(await api.profiles.list({}))).not.toContain(world.nango.secretKey)
    const stranger = core.as({ kind: 'unproven', publicKey: newPublicKey(), via: 'socket' })
    await expect(stranger.catalogue.list({})).rejects.toMatchObject({ code: 'automation.unproven' })
  })

  test('a page goes on from its cursor, in each order, within reach', async () => {
    const { api } = await pairProgram(world.core, { connections: { kind: 'connectors', connectorIds: ['n8n'] } })
    for (const sort of ['status', 'name', 'connector', 'createdAt', 'updatedAt', 'expiresAt', 'lastUsedAt'] as const) {
      for (const descending of [false, true]) {
        const first = await api.connections.list({ sort, descending, limit: 2 })
        const second = await api.connections.list({ sort, descending, limit: 2, cursor: first.nextCursor ?? '' })
        const handles = [...first.connections, ...second.connections].map(({ handle }) => handle)
        expect(handles.toSorted()).toEqual(['n8n/a', 'n8n/b', 'n8n/c'])
        expect(second.nextCursor).toBeNull()
      }
    }
    expect((await api.connections.list({ search: 'n8n/b' })).connections.map(({ handle }) => handle)).toEqual(['n8n/b'])
  })

  test("a connector's name means the default of the program, then everybody's; without one it is an error that names those within reach", async () => {
    const { core } = world
    const { api, caller } = await pairProgram(core, { connections: some('n8n/a', 'n8n/b') })
    const meant = async () => (await api.connections.resolve({ reference: 'n8n' })).handle
    const ambiguous = await core.core.dispatch(caller, 'connections.get', { connectionId: 'n8n' })
    expect(JSON.stringify(ambiguous)).toContain('n8n/b')
    expect(JSON.stringify(ambiguous)).not.toContain('n8n/c')
    expect(ambiguous).toMatchObject({ error: { code: 'connection.ambiguous' } })
    // What is not within its reach is no default of it.
    await core.ui.connections.setDefault({ connectionId: 'n8n/c' })
    await expect(meant()).rejects.toMatchObject({ code: 'connection.ambiguous' })
    await core.ui.connections.setDefault({ connectionId: 'n8n/a' })
    expect(await meant()).toBe('n8n/a')
    const { defaults } = await core.ui.grants.setDefault({ clientId: caller.clientId, connectionId: 'n8n/b' })
    expect(defaults.map(({ handle }) => handle)).toEqual(['n8n/b'])
    expect(await meant()).toBe('n8n/b')
    expect(await api.connections.resolve({ reference: 'n8n' })).toMatchObject({ because: 'client_default' })
    await core.ui.grants.setDefault({ clientId: caller.clientId, connectionId: 'n8n/b', isDefault: false })
    expect(await meant()).toBe('n8n/a')
  })

  test('A117, A118, A121, A122: a program begins a sign-in for a connector of its grant, is told its address and nobody else is, and looks at what came of it', async () => {
    const { core, upstream } = world
    const wish = { verbs: ['read' as const, 'write' as const], connections: { kind: 'connectors' as const, connectorIds: ['github'] } }
    const { api } = await pairProgram(core, wish)
    const other = await pairProgram(core, { connections: wish.connections })
    await expect(api.connect.start({ connectorId: 'n8n' })).rejects.toMatchObject(DENIED)
    const { flowId, connectionId, authorizationUrl } = await api.connect.start({ connectorId: 'github', label: 'Mine', open: false })
    expect(authorizationUrl).toContain('session_token=')
    for (const each of [api, other.api]) expect((await each.connect.get({ flowId })).authorizationUrl).toBeUndefined()
    await upstream.approve(authorizationUrl ?? '')
    await eventually(async () => (await api.connect.get({ flowId })).state === 'connected')
    expect(await api.connections.get({ connectionId })).toMatchObject({ handle: 'github/mine', status: 'connected', profileId: 'env' })
    const removing = api.connections.remove({ connectionId })
    const call = await eventually(async () => (await core.ui.grants.calls({})).calls.find(({ state }) => state === 'waiting'))
    core.platform.advance(1000)
    await core.ui.grants.answerCall({ callId: call.callId, isAllowed: true })
    expect(await removing).toMatchObject({ connectionId })
  })

  test('a grant goes on for its profile when another one is put in use, and a name that nothing has cannot be given', async () => {
    const { core } = world
    const { api, grantId } = await pairProgram(core, { connections: some('n8n/a', 'n8n/b') })
    await expect(core.ui.grants.update({ grantId, connections: some('n8n/a', 'n8n/nope') })).rejects.toMatchObject({
      code: 'request.invalid',
    })
    const { profileId } = await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
    await core.ui.profiles.use({ profileId })
    expect((await api.connections.list({})).connections.map(({ handle }) => handle).toSorted()).toEqual(['n8n/a', 'n8n/b'])
    await expect(api.connections.list({ profileId })).rejects.toMatchObject(DENIED)
    await core.ui.grants.pause({})
    const stranger = core.as({ kind: 'unproven', publicKey: newPublicKey(), via: 'socket' })
    const wish = { name: 'x', purpose: 'y', verbs: ['read' as const], connections: some('n8n/a') }
    await expect(stranger.grants.request(wish)).rejects.toMatchObject({ code: 'automation.paused' })
  })

  test('what is for all of a connector ends when its profile gets another server; a single connection stays', async () => {
    const { core, nango } = world
    const { profileId } = await core.ui.profiles.create({
      name: 'Own',
      kind: 'nango',
      nangoHost: nango.url,
      secretKey: nango.secretKey,
      allowsInsecureHttp: true,
    })
    await core.ui.profiles.use({ profileId })
    await core.cli.sync.run({})
    const wide = await pairProgram(core, { connections: { kind: 'connectors', connectorIds: ['n8n'] } })
    const single = await pairProgram(core, { connections: some('n8n/a') })
    const elsewhere = await startFakeNango({ rateLimitPerMinute: 100_000 })
    onTestFinished(() => elsewhere.stop())
    await core.ui.profiles.update({ profileId, nangoHost: elsewhere.url, secretKey: elsewhere.secretKey })
    await expect(wide.api.connections.list({})).rejects.toMatchObject(DENIED)
    expect((await core.ui.grants.list({ state: 'ended' })).grants[0]).toMatchObject({
      grantId: wide.grantId,
      endedBecause: 'server_changed',
    })
    expect((await single.api.grants.current({})).grants).toMatchObject([{ grantId: single.grantId, state: 'active' }])
  })

  test('a page of the server that offers other connectors too is not within a grant for one', async () => {
    const { api } = await pairProgram(world.core, { verbs: ['write'], connections: { kind: 'connectors', connectorIds: ['github'] } })
    const start = api.connect.start({ connectorId: 'github', page: 'connect_ui', anyOf: ['n8n'], open: false })
    await expect(start).rejects.toMatchObject(DENIED)
  })

  test('a call that is taken back in the middle is told as cancelled, since the service may have done it', async () => {
    const { core, nango } = world
    const { api, grantId } = await pairProgram(core, { verbs: ['request'], connections: some('n8n/a') })
    const held = nango.faults.holdNext(/^\/proxy/, 'POST')
    const calling = api.connections.request({ connectionId: 'n8n/a', method: 'POST', path: '/workflows' })
    calling.catch(() => undefined)
    await held.arrived
    await core.ui.grants.revoke({ grantId })
    held.release()
    await expect(calling).rejects.toMatchObject(DENIED)
    const { entries } = await core.ui.audit.list({ grantId, method: 'connections.request' })
    expect(entries.map(({ outcome, code }) => [outcome, code])).toEqual([['cancelled', 'automation.denied']])
  })

  test('a tag reaches what carries it, and a program may not hang tags on anything', async () => {
    const { api } = await pairProgram(world.core, { verbs: ['read', 'write'], connections: { kind: 'tag', tag: 'team', value: 'blue' } })
    expect((await api.connections.list({})).connections.map(({ handle }) => handle)).toEqual(['n8n/c'])
    await expect(api.connections.update({ connectionId: 'n8n/c', tags: { team: 'red' } })).rejects.toMatchObject(DENIED)
    expect((await api.connections.update({ connectionId: 'n8n/c', label: 'Ours' })).label).toBe('Ours')
  })

  test('the person says yes to less: fewer verbs, fewer connections, a shorter term', async () => {
    const { core } = world
    const { api, grantId } = await pairProgram(
      core,
      { verbs: ['read', 'write', 'secret'], connections: { kind: 'connectors', connectorIds: ['n8n'] } },
      { verbs: ['read'], connections: some('n8n/a'), term: 'session' },
    )
    const { grants } = await api.grants.current({})
    expect(grants).toMatchObject([{ grantId, verbs: ['read'], term: 'session', state: 'active', connections: { kind: 'some' } }])
    await expect(api.connections.getCredentials({ connectionId: 'n8n/a' })).rejects.toMatchObject(DENIED)
    await expect(api.connections.get({ connectionId: 'n8n/b' })).rejects.toMatchObject(DENIED)
  })

  test('a yes to more than was asked, or before it could be read, is refused', async () => {
    const { core } = world
    const asker: Caller = { kind: 'unproven', publicKey: newPublicKey(), via: 'socket' }
    const asked = core.as(asker).grants.request({ name: 'x', purpose: 'y', verbs: ['read'], connections: some('n8n/a'), waitSeconds: 5 })
    const { grantId, covered } = await waitingGrant(core)
    expect(covered.map(({ handle }) => handle)).toEqual(['n8n/a'])
    await expect(core.ui.grants.approve({ grantId })).rejects.toMatchObject({ code: 'grant.too_early' })
    core.platform.advance(1000)
    await expect(core.ui.grants.approve({ grantId, verbs: ['read', 'secret'] })).rejects.toMatchObject({ code: 'grant.too_wide' })
    await expect(core.ui.grants.approve({ grantId, connections: some('n8n/b') })).rejects.toMatchObject({ code: 'grant.too_wide' })
    await expect(core.ui.grants.approve({ grantId, connections: { kind: 'all' } })).rejects.toMatchObject({ code: 'grant.too_wide' })
    await core.ui.grants.deny({ grantId })
    expect(await asked).toMatchObject({ state: 'denied', endedBecause: 'refused', grantId })
    await expect(core.ui.grants.approve({ grantId })).rejects.toMatchObject({ code: 'grant.not_waiting' })
  })

  test('a grant that is taken back refuses at once, is given back within half a minute, and not after', async () => {
    const { core } = world
    const { api, grantId } = await pairProgram(core)
    await core.ui.grants.revoke({ grantId })
    await expect(api.connections.list({})).rejects.toMatchObject(DENIED)
    await core.ui.grants.restore({ grantId })
    expect((await api.connections.list({})).total).toBe(3)
    await core.ui.grants.revoke({ grantId })
    core.platform.advance(31_000)
    await expect(core.ui.grants.restore({ grantId })).rejects.toMatchObject({ code: 'grant.not_restorable' })
    await core.ui.grants.forget({ grantId })
    await expect(core.ui.grants.revoke({ grantId })).rejects.toMatchObject({ code: 'grant.not_found' })
  })

  test('all programs are paused, and all grants taken back, with one word', async () => {
    const { core } = world
    const one = await pairProgram(core)
    const other = await pairProgram(core, { connections: some('n8n/a') })
    await core.ui.grants.pause({})
    await expect(one.api.connections.list({})).rejects.toMatchObject({ code: 'automation.paused' })
    expect((await other.api.grants.current({})).isPaused).toBe(true)
    await core.ui.grants.resume({})
    expect((await one.api.connections.list({})).total).toBe(3)
    expect(await core.ui.grants.revokeAll({})).toEqual({ takenBack: 2, denied: 0 })
    for (const { api } of [one, other]) await expect(api.connections.list({})).rejects.toMatchObject(DENIED)
  })

  test('calls a minute and a day are counted, and the rules of a grant name the calls that it allows', async () => {
    const { api } = await pairProgram(world.core, {
      verbs: ['request'],
      connections: some('n8n/a'),
      limits: { callsPerMinute: 2, callsPerDay: 3, rules: [{ methods: ['GET'], path: '/workflows/*' }] },
    })
    const get = (path: string) => api.connections.request({ connectionId: 'n8n/a', path })
    await expect(get('/credentials')).rejects.toMatchObject(DENIED)
    await expect(get('/workflows/1/runs')).rejects.toMatchObject(DENIED)
    await expect(api.connections.request({ connectionId: 'n8n/a', method: 'POST', path: '/workflows/1' })).rejects.toMatchObject(DENIED)
    const status = async (path: string): Promise<number> => (await get(path)).status
    expect([await status('/workflows/1'), await status('/workflows/2')].every((each) => each >= 200)).toBe(true)
    await expect(get('/workflows/3')).rejects.toMatchObject({ code: 'automation.rate_limited' })
    world.core.platform.advance(61_000)
    await status('/workflows/3')
    world.core.platform.advance(61_000)
    await expect(get('/workflows/4')).rejects.toMatchObject({ code: 'automation.rate_limited' })
  })

  test('what cannot be undone waits for the yes of the person, each time', async () => {
    const { core } = world
    const { api } = await pairProgram(core, { verbs: ['write'], connections: some('n8n/a') })
    const removing = api.connections.remove({ connectionId: 'n8n/a' })
    removing.catch(() => undefined)
    const call = async () => {
      for (;;) {
        const [first] = (await core.ui.grants.calls({})).calls
        if (first !== undefined) return first
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    const { callId, ...rest } = await call()
    expect(rest).toMatchObject({ state: 'waiting', method: 'connections.remove', handle: 'n8n/a', clientName: 'a-script' })
    await expect(core.ui.grants.answerCall({ callId, isAllowed: true })).rejects.toMatchObject({ code: 'grant.too_early' })
    await core.ui.grants.answerCall({ callId, isAllowed: false })
    await expect(removing).rejects.toMatchObject({ code: 'automation.call_refused' })
    expect((await core.ui.connections.get({ connectionId: 'n8n/a' })).handle).toBe('n8n/a')
    const again = api.connections.remove({ connectionId: 'n8n/a' })
    const waiting = await call()
    core.platform.advance(1000)
    await core.ui.grants.answerCall({ callId: waiting.callId, isAllowed: true })
    const { connectionId } = waiting
    await again
    await expect(core.ui.connections.get({ connectionId: 'n8n/a' })).rejects.toMatchObject({ code: 'connection.not_found' })
    // Who did what to it is told after it is gone.
    const { entries } = await core.ui.audit.list({ connectionId: connectionId ?? '' })
    expect(entries.map(({ method, outcome, handle }) => [method, outcome, handle])).toContainEqual(['connections.remove', 'done', 'n8n/a'])
    expect(entries.map(({ outcome }) => outcome)).toContain('denied')
  })

  test('locking Patchbay, or the screen with it, ends sessions and silences the rest; twelve hours and standing grants are there again after it', async () => {
    const { core } = world
    const session = await pairProgram(core, { term: 'session' })
    const standing = await pairProgram(core)
    await core.ui.grants.update({ grantId: standing.grantId, term: 'standing' })
    await core.ui.vault.lock({})
    for (const { api } of [session, standing]) await expect(api.connections.list({})).rejects.toMatchObject({ code: 'vault.locked' })
    expect((await core.ui.vault.unlock({})).state).toBe('open')
    await expect(session.api.connections.list({})).rejects.toMatchObject(DENIED)
    expect((await standing.api.connections.list({})).total).toBe(3)
    core.platform.lockScreen()
    await expect(standing.api.connections.list({})).rejects.toMatchObject({ code: 'vault.locked' })
    await core.ui.vault.unlock({})
    await core.ui.settings.update({ locksWithScreen: false })
    core.platform.lockScreen()
    expect((await standing.api.connections.list({})).total).toBe(3)
  })
})
