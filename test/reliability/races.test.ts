import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleProgram } from '#test/helpers/bundle-program'
import { spawnHost } from '#test/helpers/spawn-host'
import { runRaces, SHARES_THE_LOCK } from './races.ts'
import { count } from './seeded-random.ts'

/** How long a host may take to say that there is another one, milliseconds: its own start included, and eight start at once. */
const LOSER_MS = 4000
/** On a machine with more to do: so many times what the first one took for its start alone. */
const LOSER_STARTS = 10

test(
  'of 30 processes that want one data folder exactly one gets it, 20 times, whether the last owner was killed or there was none',
  { timeout: 120_000 },
  async () => {
    const { rounds, starts, faults } = await runRaces(20, 30)
    count(`racing starts: ${rounds} rounds of 30, ${starts} processes, ${faults.length} faults`)
    expect(faults).toEqual([])
  },
)

test('a lock that lets others in is caught by the same races', { timeout: 60_000 }, async () => {
  const { faults } = await runRaces(2, 10, SHARES_THE_LOCK)
  expect(faults.length).toBeGreaterThan(0)
})

test(
  'hosts that come second end in time with the code for it; the socket of the live owner stays, that of a killed one is replaced',
  { timeout: 60_000 },
  async () => {
    const program = await bundleProgram('host-process')
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-second-'))
    const { PATH = '', HOME = '' } = process.env
    const environment = { LOG_LEVEL: 'error' }
    try {
      const killed = await spawnHost({ folder, environment, program: program.file })
      const stale = statSync(killed.ready.socket)
      await killed.end('SIGKILL')
      expect(statSync(killed.ready.socket).ino).toBe(stale.ino)

      const begun = performance.now()
      const owner = await spawnHost({ folder, environment, program: program.file })
      const limit = Math.max(LOSER_MS, LOSER_STARTS * (performance.now() - begun))
      const socket = statSync(owner.ready.socket, { bigint: true })
      expect(socket.ctimeMs).toBeGreaterThan(BigInt(Math.floor(stale.ctimeMs)))
      const losers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const started = performance.now()
          const child = spawn(process.execPath, [program.file], {
            env: { PATH, HOME, PATCHBAY_HOME: folder },
            stdio: ['ignore', 'ignore', 'pipe'],
          })
          let complaint = ''
          child.stderr.on('data', (text: Buffer) => (complaint += text.toString()))
          await once(child, 'close')
          return { isRefused: complaint.includes('host.already_running'), code: child.exitCode, ms: performance.now() - started }
        }),
      )
      count(`second hosts: ${losers.length}, the slowest ended after ${Math.round(Math.max(...losers.map(({ ms }) => ms)))} ms`)
      expect(losers.filter(({ isRefused, code }) => !isRefused || code === 0)).toEqual([])
      expect(losers.filter(({ ms }) => ms > limit)).toEqual([])
      const after = statSync(owner.ready.socket, { bigint: true })
      expect([after.ino, after.ctimeNs]).toEqual([socket.ino, socket.ctimeNs])
      const peer = await owner.connect()
      expect((await peer.call('system.status')).error).toBeUndefined()
      peer.close()
      await owner.end('SIGTERM')
    } finally {
      program.remove()
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
