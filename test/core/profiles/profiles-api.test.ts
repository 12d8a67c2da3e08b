import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { makeProfilesWorld, type ProfilesWorld } from './profiles-world.ts'

const KEY = '09da2fbc-6c03-4cfb-b527-e45ef658862b'
const OTHER_KEY = '00832ce7-4e7f-4f82-bf7c-cfda1737a1e6'

const opened: ProfilesWorld[] = []
afterEach(() => {
  for (const world of opened.splice(0)) world.close()
})
const world = (environment: Readonly<Record<string, string>> = {}): ProfilesWorld => {
  const made = makeProfilesWorld(environment)
  opened.push(made)
  return made
}

const cloud = { name: 'Cloud', kind: 'nango', secretKey: KEY } as const

describe('creating a profile', () => {
  test('takes the key in and never gives it out', async () => {
    const { api } = world()
    const profile = await api.create(cloud)
    expect(profile).toMatchObject({
      name: 'Cloud',
      nangoHost: 'https://api.nango.dev',
      hasSecretKey: true,
      keyEnding: '862b',
      isActive: true,
      isReadOnly: false,
      status: 'unknown',
    })
    expect(JSON.stringify(await api.list({}))).not.toContain(KEY)
  })

  test('without a key leaves it to be entered', async () => {
    const { api } = world()
    const profile = await api.create({ name: 'Later', kind: 'nango', nangoHost: 'https://nango.example.com/x/' })
    expect(profile).toMatchObject({
      nangoHost: 'https://nango.example.com/x',
      hasSecretKey: false,
      status: 'attention',
      statusReason: 'profile.key_required',
    })
  })

  test('refuses what is wrong and stores nothing', async () => {
    const { api } = world()
    const wrong = [
      [{ ...cloud, secretKey: 'pk_0123456789' }, 'nango.public_key'],
      [{ ...cloud, secretKey: 'two words' }, 'profile.invalid_key'],
      [{ ...cloud, nangoHost: 'nango.example.com' }, 'profile.invalid_address'],
      [{ ...cloud, nangoHost: 'http://nango.example.com' }, 'profile.insecure_address'],
      [{ ...cloud, certificatePem: '-----BEGIN CERTIFICATE-----\nnope\n-----END CERTIFICATE-----' }, 'profile.invalid_certificate'],
      [{ name: 'S', kind: 'sandbox', secretKey: KEY }, 'request.invalid'],
    ] as const
    for (const [params, code] of wrong) await expect(api.create(params)).rejects.toMatchObject({ code })
    expect((await api.list({})).profiles).toEqual([])
  })

  test('takes http beyond this computer once the risk is accepted, and a private certificate', async () => {
    const { api } = world()
    const profile = await api.create({
      ...cloud,
      nangoHost: 'http://10.0.0.5:3003',
      allowsInsecureHttp: true,
      certificatePem: rootCertificates.slice(0, 2).join('\n'),
    })
    expect(profile).toMatchObject({ nangoHost: 'http://10.0.0.5:3003', allowsInsecureHttp: true, hasPrivateCertificate: true })
    await expect(api.update({ profileId: profile.profileId, allowsInsecureHttp: false })).rejects.toMatchObject({
      code: 'profile.insecure_address',
    })
  })

  test('can leave the one in use in use', async () => {
    const { api, registry } = world()
    const first = await api.create(cloud)
    await api.create({ ...cloud, name: 'Second', use: false })
    expect(registry.activeProfileId()).toBe(first.profileId)
  })
})

describe('a key', () => {
  test('is bound to its address: another one needs it again, the old one still has it', async () => {
    const { api, registry } = world()
    const { profileId } = await api.create(cloud)
    const moved = await api.update({ profileId, nangoHost: 'https://evil.example' })
    expect(moved).toMatchObject({ hasSecretKey: false, keyEnding: null, status: 'attention', statusReason: 'profile.key_required' })
    expect(() => registry.access(profileId)).toThrow(expect.objectContaining({ code: 'profile.key_required' }))
    await api.update({ profileId, nangoHost: 'https://api.nango.dev' })
    expect(registry.access(profileId)).toMatchObject({ kind: 'nango', host: 'https://api.nango.dev' })
  })

  test('holds for another path, but not for another scheme or port', async () => {
    const { api } = world()
    const { profileId } = await api.create({ ...cloud, nangoHost: 'http://localhost:3003' })
    expect(await api.update({ profileId, nangoHost: 'http://localhost:3003/nango' })).toMatchObject({ hasSecretKey: true })
    expect(await api.update({ profileId, nangoHost: 'https://localhost:3003' })).toMatchObject({ hasSecretKey: false })
    expect(await api.update({ profileId, nangoHost: 'http://localhost:3004' })).toMatchObject({ hasSecretKey: false })
  })

  test('given with the new address is the new one', async () => {
    const { api, registry } = world()
    const { profileId } = await api.create(cloud)
    const moved = await api.update({ profileId, nangoHost: 'https://own.example', secretKey: OTHER_KEY })
    expect(moved).toMatchObject({ hasSecretKey: true, keyEnding: 'a1e6', statusReason: null })
    const access = registry.access(profileId)
    expect(access.kind === 'nango' && access.secretKey.reveal()).toBe(OTHER_KEY)
  })

  test('does not follow an address that was rewritten in the database', async () => {
    const { api, registry, database } = world()
    const { profileId } = await api.create(cloud)
    database.db.run("UPDATE profiles SET nango_host = 'https://evil.example'")
    expect(() => registry.access(profileId)).toThrow(expect.objectContaining({ code: 'profile.key_required' }))
    database.db.run("UPDATE secrets SET binding = 'https://evil.example'")
    expect(() => registry.access(profileId)).toThrow(expect.objectContaining({ code: 'vault.unsealable' }))
  })
})

