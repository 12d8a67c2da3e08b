import { beforeEach, describe, expect, test } from 'vitest'
import type { PickRequest } from '#shared/contract/connection-picks'
import { sandboxIn, useCliHost } from '#test/helpers/cli-host'
import { eventually } from '#test/helpers/make-core'
import { SocketPeer } from '#test/transports/socket-peer'
import type { Typed } from './terminal-stand-in.ts'

const host = useCliHost(sandboxIn)
beforeEach(async () => {
  for (const label of ['Home', 'Work'])
    await host.core.ui.connect.start({ connectorId: 'openai', label, credentials: { apiKey: 'demo-key-12345' } })
})

const patchbay = (args: readonly string[], typed?: Typed) => host.patchbay(['connections', 'pick', ...args], typed)
const asked = (): Promise<PickRequest> => eventually(async () => (await host.core.ui.connections.picks({})).picks[0])

describe('patchbay connections pick', () => {
  test('A69: prints the handle that is chosen in the window, alone on stdout', async () => {
    host.core.platform.hasWindow = true
    const running = patchbay(['openai', '--reason', 'To write a summary', '--timeout', '60'])
    const { pickId, ...request } = await asked()
    expect(request).toMatchObject({ asker: { kind: 'cli', client: 'patchbay' }, connectorIds: ['openai'], reason: 'To write a summary' })
    await host.core.ui.connections.answerPick({ pickId, connectionId: 'openai/work' })
    const ran = await running
    expect([ran.code, ran.out, ran.err]).toEqual([0, 'openai/work\n', ''])
  })

  test('ends with 130 where the person declines, and the error is JSON with --json', async () => {
    host.core.platform.hasWindow = true
    const running = patchbay(['--json'])
    const { pickId } = await asked()
    await host.core.ui.connections.answerPick({ pickId, connectionId: null })
    const ran = await running
    expect([ran.code, ran.out]).toEqual([130, ''])
    expect(JSON.parse(ran.err)).toMatchObject({ error: { code: 'request.cancelled' } })
  })

  test('A69: asks on the terminal where no window is open, on stderr alone', async () => {
    const ran = await patchbay(['openai', '--reason', 'For the nightly run'], { answers: ['7', '2'] })
    expect([ran.code, ran.out]).toEqual([0, 'openai/work\n'])
    expect(ran.err).toMatch(
      /^For the nightly run\n +NO +CONNECTION .*\n +1 +openai\/home .* connected\n +2 +openai\/work .* connected\nThere is no 7 in the list\.\n$/,
    )
    expect((await patchbay(['openai'], { answers: ['home'] })).out).toBe('openai/home\n')
    expect((await patchbay(['openai'], { answers: [''] })).code).toBe(130)
    await host.core.ui.connections.setDefault({ connectionId: 'openai/work' })
    const byDefault = await patchbay(['openai', '--json'], { answers: [''] })
    expect(byDefault.json).toMatchObject({ handle: 'openai/work', connectorId: 'openai' })
    expect(byDefault.questions[0]?.question).toContain('Enter for openai/work')
  })

  test('without a window and without a terminal, or with nothing to choose, it says what to do', async () => {
    const nowhere = await patchbay(['openai'])
    expect([nowhere.code, nowhere.out]).toEqual([5, ''])
    expect(nowhere.err).toContain('Open Patchbay, then ask again')
    const nothing = await patchbay(['github'], { answers: [] })
    expect([nothing.code, nothing.err]).toEqual([5, expect.stringContaining('`patchbay connect github`')])
    const mistyped = await patchbay(['githbu'], { answers: [] })
    expect([mistyped.code, mistyped.err]).toEqual([1, expect.stringContaining('`patchbay connectors list --search`')])
    expect((await patchbay(['--timeout', '1.5'])).code).toBe(2)
  })

  test('a request ends with the program that asked, also one that was killed', async () => {
    host.core.platform.hasWindow = true
    const peer = await SocketPeer.connectAsCli({ socketPath: host.core.platform.socketPath, folder: host.home })
    peer.send({ jsonrpc: '2.0', id: 1, method: 'connections.pick', params: {} })
    expect((await asked()).asker.client).toBe('test')
    peer.close()
    await eventually(async () => (await host.core.ui.connections.picks({})).picks.length === 0)
  })
})
