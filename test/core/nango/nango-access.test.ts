import { afterEach, expect, test } from 'vitest'
import { makeProfilesWorld, type ProfilesWorld } from '../profiles/profiles-world.ts'
import { json } from './local-servers.ts'
import { startScriptedNango, type ScriptedNango } from './scripted-nango.ts'

const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'
const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close()
})

const world = (): ProfilesWorld => {
  const made = makeProfilesWorld()
  opened.push(made)
  return made
}
const nango = async (): Promise<ScriptedNango> => {
  const server = await startScriptedNango(json(200, { connections: [] }))
  opened.push(server)
  return server
}

test('a profile keeps its client until its key, address or certificate changes', async () => {
  const { api, access } = world()
  const { profileId } = await api.create({ name: 'A', kind: 'nango', secretKey: KEY })
  const first = await access.clientFor(profileId)
  await api.update({ profileId, name: 'B' })
  expect(await access.clientFor(profileId)).toBe(first)
  await api.update({ profileId, secretKey: KEY.replace('0', '1') })
  const second = await access.clientFor(profileId)
  expect(second).not.toBe(first)
  await expect(first.health()).rejects.toMatchObject({ code: 'request.cancelled' })
})

test('after a change of address a hundred calls send the old key nowhere', async () => {
  const [home, elsewhere] = [await nango(), await nango()]
  const { api, access } = world()
  const { profileId } = await api.create({ name: 'A', kind: 'nango', nangoHost: home.url, secretKey: KEY })
  await (await access.clientFor(profileId)).listConnections({})
  expect(home.seen[0]?.headers['authorization']).toBe(`Bearer ${KEY}`)
  await api.update({ profileId, nangoHost: elsewhere.url })
  for (let count = 0; count < 100; count++) {
    await expect(access.clientFor(profileId).then((client) => client.listConnections({}))).rejects.toMatchObject({
      code: 'profile.key_required',
    })
  }
  expect(elsewhere.seen).toEqual([])
})

test('once stopped there are no clients', async () => {
  const { api, access } = world()
  const { profileId } = await api.create({ name: 'A', kind: 'nango', secretKey: KEY })
  const client = await access.clientFor(profileId)
  access.stop()
  await expect(access.clientFor(profileId)).rejects.toMatchObject({ code: 'host.stopping' })
  await expect(client.health()).rejects.toMatchObject({ code: 'request.cancelled' })
})
