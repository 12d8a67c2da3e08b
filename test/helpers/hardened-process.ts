import { accessSync, constants, openSync, readSync } from 'node:fs'
import { url } from 'node:inspector'
import { createInterface } from 'node:readline'
import koffi from 'koffi'
import { hardenHost, requireSafeStart } from '#core/host-hardening'
import { nativeCalls } from '#core/native-calls'

// For the test of hardening. Root may read everything, so both sides go on as another user: `guarded` hardens itself when it is told to,
// `reader PID` says what it gets to see of that one.

const NOBODY = 65_534
const PR_SET_DUMPABLE = 4

const [role = '', pid = ''] = process.argv.slice(2)
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

const becomeOrdinary = (): void => {
  // Loaded while the files can be read for sure.
  nativeCalls()
  if (process.getuid?.() !== 0) return
  process.setgroups?.([NOBODY])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
  // The change of user itself forbids reading: what is shown is the work of the host.
  koffi.load(null).func('int prctl(int option, ulong a, ulong b, ulong c, ulong d)')(PR_SET_DUMPABLE, 1, 0, 0, 0)
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

const read = (file: string): string => {
  try {
    const path = `/proc/${pid}/${file}`
    if (file === 'fd') {
      accessSync(path, constants.R_OK)
      return 'read'
    }
    const descriptor = openSync(path, 'r')
    if (file !== 'mem') readSync(descriptor, Buffer.alloc(16))
    return 'read'
  } catch (error) {
    return codeOf(error)
  }
}

/** How the system refuses to copy from the address 0 of that process: EFAULT by whom it is allowed, EPERM otherwise. */
const copyMemory = (): string => {
  const readv = koffi.load(null).func('int process_vm_readv(int pid, void *to, ulong toParts, void *from, ulong fromParts, ulong flags)')
  const sixteenBytes = Buffer.alloc(16)
  sixteenBytes.writeUInt8(16, 8)
  readv(Number(pid), sixteenBytes, 1, sixteenBytes, 1, 0)
  return Object.entries(koffi.os.errno).find(([, value]) => value === koffi.errno())?.[0] ?? ''
}

becomeOrdinary()
if (role === 'reader') {
  say({ mem: read('mem'), environ: read('environ'), maps: read('maps'), fd: read('fd'), copied: copyMemory() })
} else {
  requireSafeStart({}, [])
  say('open')
  const log = { error: () => {}, warn: () => {}, debug: () => {}, info: (event: string, fields?: object) => say({ event, ...fields }) }
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'harden') void hardenHost({ log, environment: {} })
    else say({ inspector: url() ?? null })
  })
}
