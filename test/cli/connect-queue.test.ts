import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SocketServer } from '#core/automation/socket-server'
import { createFakePlatform } from '#test/helpers/fake-platform'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { temporaryFolder } from '#test/transports/socket-peer'
import { runPatchbay, type Typed } from './terminal-stand-in.ts'

const KEY = 'demo-planted-key-0123456789'

let nango: FakeNango
let core: TestCore
let server: SocketServer
let home: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  home = temporaryFolder()
  nango = await startFakeNango({
    providers: { 'apple-app-store': { display_name: 'Apple App Store', auth_mode: 'JWT' } },
  })
  const platform = createFakePlatform({ folder: home.path, environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
  core = await makeCore({ platform })
  server = new SocketServer({ core: core.core, platform, isTrusted: true })
  await server.start()
})
afterEach(async () => {
  process.exitCode = undefined
  await server.stop()
  await core.stop()
  await nango.stop()
  home.remove()
})

const patchbay = (args: string, typed?: Typed) => runPatchbay(home.path, args.split(' '), typed)

/** Goes through each sign-in page once, when its address is printed. */
const signingIn = (decide: (page: number) => boolean): Pick<Typed, 'onPrint'> => {
  const seen = new Set<string>()
  return {
    onPrint: (out) => {
      for (const [url] of out.matchAll(/http:\S+\/oauth\/connect\/\S+/g)) {
        if (seen.has(url)) continue
        seen.add(url)
        void walkSignIn(url, { deny: !decide(seen.size) })
      }
    },
  }
}

test('several are connected one after the other, each asked for what it needs beforehand; one denied makes exit 5', async () => {
  const ran = await patchbay('connect --queue github,openai,slack --no-open', { answers: [KEY], ...signingIn((page) => page !== 2) })
  expect(ran.code, ran.err).toBe(5)
  expect(ran.questions.map(({ isSecret }) => isSecret)).toEqual([true])
  expect(ran.err).toContain('1 of 3: github connected.')
  expect(ran.err).toContain('2 of 3: openai connected.')
  expect(ran.out).toMatch(/openai +connected/)
  expect(`${ran.out}${ran.err}`).not.toContain(KEY)
})

test('a queue of six in the sandbox connects five and says of one that it was denied', async () => {
  await core.ui.profiles.create({ name: 'Sandbox', kind: 'sandbox' })
  const ran = await patchbay('connect --queue slack,github,openai,notion,linear,google-mail --no-open', {
    answers: [KEY],
    ...signingIn((page) => page !== 2),
  })
  expect(ran.code, ran.err).toBe(5)
  const outcomes = [...ran.out.matchAll(/^([a-z-]+) {2,}(\w.*?) *$/gm)].map(([, connectorId, outcome]) => [
    connectorId,
    outcome?.split(/ {2,}/),
  ])
  expect(outcomes).toEqual([
    ['slack', ['connected']],
    ['github', ['not connected', 'connect.denied']],
    ['openai', ['connected']],
    ['notion', ['connected']],
    ['linear', ['connected']],
    ['google-mail', ['connected']],
  ])
  const { connections } = await core.cli.connections.list({})
  expect(connections.filter(({ status }) => status === 'connected')).toHaveLength(5)
  expect(`${ran.out}${ran.err}`).not.toContain(KEY)
})

test('a dry run says what would be asked for, opens nothing and sends nothing', async () => {
  await patchbay('connectors list --search github --json')
  const before = nango.requests.length
  const ran = await patchbay('connect --queue github,n8n,sentry-oauth --dry-run')
  expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('Nothing is opened and nothing is sent.')])
  expect(ran.out).toMatch(/github +on a page/)
  expect(ran.out).toContain('baseUrl, apiKey')
  const one = await patchbay('connect github --label Work --scopes repo --dry-run --json')
  expect(one.json).toMatchObject({ items: [{ connectorId: 'github', label: 'Work', by: 'page', scopes: ['repo'], problem: null }] })
  expect(nango.requests.slice(before).filter(({ method }) => method !== 'GET')).toEqual([])
  expect(core.platform.opened).toEqual([])
})

test('what is for one connector is not taken for several', async () => {
  const ran = await patchbay('connect --queue github,slack --label Work')
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('--label is for one connector')])
})

test('a key is read from its file, and a file that is none is refused before anything is sent', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const made = await fetch(`${nango.url}/integrations`, {
    method: 'POST',
    headers: { ...nango.authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ unique_key: 'apple-app-store', provider: 'apple-app-store' }),
  })
  expect(made.status).toBe(200)
  const [good, bad] = ['good.p8', 'bad.p8'].map((name) => join(home.path, name))
  writeFileSync(good ?? '', privateKey)
  writeFileSync(bad ?? '', 'hello')
  const connect = (file: string | undefined) =>
    patchbay(`connect apple-app-store --credential issuerId=- --credential privateKeyId=- --credential-file privateKey=${file} --json`, {
      input: 'issuer-1\nkey-1\n',
    })
  const refused = await connect(bad)
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('This is no private key as PEM.')])
  const connected = await connect(good)
  expect(connected.json, connected.err).toMatchObject({ connectorId: 'apple-app-store', authMode: 'JWT', status: 'connected' })
  expect((await connect(`${bad}.gone`)).code).toBe(2)
})
