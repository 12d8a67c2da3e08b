import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SocketClient } from '#cli/socket-client'
import { CLI_PASS_FILE } from '#core/automation/cli-key'
import { createSmallCore } from '../../transports/small-core.ts'
import { type RunningSocket, SocketPeer, startSocket } from '../../transports/socket-peer.ts'

describe('the pass of the command line', () => {
  let socket: RunningSocket
  beforeEach(async () => {
    socket = await startSocket(createSmallCore())
  })
  afterEach(() => socket.stop())

  const readPass = (): string => readFileSync(join(socket.folder, CLI_PASS_FILE), 'utf8')
  const proveWith = async (pass: string): Promise<SocketPeer> => {
    const peer = await SocketPeer.connect(socket.socketPath)
    await peer.call('system.hello', { client: { name: 'test', version: '1' } })
    await peer.call('system.prove', { pass })
    return peer
  }

  test('that cannot be replaced harms nobody: the key still proves', async () => {
    const pass = readPass()
    const file = join(socket.folder, CLI_PASS_FILE)
    rmSync(file)
    // Nothing can be put in the place of a folder.
    mkdirSync(file)
    const peer = await proveWith(pass)
    expect((await peer.call('settings.get')).error).toBeUndefined()
    const next = await SocketClient.connect({ socketPath: socket.socketPath, dataFolder: socket.folder, version: '1', terminal: null })
    expect(await next.call('settings.get', {})).toBeDefined()
    next.close()
    peer.close()
    rmSync(file, { recursive: true })
  })

  test('proves once, lies in a private file, and is replaced when it is used', async () => {
    const pass = readPass()
    expect(statSync(join(socket.folder, CLI_PASS_FILE)).mode & 0o777).toBe(0o600)
    const first = await proveWith(pass)
    expect((await first.call('settings.get')).error).toBeUndefined()
    expect(readPass()).not.toBe(pass)
    const replayed = await proveWith(pass)
    expect((await replayed.call('settings.get')).error?.data).toMatchObject({ code: 'automation.unproven' })
  })

  test('is nothing without a hello, and nothing when it is guessed, cut or empty', async () => {
    const early = await SocketPeer.connect(socket.socketPath)
    expect((await early.call('system.prove', { pass: readPass() })).error?.data).toMatchObject({ code: 'automation.unproven' })
    for (const wrong of ['', readPass().slice(0, -2), 'x'.repeat(43)]) {
      const peer = await proveWith(wrong)
      expect((await peer.call('settings.get')).error?.data).toMatchObject({ code: 'automation.unproven' })
    }
  })

  test('is taken by one of many commands that start together; the others sign, and all are served', async () => {
    const options = { socketPath: socket.socketPath, dataFolder: socket.folder, version: '1', terminal: null }
    const clients = await Promise.all(Array.from({ length: 12 }, () => SocketClient.connect(options)))
    const answers = await Promise.all(clients.map((client) => client.call('settings.get', {})))
    expect(answers).toHaveLength(12)
    for (const client of clients) client.close()
  })
})
