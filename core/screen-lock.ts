import { existsSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type BusMessage, busText, readMessage, writeMessage } from './bus-message.ts'
import type { Platform } from './platform.ts'

type ScreenLock = NonNullable<Platform['onScreenLock']>

export interface ScreenLockOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly system?: NodeJS.Platform
  /** Where logind says whose a session is. */
  readonly sessionsFolder?: string
}

const SYSTEM_BUS = 'unix:path=/var/run/dbus/system_bus_socket'
const BUS = { type: 'call', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', destination: 'org.freedesktop.DBus' } as const
const LOGIND = "type='signal',sender='org.freedesktop.login1'"
const SESSIONS = '/org/freedesktop/login1/session'
const RULES = [
  `${LOGIND},interface='org.freedesktop.login1.Session',member='Lock'`,
  `${LOGIND},interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',path_namespace='${SESSIONS}'`,
]
/** In a dictionary: the name of the property, then a value of type boolean. */
const LOCKED_HINT = Buffer.from('LockedHint\0\u0001b\0')
const AGAIN_MS = 30_000
/** What we asked to hear is small; a bus that says more than this at once is none. */
const MOST_BYTES = 1_048_576

const busPath = (environment: ScreenLockOptions['environment']): string | null => {
  const address = environment['DBUS_SYSTEM_BUS_ADDRESS'] ?? ''
  const path = /(?:^|;)unix:path=([^,;]+)/.exec(address === '' ? SYSTEM_BUS : address)?.[1]
  return path === undefined ? null : decodeURIComponent(path)
}

const isLockedHint = (body: Buffer): boolean => {
  const at = body.indexOf(LOCKED_HINT)
  if (at < 0) return false
  const value = Math.ceil((at + LOCKED_HINT.length) / 4) * 4
  return value + 4 <= body.length && body.subarray(value, value + 4).some((byte) => byte !== 0)
}

/** Screens of other people on this computer are none of ours; of a session that logind does not describe, nobody says so. */
const isOwnSession = (path: string, folder: string): boolean => {
  const id = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/_([0-9a-f]{2})/g, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  if (!/^[\w-]+$/.test(id)) return false
  try {
    const owner = /^UID=(\d+)$/m.exec(readFileSync(`${folder}/${id}`, 'utf8'))?.[1]
    return owner === undefined || Number(owner) === process.getuid?.()
  } catch {
    return true
  }
}

/** Listens to the system bus of Linux for as long as somebody listens to it; a bus that goes away is asked again. */
class ScreenLockWatch {
  readonly #path: string
  readonly #sessionsFolder: string
  readonly #listeners = new Set<() => void>()
  #socket: Socket | null = null
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(path: string, sessionsFolder: string) {
    this.#path = path
    this.#sessionsFolder = sessionsFolder
  }

  add(listener: () => void): () => void {
    const own = (): void => listener()
    this.#listeners.add(own)
    if (this.#socket === null) this.#open()
    return () => {
      this.#listeners.delete(own)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#again)
      this.#socket?.destroy()
      this.#socket = null
    }
  }

  #open(): void {
    const socket = connect(this.#path)
    this.#socket = socket
    // It must not keep a host alive that has stopped.
    socket.unref()
    let received: Buffer = Buffer.alloc(0)
    let isWelcome = false
    socket.on('connect', () => {
      const user = Buffer.from(String(process.getuid?.() ?? '')).toString('hex')
      socket.write(`\0AUTH EXTERNAL ${user}\r\n`)
    })
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (!isWelcome) {
        const end = received.indexOf('\r\n')
        if (end < 0) return
        if (!received.subarray(0, end).toString('latin1').startsWith('OK ')) return void socket.destroy()
        received = received.subarray(end + 2)
        isWelcome = true
        socket.write('BEGIN\r\n')
        socket.write(writeMessage({ ...BUS, member: 'Hello', serial: 1 }))
        for (const [index, rule] of RULES.entries())
          socket.write(writeMessage({ ...BUS, member: 'AddMatch', serial: 2 + index, signature: 's', body: busText(rule) }))
      }
      for (;;) {
        const read = readMessage(received, MOST_BYTES)
        if (read === 'wrong') return void socket.destroy()
        if (read === 'unfinished') return
        received = received.subarray(read.bytes)
        this.#hear(read.message)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = null
      this.#again = setTimeout(() => this.#open(), AGAIN_MS).unref()
    })
  }

  #hear({ path, member, body }: BusMessage): void {
    const isLocked = member === 'Lock' || (member === 'PropertiesChanged' && isLockedHint(body))
    if (!isLocked || !path.startsWith(`${SESSIONS}/`) || !isOwnSession(path, this.#sessionsFolder)) return
    for (const listener of this.#listeners) listener()
  }
}

/**
 * Where logind tells of it, calls back when a screen of this user is locked, for some desktops twice; null on other systems, and on a
 * Linux without a system bus. Connects with the first listener.
 */
export const createScreenLock = (options: ScreenLockOptions): ScreenLock | null => {
  const { environment, system = process.platform, sessionsFolder = '/run/systemd/sessions' } = options
  const path = system === 'linux' ? busPath(environment) : null
  if (path === null || !existsSync(path)) return null
  const watch = new ScreenLockWatch(path, sessionsFolder)
  return (listener) => watch.add(listener)
}
