import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { FAKE_INTEGRATIONS, type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { temporaryFolder } from '#test/transports/socket-peer'
import { runPatchbay, type Typed } from './terminal-stand-in.ts'

const API_KEY = 'PLANTED-api-key-0123456789abcdef'
const WHERE = 'https://n8n.example.test'

let nango: FakeNango
let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>

/** A host with a profile in its environment, trusting its own command line or not. */
const startHost = async (isTrusted: boolean): Promise<void> => {
  home = temporaryFolder()
  nango = await startFakeNango()
  const platform = createFakePlatform({
    folder: home.path,
    environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey },
  })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted })
  await server.start()
}

beforeEach(() => startHost(true))
afterEach(async () => {
  await server.stop()
  await core.stop()
  await nango.stop()
  home.remove()
})

const patchbay = (args: string, typed?: Typed) => runPatchbay(home.path, args.split(' '), typed)

const connectByKey = (more = '') =>
  patchbay(`connect ${FAKE_INTEGRATIONS.apiKey} --field baseUrl=${WHERE} --credential apiKey=- --json${more}`, { input: `${API_KEY}\n` })

describe('reading', () => {
  test('--json prints exactly the result and nothing else', async () => {
    const { code, out, err, json } = await patchbay('status --json')
    expect([code, err]).toEqual([0, ''])
    expect(out.trimEnd().split('\n')).toHaveLength(1)
    expect(json).toMatchObject({ vault: { state: 'open' }, profile: { profileId: 'env', hasSecretKey: true } })
  })

  test('without --json people get tables', async () => {
    expect((await patchbay('profiles list')).out).toMatch(/^ +NAME +KIND +STATUS +ADDRESS +PROFILE\n\* /)
    expect((await patchbay('connectors list --search n8n')).out).toContain('n8n')
    expect((await patchbay('status')).out).toContain('Profile')
  })

  test('an error has its code on stderr as JSON, its words for people, and its exit code', async () => {
    const asJson = await patchbay('connections get nobody --json')
    expect([asJson.code, asJson.out]).toEqual([1, ''])
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: 'connection.not_found', data: { next: expect.any(String) } } })
    const forPeople = await patchbay('connections get nobody')
    expect(forPeople.err).toBe('There is no such connection.\nSee `patchbay connections list`.\n')
  })

  test.each([
    ['nonsense', 2],
    ['connections', 2],
    ['connections fly', 2],
    ['connections get', 2],
    ['status extra', 2],
    ['connections list --limit 9999', 2],
    ['connect', 2],
    ['connect github --flags', 2],
    ['serve --port 99999', 2],
    ['connectors list --search n8n', 0],
    ['catalogue get n8n', 0],
    ['system status', 0],
    ['connect list', 0],
  ])('`patchbay %s` ends with %i', async (args, code) => {
    expect((await patchbay(args)).code).toBe(code)
  })

  test('help names every command and every method, without a host', async () => {
    await server.stop()
    const help = await patchbay('--help')
    expect(help.code).toBe(0)
    for (const word of ['serve', 'connect', 'connections', 'approveTerminal', '--no-autostart', 'REF']) expect(help.out).toContain(word)
    expect((await patchbay('connect --help')).out).toContain('--credential name=-')
    expect((await patchbay('connections list --help')).out).toContain('--status')
    expect((await patchbay('profiles --help')).out).toContain('create')
    expect((await patchbay('--version')).out).toBe('0.0.0-test\n')
  })

  test('without a host --no-autostart ends with 3', async () => {
    await server.stop()
    const { code, err } = await patchbay('status --no-autostart --json')
    expect([code, JSON.parse(err)]).toEqual([3, expect.objectContaining({ error: expect.objectContaining({ code: 'host.not_running' }) })])
  })
})