describe('changing profiles', () => {
  test('renames without losing anything, and tells windows', async () => {
    const { api, changed } = world()
    const { profileId } = await api.create(cloud)
    changed.length = 0
    expect(await api.update({ profileId, name: 'Work' })).toMatchObject({
      name: 'Work',
      hasSecretKey: true,
      keyEnding: '862b',
      isActive: true,
    })
    expect(changed).toEqual([profileId])
  })

  test('takes a certificate away', async () => {
    const { api } = world()
    const { profileId } = await api.create({ ...cloud, certificatePem: rootCertificates[0] })
    expect(await api.update({ profileId, certificatePem: null })).toMatchObject({ hasPrivateCertificate: false })
  })

  test('has one in use at a time and tells windows about both', async () => {
    const { api, changed } = world()
    const first = await api.create(cloud)
    const second = await api.create({ ...cloud, name: 'Second' })
    changed.length = 0
    expect(await api.use({ profileId: first.profileId })).toMatchObject({ isActive: true })
    expect((await api.list({})).profiles.filter((profile) => profile.isActive)).toHaveLength(1)
    expect(changed).toEqual([first.profileId, second.profileId])
  })

  test('forgets one with its key, and what others keep of it', async () => {
    const { api, forgotten, database, registry } = world()
    const { profileId } = await api.create(cloud)
    await api.remove({ profileId })
    expect(forgotten).toEqual([profileId])
    expect(database.db.all('SELECT 1 FROM secrets')).toEqual([])
    expect(registry.activeProfileId()).toBeNull()
    for (const call of [api.remove({ profileId }), api.use({ profileId }), api.update({ profileId }), api.test({ profileId })]) {
      await expect(call).rejects.toMatchObject({ code: 'profile.not_found' })
    }
  })

  test('notes how a profile fares once, not at every call', async () => {
    const { api, registry, changed } = world()
    const { profileId } = await api.create(cloud)
    changed.length = 0
    registry.setStatus(profileId, 'error', 'nango.timeout')
    registry.setStatus(profileId, 'error', 'nango.timeout')
    expect((await api.list({})).profiles[0]).toMatchObject({ status: 'error', statusReason: 'nango.timeout' })
    expect(changed).toEqual([profileId])
  })
})

describe('the profile of the environment', () => {
  const environment = { NANGO_SECRET_KEY: KEY, NANGO_HOST: 'http://127.0.0.1:3003' }

  test('is the one in use, read only, and in no table', async () => {
    const { api, database, registry } = world(environment)
    const { profiles } = await api.list({})
    expect(profiles).toHaveLength(1)
    expect(profiles[0]).toMatchObject({ profileId: 'env', isActive: true, isReadOnly: true, hasSecretKey: true, keyEnding: '862b' })
    expect(registry.activeProfileId()).toBe('env')
    expect([...database.db.all('SELECT 1 FROM profiles'), ...database.db.all('SELECT 1 FROM secrets')]).toEqual([])
    await expect(api.update({ profileId: 'env', name: 'x' })).rejects.toMatchObject({ code: 'profile.read_only' })
    await expect(api.remove({ profileId: 'env' })).rejects.toMatchObject({ code: 'profile.read_only' })
  })

  test('gives way to another for this run, and can be taken again', async () => {
    const { api, registry } = world(environment)
    const stored = await api.create(cloud)
    expect(registry.activeProfileId()).toBe(stored.profileId)
    await api.use({ profileId: 'env' })
    expect(registry.activeProfileId()).toBe('env')
  })

  test('does not exist without a key', async () => {
    const { api } = world()
    expect((await api.list({})).profiles).toEqual([])
    await expect(api.use({ profileId: 'env' })).rejects.toMatchObject({ code: 'profile.not_found' })
    await expect(api.test({})).rejects.toMatchObject({ code: 'profile.none' })
  })

  test('that cannot be used says so and is refused', async () => {
    const { api, access } = world({ ...environment, NANGO_HOST: 'http://10.0.0.5:3003' })
    expect((await api.list({})).profiles[0]).toMatchObject({ status: 'attention', statusReason: 'profile.insecure_address' })
    await expect(access.clientFor('env')).rejects.toMatchObject({ code: 'profile.insecure_address' })
  })

  test('with NANGO_ENABLED=false nothing reaches Nango', async () => {
    const { api, access } = world({ ...environment, NANGO_ENABLED: 'false' })
    const stored = await api.create({ ...cloud, use: false })
    expect((await api.list({})).profiles[0]).toMatchObject({ kind: 'direct', hasSecretKey: false, statusReason: 'direct.unavailable' })
    for (const profileId of ['env', stored.profileId]) {
      await expect(access.clientFor(profileId)).rejects.toMatchObject({ code: 'direct.unavailable' })
    }
  })
})

test('SQL of the table stands in the store alone', () => {
  const others = ['profile-registry', 'profiles-api', 'environment-profile'].map((name) => readFileSync(`core/profiles/${name}.ts`, 'utf8'))
  expect(others.join('\n')).not.toMatch(/\b(?:SELECT|UPDATE|DELETE|INSERT)\b [A-Za-z*]/)
})
