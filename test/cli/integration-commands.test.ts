import { afterEach, beforeEach, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { temporaryFolder } from '#test/transports/socket-peer'
import { runPatchbay, type Typed } from './terminal-stand-in.ts'

const SECRET = 'PLANTED-client-secret-5512'

let nango: FakeNango
let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  home = temporaryFolder()
  nango = await startFakeNango()
  const platform = createFakePlatform({
    folder: home.path,
    environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey },
  })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted: true })
  await server.start()
})
afterEach(async () => {
  await server.stop()
  await core.stop()
  await nango.stop()
  home.remove()
})

const patchbay = (args: string, typed?: Typed) => runPatchbay(home.path, args.split(' '), typed)

test('an integration is set up with its secret through stdin, and a secret among the arguments is refused', async () => {
  const inArguments = await patchbay(`integrations create slack --client-id cid --client-secret ${SECRET} --json`)
  expect([inArguments.code, inArguments.err.includes(SECRET)]).toEqual([2, false])
  const made = await patchbay('integrations create slack --client-id cid --client-secret - --scopes chat:write,users:read --json', {
    input: `${SECRET}\n`,
  })
  expect([made.code, made.err]).toEqual([0, ''])
  expect(made.json).toMatchObject({ integrationId: 'slack', providerKey: 'slack' })
  const reply = await fetch(`${nango.url}/integrations/slack?include=credentials`, { headers: nango.authorization })
  expect(await reply.json()).toMatchObject({ data: { credentials: { client_secret: SECRET, scopes: 'chat:write,users:read' } } })
})

test('what is missing is named', async () => {
  const { code, err } = await patchbay('integrations create slack --client-id cid --json')
  expect(code).toBe(2)
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'integration.field_required', data: { field: 'clientSecret' } } })
})

test('removing one says how many connections go with it and asks', async () => {
  nango.fillConnections(2)
  const asked = await patchbay('integrations remove n8n')
  expect(asked.code).toBe(2)
  expect(asked.err).toContain('2 connections hang on it and go with it.')
  expect((await patchbay('integrations remove n8n --yes --json')).json).toEqual({ connectionsRemoved: 2 })
  expect((await core.ui.integrations.list({})).integrations.map(({ integrationId }) => integrationId)).not.toContain('n8n')
})