describe('connecting', () => {
  test('an API-key account connects with its key from stdin, and the key is nowhere', async () => {
    const connected = await connectByKey()
    expect(connected.code).toBe(0)
    expect(connected.json).toMatchObject({ connectorId: 'n8n', status: 'connected', authMode: 'API_KEY' })
    expect(connected.out + connected.err).not.toContain(API_KEY)
    const list = await patchbay('connections list --json')
    expect(list.json).toMatchObject({ connections: [{ connectorId: 'n8n', status: 'connected' }] })
    expect((await patchbay('connections get n8n --json')).json).toMatchObject({ status: 'connected' })
  })

  test('an OAuth account connects by following the address on stderr; stdout holds the connection alone', async () => {
    let followed: Promise<unknown> | null = null
    const connected = await patchbay('connect github --label Work --no-open --json', {
      onPrint: (_out, err) => {
        const [url] = /^https?:\S+$/m.exec(err) ?? []
        if (url !== undefined) followed ??= walkSignIn(url)
      },
    })
    await Promise.resolve(followed)
    expect(connected.code).toBe(0)
    expect(connected.json).toMatchObject({ connectorId: 'github', handle: 'github/work', status: 'connected' })
    expect(core.platform.opened).toEqual([])
  })

  test('a value of a credential in the arguments is refused before anything is sent', async () => {
    const { code, err } = await patchbay(`connect n8n --field baseUrl=${WHERE} --credential apiKey=${API_KEY}`)
    expect(code).toBe(2)
    expect(err).not.toContain(API_KEY)
    expect(err).toContain('never from an argument')
  })

  test('a missing field is named, with exit 2', async () => {
    const { code, err } = await patchbay('connect n8n --credential apiKey=- --json', { input: API_KEY })
    expect(code).toBe(2)
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'connect.invalid_fields' } })
  })

  test('at a terminal what is missing is asked for, secrets unseen', async () => {
    const { fields } = await core.cli.catalogue.get({ connectorId: 'n8n' })
    const { code, questions, out, err } = await patchbay('connect n8n --json', {
      answers: fields.map(({ isSecret }) => (isSecret ? API_KEY : WHERE)),
    })
    expect(questions.map(({ isSecret }) => isSecret)).toEqual(fields.map(({ isSecret }) => isSecret))
    expect(questions.filter(({ isSecret }) => isSecret)).toHaveLength(1)
    expect(code).toBe(0)
    expect(out + err).not.toContain(API_KEY)
  })

  test('an unknown connector and one without an integration are told apart', async () => {
    expect(JSON.parse((await patchbay('connect nonsense --json')).err)).toMatchObject({ error: { code: 'connector.not_found' } })
    expect(JSON.parse((await patchbay('connect gitlab --json')).err)).toMatchObject({ error: { code: 'connector.needs_integration' } })
  })
})

describe('a connection', () => {
  test('is renamed, refreshed and removed by its handle', async () => {
    await connectByKey(' --label Work')
    expect((await runPatchbay(home.path, ['connections', 'rename', 'n8n/work', 'At home', '--json'])).json).toMatchObject({
      handle: 'n8n/work',
      label: 'At home',
    })
    expect((await patchbay('connections refresh n8n/work --json')).json).toMatchObject({ outcome: 'nothing_to_refresh' })
    expect((await patchbay('connections remove n8n/work --yes --json')).json).toMatchObject({ nango: 'deleted', local: 'forgotten' })
    expect((await patchbay('connections list --json')).json).toMatchObject({ connections: [] })
  })

  test('is not removed without a yes', async () => {
    await connectByKey()
    expect((await patchbay('connections remove n8n')).code).toBe(2)
    const declined = await patchbay('connections remove n8n', { answers: ['n'] })
    expect([declined.code, declined.questions[0]?.question]).toEqual([130, expect.stringContaining('Delete n8n/1 at Nango')])
    expect((await patchbay('connections list --json')).json).toMatchObject({ connections: [{ status: 'connected' }] })
    expect((await patchbay('connections remove n8n', { answers: ['yes'] })).code).toBe(0)
  })

  test('that is one of several is not guessed', async () => {
    await connectByKey(' --label One')
    await connectByKey(' --label Two')
    const { code, err } = await patchbay('connections get n8n')
    expect(code).toBe(2)
    expect(err).toContain('n8n/one')
    expect(err).toContain('n8n/two')
  })

  test('that is one of several is chosen with --account, by label or handle, in every command that takes one', async () => {
    await connectByKey(' --label One')
    await connectByKey(' --label Two')
    expect((await patchbay('connections get n8n --account one --json')).json).toMatchObject({ handle: 'n8n/one' })
    const renamed = await runPatchbay(home.path, ['connections', 'rename', 'n8n', 'Home office', '--account=TWO', '--json'])
    expect(renamed.json).toMatchObject({ handle: 'n8n/two', label: 'Home office' })
    const byLabel = await runPatchbay(home.path, ['connections', 'remove', 'n8n', '--account', 'home office', '--yes', '--json'])
    expect(byLabel.json).toMatchObject({ handle: 'n8n/two', local: 'forgotten' })
    const nobody = await patchbay('connections get n8n --account three')
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('  n8n/one\n')])
    expect((await patchbay('connections get n8n/one --account one')).code).toBe(2)
    expect((await patchbay('connections list --account one')).code).toBe(2)
    // For one, never for many: what it does not choose would be meant whole.
    expect((await patchbay('bulk remove --connector-id n8n --account one --yes')).code).toBe(2)
    expect((await patchbay('bulk remove n8n --account one --yes')).code).toBe(2)
    expect((await patchbay('connections get n8n --account')).code).toBe(2)
    // Without it the default of the connector goes on being what its name alone means.
    await connectByKey(' --label Two')
    await patchbay('connections setDefault n8n/two')
    const [named, meant] = [await patchbay('connections get n8n --account one --json'), await patchbay('connections get n8n --json')]
    expect([named.json, meant.json]).toMatchObject([{ handle: 'n8n/one' }, { handle: 'n8n/two' }])
  })
})

