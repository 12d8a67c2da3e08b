import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildClient } from '../../scripts/client-build.ts'
import { inJson, connectToService, type LocalService, startLocalService } from '#test/helpers/local-service'
import { useNangoWorld } from '#test/helpers/nango-world'
import { allowNext, type ClientWorld, startClientWorld } from '#test/helpers/paired-client'
import { waitingGrant } from '#test/helpers/paired-program'

const EXAMPLES = join(import.meta.dirname, '../../docs/examples')

const works = (command: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}
const hasOpenssl = works('openssl', 'version')
const hasPython = hasOpenssl && works('python3', '--version')
const hasSocat = hasOpenssl && works('socat', '-V')

/** What a program printed once it has ended, and its exit code. */
const ended = async (child: ChildProcess): Promise<{ readonly out: string; readonly code: number | null }> => {
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (out += text.toString()))
  await once(child, 'close')
  return { out, code: child.exitCode }
}

describe('the examples of the documentation', () => {
  const world = useNangoWorld()
  let service: LocalService
  let programs: ClientWorld
  let built: string
  let home: string

  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), 'patchbay-examples-'))
    const folder = join(built, 'node_modules/patchbay')
    mkdirSync(folder, { recursive: true })
    await buildClient(folder)
    writeFileSync(join(folder, 'package.json'), '{"name":"patchbay","type":"module","exports":{"./client":"./patchbay-client.js"}}')
    copyFileSync(join(EXAMPLES, 'patchbay-client.mjs'), join(built, 'patchbay-client.mjs'))
  })
  afterAll(() => rmSync(built, { recursive: true, force: true }))
  beforeEach(async () => {
    service = await startLocalService()
    service.answer = inJson({ hello: 'there' })
    await connectToService(world, service)
    programs = await startClientWorld(world.core)
    home = mkdtempSync(join(tmpdir(), 'patchbay-home-'))
  })
  afterEach(async () => {
    await programs.stop()
    await service.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const start = (command: string, args: readonly string[]): ChildProcess =>
    spawn(command, args, {
      env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: join(home, 'config'), PATCHBAY_HOME: programs.running.folder },
      stdio: ['pipe', 'pipe', 'pipe'],
    })

  test.skipIf(!hasPython)(
    'Python pairs, lists, makes a call, is denied the token, and is refused as soon as it is taken back (needs openssl)',
    async () => {
      const child = start('python3', [join(EXAMPLES, 'patchbay_client.py'), 'n8n', '/v1/me'])
      const running = ended(child)
      const { program, clientName, purpose } = await waitingGrant(world.core)
      expect([clientName, purpose]).toEqual(['release-notes', 'Reads what was released.'])
      if (process.platform === 'linux') expect(program).toMatchObject({ pid: child.pid, path: join(EXAMPLES, 'patchbay_client.py') })
      await allowNext(world.core)
      const { out, code } = await running
      expect([code, out.trim().split('\n')]).toEqual([
        0,
        ['n8n/1 connected', '200 {"hello": "there"}', 'The token itself: automation.denied'],
      ])
      expect(service.seen.at(-1)).toMatchObject({ method: 'GET', url: '/api/v1/me' })
      const [folder = ''] = readdirSync(join(home, 'config'))
      expect(statSync(join(home, 'config', folder, 'patchbay.pem')).mode & 0o077).toBe(0)

      const driver = `
import json, sys
sys.path.insert(0, ${JSON.stringify(EXAMPLES)})
sys.dont_write_bytecode = True
from patchbay_client import Patchbay, PatchbayError, socket_path
patchbay = Patchbay(socket_path(), ${JSON.stringify(join(home, 'driver', 'patchbay.pem'))})
patchbay.open(purpose='A test.', verbs=['read'], connections={'kind': 'connectors', 'connectorIds': ['n8n']})
print('open', flush=True)
for line in sys.stdin:
    try:
        print(len(patchbay.call('connections.list')['connections']), flush=True)
    except PatchbayError as error:
        print(error.code, flush=True)
`
      const driven = start('python3', ['-c', driver])
      const lines = createInterface({ input: driven.stdout ?? process.stdin })
      const says = async (): Promise<string> => String(((await once(lines, 'line')) as [string])[0])
      const opened = says()
      const grantId = await allowNext(world.core)
      expect(await opened).toBe('open')
      const look = (): Promise<string> => {
        driven.stdin?.write('\n')
        return says()
      }
      expect(await look()).toBe('1')
      await world.core.ui.grants.revoke({ grantId })
      expect(await look()).toBe('automation.denied')
      driven.stdin?.end()
      await once(driven, 'close')
    },
  )

  test('Node pairs with the client library, lists, makes a call and is denied the token', async () => {
    const running = ended(start(process.execPath, [join(built, 'patchbay-client.mjs'), 'n8n', '/v1/me']))
    const taken = await allowNext(world.core)
    const { out, code } = await running
    expect([code, out.trim().split('\n')]).toEqual([0, ['n8n/1 connected', '200 {"hello":"there"}', 'The token itself: automation.denied']])
    await world.core.ui.grants.revoke({ grantId: taken })
    const second = ended(start(process.execPath, [join(built, 'patchbay-client.mjs'), 'n8n', '/v1/me']))
    const { grantId, isKnown } = await waitingGrant(world.core)
    expect(isKnown).toBe(true)
    await world.core.ui.grants.deny({ grantId })
    expect((await second).code).toBe(1)
  })

  test.skipIf(process.platform !== 'linux')(
    'a program whose file was replaced since the yes is refused, and has to ask again',
    async () => {
      const script = join(built, 'replaced.mjs')
      copyFileSync(join(EXAMPLES, 'patchbay-client.mjs'), script)
      const first = ended(start(process.execPath, [script, 'n8n', '/v1/me']))
      const grantId = await allowNext(world.core)
      expect((await first).code).toBe(0)
      expect((await ended(start(process.execPath, [script, 'n8n', '/v1/me']))).code).toBe(0)
      writeFileSync(script, `${readFileSync(script, 'utf8')}\n// One line more.\n`)
      const second = ended(start(process.execPath, [script, 'n8n', '/v1/me']))
      const again = await waitingGrant(world.core)
      const { grants } = await world.core.ui.grants.list({ state: 'ended' })
      expect(grants).toMatchObject([{ grantId, endedBecause: 'program_changed' }])
      await world.core.ui.grants.deny({ grantId: again.grantId })
      expect((await second).code).toBe(1)
    },
  )

  test.skipIf(!hasSocat)('a shell pairs and lists over socat (needs openssl and socat)', async () => {
    const running = ended(start('bash', [join(EXAMPLES, 'patchbay-client.sh'), 'n8n']))
    await allowNext(world.core)
    const { out, code } = await running
    expect(code).toBe(0)
    expect((JSON.parse(out.trim()) as { result: { connections: unknown[] } }).result.connections).toHaveLength(1)
  })
})
