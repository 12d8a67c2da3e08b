import { beforeEach, describe, expect, test } from 'vitest'
import { useNangoWorld } from '#test/helpers/nango-world'

describe('changing connections', () => {
  const world = useNangoWorld()
  beforeEach(async () => {
    world.nango.seedConnections(
      ['a', 'b', 'c'].map((connectionId) => ({
        connectionId,
        integrationKey: 'n8n',
        credentials: { type: 'API_KEY', apiKey: 'k-0123456789' },
        tags: { end_user_display_name: connectionId, team: 'ops' },
      })),
    )
    await world.core.cli.sync.run({})
  })
  const get = (connectionId: string) => world.core.ui.connections.get({ connectionId })
  const gone = async (reference: string): Promise<void> => {
    const { nangoConnectionId } = await get(reference)
    await fetch(`${world.nango.url}/connections/${nangoConnectionId}?provider_config_key=n8n`, {
      method: 'DELETE',
      headers: world.nango.authorization,
    })
  }

  test('tags are replaced at Nango and here, and a look at the list finds nothing new', async () => {
    const { cli } = world.core
    expect((await cli.connections.update({ connectionId: 'n8n/a', tags: { Plan: 'Pro' }, notes: 'mine' })).tags).toEqual({ plan: 'Pro' })
    expect((await get('n8n/a')).notes).toBe('mine')
    expect(await cli.sync.run({})).toMatchObject({ updated: 0 })
    expect(await cli.connections.list({ search: 'Pro' })).toMatchObject({ total: 1 })
    const calls = world.nango.requests.length
    await expect(cli.connections.update({ connectionId: 'n8n/a', tags: { '?': 'x' } })).rejects.toMatchObject({
      code: 'connection.invalid_tags',
    })
    expect(world.nango.requests).toHaveLength(calls)
  })

  test('removed twice at once it is told once', async () => {
    const { connectionId } = await get('n8n/a')
    const reports = await Promise.all([1, 2].map(() => world.core.cli.connections.remove({ connectionId })))
    expect(reports.map(({ local }) => local)).toEqual(['forgotten', 'forgotten'])
    expect(world.core.events.filter(({ type }) => type === 'connection.removed')).toHaveLength(1)
  })

  test('what Nango does not take is not kept here', async () => {
    await gone('n8n/b')
    const { cli } = world.core
    await expect(cli.connections.update({ connectionId: 'n8n/b', tags: {} })).rejects.toMatchObject({ code: 'nango.not_found' })
    expect((await get('n8n/b')).tags).toMatchObject({ team: 'ops' })
    await expect(cli.connections.getMetadata({ connectionId: 'n8n/b' })).rejects.toMatchObject({ code: 'nango.not_found' })
    await expect(cli.connections.setMetadata({ connectionId: 'n8n/b', mode: 'merge', metadata: { a: 1 } })).rejects.toMatchObject({
      code: 'nango.not_found',
    })
  })

  test('metadata is replaced or merged, key by key, and is read without a look at the connection itself', async () => {
    const { cli } = world.core
    const set = (mode: 'replace' | 'merge', metadata: Record<string, unknown>) =>
      cli.connections.setMetadata({ connectionId: 'n8n/a', mode, metadata })
    expect((await set('replace', { a: 1, deep: { b: 2 } })).metadata).toEqual({ a: 1, deep: { b: 2 } })
    expect((await set('merge', { deep: { c: 3 }, d: [4] })).metadata).toEqual({ a: 1, deep: { c: 3 }, d: [4] })
    expect((await cli.connections.getMetadata({ connectionId: 'n8n/a' })).metadata).toEqual({ a: 1, deep: { c: 3 }, d: [4] })
    expect((await set('replace', {})).metadata).toEqual({})
    expect(world.nango.requests.filter(({ method, path }) => method === 'GET' && /^\/connections\/./.test(path))).toEqual([])
  })

  test('metadata that is too large, or would be once merged, is not sent', async () => {
    const { cli } = world.core
    const half = { text: 'x'.repeat(40_000) }
    await cli.connections.setMetadata({ connectionId: 'n8n/a', mode: 'replace', metadata: half })
    const other = { other: half.text }
    const tooDeep = Array.from({ length: 40 }).reduce<Record<string, unknown>>((inner) => ({ inner }), {})
    for (const change of [
      { mode: 'merge', metadata: other },
      { mode: 'replace', metadata: { ...half, ...other } },
      { mode: 'replace', metadata: tooDeep },
    ] as const)
      await expect(cli.connections.setMetadata({ connectionId: 'n8n/a', ...change })).rejects.toMatchObject({
        code: 'connection.metadata_too_large',
      })
    expect((await cli.connections.getMetadata({ connectionId: 'n8n/a' })).metadata).toEqual(half)
  })

  test('a name of several accounts means the one that was made the default, until it goes', async () => {
    const { cli } = world.core
    await expect(get('n8n')).rejects.toMatchObject({ code: 'connection.ambiguous' })
    expect(await cli.connections.setDefault({ connectionId: 'n8n/a' })).toMatchObject({ handle: 'n8n/a', isDefault: true })
    await cli.connections.setDefault({ connectionId: 'n8n/b' })
    expect((await get('n8n')).handle).toBe('n8n/b')
    expect(await cli.connections.defaults({})).toMatchObject({ defaults: [{ connectorId: 'n8n', handle: 'n8n/b' }] })
    await cli.connections.remove({ connectionId: 'n8n/b' })
    expect(await cli.connections.defaults({})).toEqual({ defaults: [] })
    await expect(get('n8n')).rejects.toMatchObject({ code: 'connection.ambiguous' })
    await cli.connections.setDefault({ connectionId: 'n8n/a' })
    await cli.connections.setDefault({ connectionId: 'n8n/a', isDefault: false })
    await expect(get('n8n')).rejects.toMatchObject({ code: 'connection.ambiguous' })
  })

  test('an account takes the place of another: handle, label, notes and default, and the old one stays', async () => {
    const { cli } = world.core
    await cli.connections.update({ connectionId: 'n8n/a', label: 'Work', notes: 'of a' })
    await cli.connections.update({ connectionId: 'n8n/b', notes: 'of b' })
    await cli.connections.setDefault({ connectionId: 'n8n/a' })
    const [a, b] = await Promise.all([get('n8n/a'), get('n8n/b')])
    expect(await cli.connections.replace({ connectionId: 'n8n/a', byConnectionId: 'n8n/b' })).toMatchObject({
      connectionId: b.connectionId,
      handle: 'n8n/a',
      moved: ['handle', 'label', 'notes', 'default'],
      oldHandle: 'n8n/b',
      old: 'kept',
    })
    expect(await get('n8n')).toMatchObject({ connectionId: b.connectionId, handle: 'n8n/a', label: 'Work', notes: 'of a\n\nof b' })
    expect(await get('n8n/b')).toMatchObject({ connectionId: a.connectionId, label: 'b', notes: null })
    await cli.sync.run({})
    expect((await get('n8n/a')).connectionId).toBe(b.connectionId)
    expect(await cli.connections.list({ search: 'n8n/a' })).toMatchObject({ connections: [{ connectionId: b.connectionId }] })
  })

  test('the old one goes where asked; where that fails the names have moved and the report says so', async () => {
    const { cli } = world.core
    expect(await cli.connections.replace({ connectionId: 'n8n/a', byConnectionId: 'n8n/b', old: 'remove' })).toMatchObject({
      old: 'removed',
      removal: { nango: 'deleted' },
    })
    expect((await cli.connections.list({})).connections.map(({ handle }) => handle).toSorted()).toEqual(['n8n/a', 'n8n/c'])
    world.nango.faults.answerNext({ method: 'DELETE', status: 400, body: { error: { code: 'invalid_body', message: 'no' } } })
    expect(await cli.connections.replace({ connectionId: 'n8n/a', byConnectionId: 'n8n/c', old: 'remove' })).toMatchObject({
      handle: 'n8n/a',
      old: 'failed',
      error: { code: 'nango.rejected' },
    })
    expect((await cli.connections.list({})).total).toBe(2)
    await expect(cli.connections.replace({ connectionId: 'n8n/a', byConnectionId: 'n8n/a' })).rejects.toMatchObject({
      code: 'connection.cannot_replace',
    })
  })
})
