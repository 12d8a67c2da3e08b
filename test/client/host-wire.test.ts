import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HostWire, MAX_READ_BYTES, MAX_SENT_BYTES } from '#client/host-wire'
import { LIMITS } from '#shared/wire'
import { temporaryFolder } from '#test/transports/socket-peer'

/** A host that does as the test says: a real one never misbehaves like this. */
let folder: ReturnType<typeof temporaryFolder>
let server: Server
let path: string
let onLine: (line: string, socket: Socket) => void
const sockets: Socket[] = []

beforeEach(async () => {
  folder = temporaryFolder()
  path = join(folder.path, 'host.sock')
  onLine = () => {}
  server = createServer((socket) => {
    sockets.push(socket)
    let rest = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line, socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
  folder.remove()
})

const idOf = (line: string): number => (JSON.parse(line) as { readonly id: number }).id
const answer = (id: number, result: unknown): string => `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`

describe('a connection of a program', () => {
  test('has the limits of the host', () => {
    expect([MAX_SENT_BYTES, MAX_READ_BYTES]).toEqual([LIMITS.lineInBytes, LIMITS.lineOutBytes])
  })

  test('gives each call its own answer, in whatever order and pieces they come', async () => {
    const lines: string[] = []
    onLine = (line, socket) => {
      lines.push(line)
      if (lines.length < 100) return
      const text = Buffer.from(
        lines
          .toReversed()
          .map((each) => answer(idOf(each), `é ${idOf(each)}`))
          .join(''),
      )
      for (let at = 0; at < text.length; at += 7) socket.write(text.subarray(at, at + 7))
    }
    const wire = await HostWire.open(path)
    const answers = await Promise.all(Array.from({ length: 100 }, () => wire.call('x', {})))
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => `é ${index + 1}`))
    wire.close()
  })

  test('keeps the code, the facts and the next step of an error, also of one that it does not know', async () => {
    onLine = (line, socket) => {
      const isFirst = idOf(line) === 1
      const data = isFirst ? { code: 'automation.rate_limited', next: 'Wait.', retryAt: 5 } : { code: 'later.invented' }
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: idOf(line), error: { code: -32000, message: 'No.', data } })}\n`)
    }
    const wire = await HostWire.open(path)
    await expect(wire.call('x', {})).rejects.toMatchObject({
      name: 'PatchbayClientError',
      code: 'automation.rate_limited',
      message: 'No.',
      retry: 'later',
      next: 'Wait.',
      data: { retryAt: 5 },
    })
    await expect(wire.call('x', {})).rejects.toMatchObject({ code: 'later.invented', message: 'No.', retry: 'after_fix', next: '' })
    wire.close()
  })

  test('does not send a line that the host would not take, and goes on', async () => {
    onLine = (line, socket) => socket.write(answer(idOf(line), 'yes'))
    const wire = await HostWire.open(path)
    await expect(wire.call('x', { text: 'é'.repeat(600_000) })).rejects.toMatchObject({
      code: 'request.too_large',
      data: { limitInBytes: MAX_SENT_BYTES },
    })
    expect(await wire.call('x', { text: 'x'.repeat(900_000) })).toBe('yes')
    wire.close()
  })

  test.each([
    ['a line without an end', 'x'.repeat(MAX_READ_BYTES + 1), 'request.result_too_large'],
    ['something else than JSON', 'HTTP/1.1 400 Bad Request\n', 'request.malformed'],
    [
      'a refusal of the connection',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Full.","data":{"code":"host.busy"}}}\n',
      'host.busy',
    ],
  ])('ends at %s: every call that waits is told', async (_name, text, code) => {
    onLine = (_line, socket) => void socket.write(text)
    const wire = await HostWire.open(path)
    const closed = new Promise<void>((resolve) => wire.onClose(resolve))
    await expect(wire.call('x', {})).rejects.toMatchObject({ code })
    await closed
    await expect(wire.call('x', {})).rejects.toMatchObject({ code })
  })

  test('tells the calls that wait when the host hangs up', async () => {
    onLine = (_line, socket) => void socket.destroy()
    const wire = await HostWire.open(path)
    const calls = await Promise.allSettled([wire.call('x', {}), wire.call('y', {})])
    expect(calls).toMatchObject([{ reason: { code: 'host.stopping', retry: 'later' } }, { reason: { code: 'host.stopping' } }])
  })

  test('a call that is cancelled ends at once, the host is told, and its late answer disturbs nobody', async () => {
    const lines: string[] = []
    let tell = (): void => {}
    const told = new Promise<void>((resolve) => (tell = resolve))
    onLine = (line, socket) => {
      lines.push(line)
      if (line.includes('system.cancel')) {
        socket.write(answer(1, 'late'))
        tell()
      } else if (idOf(line) > 1) socket.write(answer(idOf(line), 'next'))
    }
    const wire = await HostWire.open(path)
    const ending = new AbortController()
    const call = wire.call('slow', {}, ending.signal)
    ending.abort('enough')
    await expect(call).rejects.toMatchObject({ code: 'request.cancelled', cause: 'enough' })
    await told
    expect(await wire.call('x', {}, ending.signal).catch((error: unknown) => (error as { code: string }).code)).toBe('request.cancelled')
    expect(await wire.call('x', {})).toBe('next')
    expect(JSON.parse(lines[1] ?? '')).toEqual({ jsonrpc: '2.0', method: 'system.cancel', params: { id: 1 } })
    expect(lines).toHaveLength(3)
    wire.close()
  })

  test('where nobody listens there is no host', async () => {
    await expect(HostWire.open(join(folder.path, 'no.sock'))).rejects.toMatchObject({ code: 'host.not_running', retry: 'after_fix' })
  })
})