describe('administering', () => {
  test('needs the yes of a person at a terminal, once', async () => {
    await server.stop()
    await core.stop()
    await nango.stop()
    home.remove()
    await startHost(false)
    const refused = await patchbay('profiles add --kind sandbox --json')
    expect([refused.code, JSON.parse(refused.err).error.code]).toEqual([4, 'automation.approval_required'])
    const declined = await patchbay('profiles add --kind sandbox', { answers: ['no'] })
    expect(declined.code).toBe(4)
    expect((await patchbay('profiles list --json')).json).toMatchObject({ profiles: [{ profileId: 'env' }] })
  })

  test('a profile is added with its key from stdin, used by name, tested and removed', async () => {
    const added = await runPatchbay(
      home.path,
      ['profiles', 'add', 'Second', '--host', nango.url, '--secret-key', '-', '--no-use', '--json'],
      {
        input: `${nango.secretKey}\n`,
      },
    )
    expect([added.code, added.err]).toEqual([0, ''])
    expect(added.json).toMatchObject({ name: 'Second', hasSecretKey: true, isActive: false })
    expect(added.out).not.toContain(nango.secretKey)
    expect((await patchbay('profiles test second --json')).json).toMatchObject({ isWorking: true })
    const asked = await patchbay(`profiles test second --callback-url ${nango.url}/elsewhere --json`)
    expect(asked).toMatchObject({
      code: 1,
      json: { isWorking: true, checks: expect.arrayContaining([expect.objectContaining({ id: 'callback', status: 'fail' })]) },
    })
    process.exitCode = undefined
    expect((await patchbay('profiles remove Second')).code).toBe(2)
    expect((await patchbay('profiles remove Second --yes')).code).toBe(0)
  })

  test('plain http to another computer is told and refused', async () => {
    const { code, err } = await patchbay('profiles add --host http://nango.example.test --secret-key -', { input: 'x' })
    expect(code).toBe(2)
    expect(err).toContain('can read the key')
  })

  test('a secret key in the arguments is refused', async () => {
    const { code, err } = await patchbay(`profiles add --secret-key ${nango.secretKey}`)
    expect(code).toBe(2)
    expect(err).not.toContain(nango.secretKey)
  })
})

describe('events', () => {
  test('are listed, and followed as they happen', async () => {
    await connectByKey()
    const listed = await patchbay('events --json')
    expect(listed.json).toMatchObject({ events: expect.arrayContaining([expect.objectContaining({ type: 'connection.activated' })]) })
    let seen = ''
    const following = patchbay('events --follow --after-sequence 0 --json', {
      onPrint: (out) => {
        seen = out
        if (out.includes('connection.removed')) void server.stop()
      },
    })
    await patchbay('connections remove n8n --yes')
    await following
    const types = seen
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly type: string }).type)
    expect(types).toContain('connection.activated')
    expect(types.at(-1)).toBe('connection.removed')
  })
})
