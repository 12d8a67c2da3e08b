import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from '#cli/serve/find-program'
import { busText, type OutgoingMessage, readMessage, writeMessage } from '#core/bus-message'
import { createScreenLock } from '#core/screen-lock'

const hasBus = process.platform === 'linux' && findProgram('dbus-daemon', process.env) !== null
const OWN = '/org/freedesktop/login1/session/_31'
const THEIRS = '/org/freedesktop/login1/session/c2'
const WARM = '/org/freedesktop/login1/session/_33'

/** A service on a bus: proves who it is as the bus wants it, then says what it is told to. */
class Service {
  readonly #socket: Socket
  #serial = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  static async on(path: string, name?: string): Promise<Service> {
    const socket = connect(path)
    socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.())).toString('hex')}\r\n`)
    await once(socket, 'data')
    socket.write('BEGIN\r\n')
    const service = new Service(socket)
    const bus = {
      type: 'call',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      destination: 'org.freedesktop.DBus',
    } as const
    service.send({ ...bus, member: 'Hello' })
    if (name !== undefined) {
      const text = busText(name)
      const flags = Buffer.alloc(Math.ceil(text.length / 4) * 4 - text.length + 4)
      service.send({ ...bus, member: 'RequestName', signature: 'su', body: Buffer.concat([text, flags]) })
    }
    await once(socket, 'data')
    return service
  }

  send(message: Omit<OutgoingMessage, 'serial'>): void {
    this.#serial += 1
    this.#socket.write(writeMessage({ ...message, serial: this.#serial }))
  }

  lock(path: string): void {
    this.send({ type: 'signal', path, interface: 'org.freedesktop.login1.Session', member: 'Lock' })
  }

  /** Properties as logind tells them: one boolean that changed. */
  property(path: string, name: string, value: boolean): void {
    const about = busText('org.freedesktop.login1.Session')
    const entry = Buffer.concat([busText(name), Buffer.from('\u0001b\0')])
    const start = Math.ceil((about.length + 4) / 8) * 8
    const valueAt = Math.ceil((start + entry.length) / 4) * 4
    const body = Buffer.alloc(valueAt + 8)
    about.copy(body)
    body.writeUInt32LE(valueAt + 4 - start, Math.ceil(about.length / 4) * 4)
    entry.copy(body, start)
    body.writeUInt32LE(value ? 1 : 0, valueAt)
    this.send({
      type: 'signal',
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
      signature: 'sa{sv}as',
      body,
    })
  }

  /** Resolves once the bus has taken all that was sent. */
  async end(): Promise<void> {
    this.#socket.end()
    await once(this.#socket.resume(), 'close')
  }
}

describe.skipIf(!hasBus)('the lock of a Linux screen (needs dbus-daemon)', () => {
  let folder: string
  let bus: string
  let daemon: ChildProcess
  let logind: Service

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-lock-'))
    bus = join(folder, 'bus')
    daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', `--address=unix:path=${bus}`, '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await once(daemon.stdout ?? process, 'data')
    const sessions = join(folder, 'sessions')
    mkdirSync(sessions)
    writeFileSync(join(sessions, '1'), `# This is private data.\nUID=${process.getuid?.()}\n`)
    writeFileSync(join(sessions, 'c2'), 'UID=65534\n')
    logind = await Service.on(bus, 'org.freedesktop.login1')
  })

  afterAll(async () => {
    await logind.end()
    daemon.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  const watch = () => {
    const onScreenLock = createScreenLock({
      environment: { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus},guid=0` },
      sessionsFolder: join(folder, 'sessions'),
    })
    if (onScreenLock === null) throw new Error('There is no bus.')
    const waiting: (() => void)[] = []
    let heard = 0
    const end = onScreenLock(() => {
      heard += 1
      for (const tell of waiting.splice(0)) tell()
    })
    return { end, heard: () => heard, next: () => new Promise<void>((resolve) => waiting.push(resolve)) }
  }

  /** Until the bus passes signals on. What this has sent too often is of a session that is then not ours any more. */
  const untilHeard = async ({ heard, next }: ReturnType<typeof watch>): Promise<void> => {
    const owner = (uid: number | undefined): void => writeFileSync(join(folder, 'sessions', '3'), `UID=${uid}\n`)
    owner(process.getuid?.())
    while (heard() === 0) {
      const told = next()
      logind.lock(WARM)
      await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 20))])
    }
    owner(65_534)
  }

  test('is told by the signal and by the property that desktops set, for the own sessions alone', async () => {
    const lock = watch()
    await untilHeard(lock)
    const before = lock.heard()
    logind.lock(THEIRS)
    logind.property(THEIRS, 'LockedHint', true)
    logind.property(OWN, 'LockedHint', false)
    logind.property(OWN, 'IdleHint', true)
    logind.lock('/org/freedesktop/login1/elsewhere')
    const impostor = await Service.on(bus)
    impostor.lock(OWN)
    impostor.property(OWN, 'LockedHint', true)
    await impostor.end()
    for (const say of [() => logind.property(OWN, 'LockedHint', true), () => logind.lock(OWN)]) {
      const told = lock.next()
      say()
      await told
    }
    expect(lock.heard()).toBe(before + 2)

    lock.end()
    const again = watch()
    await untilHeard(again)
    expect(lock.heard()).toBe(before + 2)
    again.end()
  })
})

test('nothing is promised where there is no system bus, or another system', () => {
  const environment = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere/bus' }
  expect(createScreenLock({ environment })).toBeNull()
  expect(createScreenLock({ environment: {}, system: 'win32' })).toBeNull()
})

test('what is no message of a bus is told from one that is not there yet', () => {
  const whole = writeMessage({ type: 'signal', serial: 1, path: OWN, interface: 'a.B', member: 'Lock', signature: 's', body: busText('x') })
  expect(readMessage(whole, 1024)).toMatchObject({ message: { path: OWN, member: 'Lock' }, bytes: whole.length })
  for (let length = 0; length < whole.length; length += 1) expect(readMessage(whole.subarray(0, length), 1024)).toBe('unfinished')
  expect(readMessage(whole, 64)).toBe('wrong')
  expect(readMessage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 1024)).toBe('wrong')
  const lying = Buffer.from(whole)
  lying.writeUInt32LE(0xffff, 20)
  expect(readMessage(lying, 1024)).toMatchObject({ bytes: whole.length })
})
