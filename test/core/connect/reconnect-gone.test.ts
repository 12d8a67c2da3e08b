import { expect, test } from 'vitest'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { eventually, makeCore } from '#test/helpers/make-core'
import { connectGithub, environmentOf, useNangoWorld } from '#test/helpers/nango-world'
import { openFolder } from '#test/helpers/open-folder'

const world = useNangoWorld()

test('a question is over when its connection is removed, and nothing of the sign-in of before is kept', async () => {
  const platform = createFakePlatform({ environment: environmentOf(world.nango), keySealers: [] })
  const core = await makeCore({ platform })
  await connectGithub({ ...world, core })
  const { flowId, authorizationUrl } = await core.cli.connections.reconnect({ connectionId: 'github/work', open: false })
  await world.upstream.approve(authorizationUrl ?? '', { login: 'grace' })
  await eventually(async () => (await core.cli.connect.get({ flowId })).reconnect?.decision != null)
  await core.cli.connections.remove({ connectionId: 'github/work' })
  const flow = await eventually(async () => {
    const now = await core.cli.connect.get({ flowId })
    return now.state === 'failed' && now
  })
  expect(flow).toMatchObject({ state: 'failed', error: { code: 'connection.gone' } })
  await core.stop()
  const { db, close } = await openFolder(platform.dataFolder)
  expect(db.all('SELECT 1 FROM secrets WHERE owner = ?', flowId)).toEqual([])
  close()
  platform.dispose()
})
