import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore } from '#test/helpers/make-core'
import { connectGithub, useNangoWorld } from '#test/helpers/nango-world'
import { openFolder } from '#test/helpers/open-folder'

const world = useNangoWorld()

/** A core that another account came back to, at a profile of its own; it can be stopped, and its folder be looked into. */
const asking = async () => {
  const platform = createFakePlatform({ keySealers: [] })
  const core = await makeCore({ platform })
  const { url: nangoHost, secretKey } = world.nango
  const { profileId } = await core.ui.profiles.create({ name: 'Stored', kind: 'nango', nangoHost, secretKey, use: true })
  await connectGithub({ ...world, core })
  const { flowId, authorizationUrl } = await core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
  await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
  await eventually(async () => (await core.cli.connect.get({ flowId })).reconnect?.decision != null)
  const sealedAtEnd = async (): Promise<unknown[]> => {
    await core.stop()
    const { db, close } = await openFolder(platform.dataFolder)
    const rows = db.all('SELECT kind FROM secrets WHERE owner = ?', flowId)
    close()
    platform.dispose()
    return rows
  }
  return { core, platform, profileId, flowId, sealedAtEnd }
}

test('a question is over when its connection is removed, and nothing of the sign-in of before is kept', async () => {
  const { core, platform, flowId, sealedAtEnd } = await asking()
  // What is chosen cannot be lost unnoticed once Nango is told of it, done or not.
  const mark = (): string => readFileSync(join(platform.dataFolder, 'hwm'), 'utf8')
  const before = mark()
  world.nango.faults.answerNext({ path: '/connections', method: 'POST', status: 500, body: { error: { code: 'server_error' } } })
  await expect(core.ui.connect.decide({ flowId, decision: 'keep' })).rejects.toMatchObject({ code: 'nango.server_error' })
  expect(mark()).not.toBe(before)
  await core.cli.connections.remove({ connectionId: 'github/work' })
  const flow = await eventually(async () => {
    const now = await core.cli.connect.get({ flowId })
    return now.state === 'failed' && now
  })
  expect(flow).toMatchObject({ state: 'failed', error: { code: 'connection.gone' } })
  expect(await sealedAtEnd()).toEqual([])
})

test('nothing of it is kept when its profile is removed, however long it was asked', async () => {
  const { core, platform, profileId, sealedAtEnd } = await asking()
  platform.advance(2 * 86_400_000)
  await core.ui.profiles.remove({ profileId })
  expect(await sealedAtEnd()).toEqual([])
})
