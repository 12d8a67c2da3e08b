import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PickRequest } from '#shared/contract/connection-picks'
import type { Api } from '#shared/contract/contract'
import { FAKE_INTEGRATIONS } from '#test/helpers/fake-nango'
import { useNangoWorld } from '#test/helpers/nango-world'
import { pairProgram } from '#test/helpers/paired-program'

describe('a program that asks for a connection', () => {
  const world = useNangoWorld()
  beforeEach(async () => {
    world.nango.seedConnections(
      ['a', 'b', 'c'].map((connectionId) => ({
        connectionId,
        integrationKey: FAKE_INTEGRATIONS.apiKey,
        credentials: { type: 'API_KEY', apiKey: 'k-0123456789' },
        tags: { end_user_display_name: connectionId },
      })),
    )
    await world.core.cli.sync.run({})
    world.core.platform.hasWindow = true
  })

  const idOf = async (reference: string): Promise<string> => (await world.core.ui.connections.get({ connectionId: reference })).connectionId
  const open = async (): Promise<PickRequest[]> => (await world.core.ui.connections.picks({})).picks
  /** A request, and the promise of its answer; that it fails is looked at later. */
  const ask = async (params: Parameters<Api['connections']['pick']>[0], api = world.core.cli) => {
    const answered = api.connections.pick(params)
    answered.catch(() => undefined)
    const request = (await open()).at(-1)
    if (request === undefined) throw new Error('nothing waits')
    return {
      answered,
      request,
      answer: (connectionId: string | null) => world.core.ui.connections.answerPick({ pickId: request.pickId, connectionId }),
    }
  }

  test('A69: gets the one that the person chooses among the accounts of its connector, told who asks and why', async () => {
    const { core } = world
    await core.cli.connections.setDefault({ connectionId: 'n8n/b' })
    const deploy = core.as({ kind: 'cli', isTrusted: false, terminal: null, client: 'deploy\u202e' })
    const { request, answered, answer } = await ask({ connectorId: 'N8N', reason: 'To deploy\nthe site' }, deploy)
    expect(request).toMatchObject({ asker: { kind: 'cli', client: 'deploy' }, connectorIds: ['n8n'], reason: 'To deploy the site' })
    expect(Date.parse(request.expiresAt) - Date.parse(request.askedAt)).toBe(120_000)
    const { pickId } = request
    const offer = await core.ui.connections.pickAccounts({ pickId })
    expect(offer.accounts.map(({ handle, isDefault }) => [handle, isDefault])).toEqual([
      ['n8n/b', true],
      ['n8n/a', false],
      ['n8n/c', false],
    ])
    expect([offer.total, offer.preselected]).toEqual([3, await idOf('n8n/b')])
    await answer('n8n/c')
    expect(await answered).toEqual({ connectionId: await idOf('n8n/c'), handle: 'n8n/c', connectorId: 'n8n' })
    const told = core.changes.flatMap((change) => (change.type === 'picks.changed' ? [change.data] : []))
    expect(told).toEqual([
      { pickId, isOpen: true },
      { pickId, isOpen: false },
    ])
    expect(await open()).toEqual([])
    await expect(answer('n8n/a')).rejects.toMatchObject({ code: 'connection.pick_ended' })
  })

  test('hears by a code of its own that the person declines, that nobody answers, and that another profile is in use', async () => {
    const { core } = world
    const declined = await ask({})
    await declined.answer(null)
    await expect(declined.answered).rejects.toMatchObject({ code: 'request.cancelled' })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const late = await ask({ timeoutSeconds: 600 })
    vi.advanceTimersByTime(599_000)
    expect(await open()).toHaveLength(1)
    vi.advanceTimersByTime(1_000)
    await expect(late.answered).rejects.toMatchObject({ code: 'connection.pick_unanswered' })
    vi.useRealTimers()
    const left = await ask({})
    await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox', use: true })
    await expect(left.answered).rejects.toMatchObject({ code: 'request.cancelled', message: 'Another profile is in use now.' })
    expect(await open()).toEqual([])
  })

  test('that goes away takes its request with it, and only its own', async () => {
    const hangUps: (() => void)[] = []
    const api = world.core.as({
      kind: 'cli',
      isTrusted: true,
      terminal: null,
      onGone: (listener) => {
        hangUps.push(listener)
        return () => {}
      },
    })
    const gone = await ask({}, api)
    const other = await ask({}, (await pairProgram(world.core)).api)
    hangUps[0]?.()
    await expect(gone.answered).rejects.toMatchObject({ code: 'request.cancelled' })
    const last = await ask({})
    expect((await open()).map(({ pickId }) => pickId)).toEqual([other.request.pickId, last.request.pickId])
    await world.core.core.stop()
    await expect(last.answered).rejects.toMatchObject({ code: 'host.stopping' })
    // Its grant may be closed first.
    await expect(other.answered).rejects.toMatchObject({ code: expect.stringMatching(/^(?:host\.stopping|vault\.locked)$/) })
  })

  test.each([
    ['its grant is taken back', 'automation.denied', (grantId: string) => world.core.ui.grants.revoke({ grantId })],
    ['it is given less', 'automation.denied', (grantId: string) => world.core.ui.grants.update({ grantId, asksEachTime: true })],
    ['all programs are paused', 'automation.paused', () => world.core.ui.grants.pause({})],
    ['Patchbay is locked', 'vault.locked', () => world.core.ui.vault.lock({})],
  ])('ends when %s, and the person is told of it', async (_name, code, happen) => {
    const { api, grantId } = await pairProgram(world.core)
    const { answered, request } = await ask({}, api)
    await happen(grantId)
    await expect(answered).rejects.toMatchObject({ code })
    expect(world.core.changes).toContainEqual(
      expect.objectContaining({ type: 'picks.changed', data: { pickId: request.pickId, isOpen: false } }),
    )
  })

  test('is told at once that there is nothing to choose, no such connector, nobody to ask, or too much asked already', async () => {
    const { core } = world
    await expect(core.cli.connections.pick({ connectorIds: ['slack', 'linear'] })).rejects.toMatchObject({
      code: 'connection.nothing_to_pick',
      message: 'There is no connection of slack, linear to choose from.',
    })
    await expect(core.cli.connections.pick({ connectorId: 'slack' })).rejects.toMatchObject({
      data: { next: 'Connect an account first: `patchbay connect slack`.' },
    })
    await expect(core.cli.connections.pick({ connectorIds: ['slack', 'GitHbu'] })).rejects.toMatchObject({
      code: 'connector.not_found',
      data: { connectorId: 'githbu' },
    })
    core.platform.hasWindow = false
    await expect(core.cli.connections.pick({})).rejects.toMatchObject({ code: 'connection.pick_no_window', data: { connectorIds: [] } })
    core.platform.hasWindow = true
    const first = await ask({})
    await ask({})
    await ask({})
    await expect(core.cli.connections.pick({})).rejects.toMatchObject({ code: 'connection.pick_busy' })
    await ask({}, core.as({ kind: 'cli', isTrusted: true, terminal: 'another' }))
    await first.answer(null)
    await ask({})
    expect(await open()).toHaveLength(4)
  })

  test('gets no account of another connector or profile, none that is still being made, and none that is gone', async () => {
    const { core } = world
    const { flowId, connectionId: pending } = await core.cli.connect.start({ connectorId: 'github', label: 'New', open: false })
    await expect(core.cli.connections.pick({ connectorId: 'github' })).rejects.toMatchObject({ code: 'connection.nothing_to_pick' })
    const { request, answered, answer } = await ask({})
    await expect(answer(pending)).rejects.toMatchObject({ code: 'connection.not_offered' })
    await expect(answer('n8n/none')).rejects.toMatchObject({ code: 'connection.not_found' })
    await core.cli.connect.cancel({ flowId })
    const found = await core.ui.connections.pickAccounts({ pickId: request.pickId, search: 'n8n/b' })
    expect(found.accounts.map(({ handle }) => handle)).toEqual(['n8n/b'])
    const removed = await idOf('n8n/a')
    await core.cli.connections.remove({ connectionId: removed })
    await expect(answer(removed)).rejects.toMatchObject({ code: 'connection.not_found' })
    expect((await core.ui.connections.pickAccounts({ pickId: request.pickId })).total).toBe(2)
    await answer('n8n/b')
    expect((await answered).handle).toBe('n8n/b')
    const api = core.as({ kind: 'automation', clientId: 'c1', via: 'socket' })
    await expect(api.connections.picks({})).rejects.toMatchObject({ code: 'automation.denied' })
    await expect(api.connections.answerPick({ pickId: request.pickId, connectionId: null })).rejects.toMatchObject({
      code: 'automation.denied',
    })
  })
})
