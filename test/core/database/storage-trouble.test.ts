import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '#core/caller'
import { eventually } from '#test/helpers/make-core'
import { newPublicKey } from '#test/helpers/paired-program'
import type { StorageStatus } from '#shared/contract/backup'
import type { Reply } from '#shared/wire'

const canMount = spawnSync('unshare', ['-Urm', 'true']).status === 0
const program = join(import.meta.dirname, '../../helpers/storage-trouble-process.ts')

let home: string
const children: ChildProcess[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'patchbay-trouble-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

/** A shell in a mount namespace of its own: what it mounts is gone with it, and nobody else sees it. */
const enterNamespace = async () => {
  const child = spawn('unshare', ['-Urm', 'sh'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATCHBAY_HOME: home, XDG_RUNTIME_DIR: '', DBUS_SESSION_BUS_ADDRESS: '', NODE_NO_WARNINGS: '1' },
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const tell = (line: string): void => void child.stdin.write(`${line}\n`)
  const answer = async <T>(): Promise<T> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('It ended.')
    return JSON.parse(String(value)) as T
  }
  return {
    /** Runs a command in the shell; only while no host has the input. */
    shell: async (command: string): Promise<void> => {
      tell(`${command} >&2; echo "$?"`)
      const code = await answer<number>()
      if (code !== 0) throw new Error(`${command} ended with ${code}`)
    },
    /** A host in the background of that shell, so that mounts can change under it. */
    host: async () => {
      tell(`mkfifo "$PATCHBAY_HOME.in" 2>/dev/null; "${process.execPath}" "${program}" < "$PATCHBAY_HOME.in" & exec 3> "$PATCHBAY_HOME.in"`)
      expect(await answer()).toEqual({ ready: true })
      const call = async (method: string, params: unknown = {}, caller?: Caller): Promise<Reply> => {
        tell(`printf '%s\\n' '${JSON.stringify([method, params, ...(caller === undefined ? [] : [caller])])}' >&3`)
        return answer<Reply>()
      }
      return {
        call,
        code: async (method: string, params: unknown = {}, caller?: Caller): Promise<string | null> => {
          const reply = await call(method, params, caller)
          return reply.ok ? null : reply.error.code
        },
        storage: async (): Promise<StorageStatus> => {
          tell(`printf '%s\\n' '["storage"]' >&3`)
          return answer<StorageStatus>()
        },
        /** Waits until everything is written again; how long that took, milliseconds. */
        untilWritable: async (): Promise<number> => {
          tell(`printf '%s\\n' '["writable"]' >&3`)
          return answer<number>()
        },
        stop: async (): Promise<void> => {
          tell(`printf '%s\\n' '["stop"]' >&3`)
          expect(await answer()).toEqual({ stopped: true })
          tell('exec 3>&-; wait')
        },
      }
    },
  }
}

describe.skipIf(!canMount)('a folder that takes no writes', () => {
  test('is read from a copy, refuses what would write, and is written again once it can be, without a restart', async () => {
    const { shell, host } = await enterNamespace()
    await shell('mount -t tmpfs -o size=32m,mode=700 tmpfs "$PATCHBAY_HOME"')
    const first = await host()
    expect(await first.code('profiles.create', { name: 'Early', kind: 'sandbox' })).toBeNull()
    await first.stop()
    await shell('mount -o remount,ro "$PATCHBAY_HOME"')
    const second = await host()
    expect(await second.storage()).toMatchObject({ state: 'open', reason: 'read_only', isWritable: false })
    expect(await second.call('profiles.list')).toMatchObject({ ok: true, value: { profiles: [{ name: 'Early' }] } })
    expect(await second.code('profiles.create', { name: 'Refused', kind: 'sandbox' })).toBe('storage.read_only')
    expect(await second.code('backup.create')).toBe('storage.read_only')
    expect(await second.code('system.doctor')).toBeNull()
    await shell('mount -o remount,rw "$PATCHBAY_HOME"')
    expect(await second.untilWritable()).toBeLessThan(5_000)
    expect(await second.code('profiles.create', { name: 'Late', kind: 'sandbox' })).toBeNull()
    await second.stop()
    const third = await host()
    expect(await third.storage()).toMatchObject({ state: 'open', isWritable: true, notice: null })
    expect(await third.call('profiles.list')).toMatchObject({ value: { profiles: [{ name: 'Early' }, { name: 'Late' }] } })
    await third.stop()
  }, 20_000)
})

describe.skipIf(!canMount)('a full disk', () => {
  test('while it runs: reads go on, writes are refused, removing is possible, and it mends when there is space', async () => {
    const { shell, host } = await enterNamespace()
    await shell('mount -t tmpfs -o size=8m,mode=700 tmpfs "$PATCHBAY_HOME"')
    const running = await host()
    const created = await running.call('profiles.create', { name: 'Early', kind: 'sandbox' })
    await shell('dd if=/dev/zero of="$PATCHBAY_HOME/ballast" bs=64k 2>/dev/null || true')
    let acknowledged = 0
    let refused: string | null = null
    while (refused === null && acknowledged < 2_000) {
      refused = await running.code('profiles.create', { name: `Profile ${acknowledged} ${'x'.repeat(150)}`, kind: 'sandbox' })
      if (refused === null) acknowledged++
    }
    expect(refused).toBe('storage.full')
    expect(await running.storage()).toMatchObject({ state: 'open', reason: 'full', isWritable: false })
    expect(await running.call('profiles.list')).toMatchObject({ ok: true })
    const { value } = created as { value: { profileId: string } }
    expect(await running.code('profiles.remove', { profileId: value.profileId })).toBeNull()
    await shell('rm "$PATCHBAY_HOME/ballast"')
    expect(await running.untilWritable()).toBeLessThan(5_000)
    expect(await running.code('profiles.create', { name: 'Late', kind: 'sandbox' })).toBeNull()
    await running.stop()
    const again = await host()
    const listed = (await again.call('profiles.list')) as { value: { profiles: { name: string }[] } }
    expect(listed.value.profiles).toHaveLength(acknowledged + 1)
    expect(listed.value.profiles.map(({ name }) => name)).not.toContain('Early')
    await again.stop()
  }, 20_000)

  test('while it lasts no program acts that cannot be written down, and what stops programs holds, then and after it', async () => {
    const { shell, host } = await enterNamespace()
    await shell('mount -t tmpfs -o size=8m,mode=700 tmpfs "$PATCHBAY_HOME"')
    const running = await host()
    await running.call('profiles.create', { name: 'Early', kind: 'sandbox' })
    const wish = {
      name: 'a-script',
      purpose: 'A test.',
      verbs: ['read'],
      connections: { kind: 'all' },
      term: 'twelve_hours',
      waitSeconds: 0,
    }
    const asked = await running.call('grants.request', wish, { kind: 'unproven', publicKey: newPublicKey(), via: 'socket' })
    const { grantId, clientId } = (asked as { value: { grantId: string; clientId: string } }).value
    await eventually(async () => (await running.code('grants.approve', { grantId })) === null)
    const program: Caller = { kind: 'automation', clientId, via: 'socket' }
    expect(await running.code('connections.list', {}, program)).toBeNull()
    await shell('dd if=/dev/zero of="$PATCHBAY_HOME/ballast" bs=4k 2>/dev/null || true')
    await eventually(async () => (await running.code('profiles.create', { name: 'x'.repeat(150), kind: 'sandbox' })) === 'storage.full')
    expect(await running.code('connections.list', {}, program)).toBe('audit.unavailable')
    expect(await running.code('grants.update', { grantId, term: 'standing' })).toBe('storage.full')
    expect(await running.code('grants.revoke', { grantId })).toBeNull()
    await shell('rm "$PATCHBAY_HOME/ballast"')
    await running.untilWritable()
    expect(await running.code('connections.list', {}, program)).toBe('automation.denied')
    await running.stop()
    const again = await host()
    expect(await again.code('connections.list', {}, program)).toBe('automation.denied')
    expect(await again.call('grants.list', { state: 'ended' })).toMatchObject({
      value: { grants: [{ grantId, endedBecause: 'taken_back' }] },
    })
    await again.stop()
  }, 30_000)

  test('at the start: the host comes up and reads', async () => {
    const { shell, host } = await enterNamespace()
    await shell('mount -t tmpfs -o size=8m,mode=700 tmpfs "$PATCHBAY_HOME"')
    const first = await host()
    expect(await first.code('profiles.create', { name: 'Early', kind: 'sandbox' })).toBeNull()
    await first.stop()
    await shell('rm "$PATCHBAY_HOME/.reserve"; dd if=/dev/zero of="$PATCHBAY_HOME/ballast" bs=4k 2>/dev/null || true')
    const second = await host()
    expect(await second.storage()).toMatchObject({ state: 'open', reason: 'full', isWritable: false })
    expect(await second.call('profiles.list')).toMatchObject({ ok: true, value: { profiles: [{ name: 'Early' }] } })
    expect(await second.code('profiles.create', { name: 'Refused', kind: 'sandbox' })).toBe('storage.full')
    await shell('rm "$PATCHBAY_HOME/ballast"')
    expect(await second.untilWritable()).toBeLessThan(5_000)
    expect(await second.code('profiles.create', { name: 'Late', kind: 'sandbox' })).toBeNull()
    await second.stop()
  }, 20_000)
})
