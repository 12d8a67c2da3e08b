import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireInstanceLock } from '#core/database/instance-lock'
import { PatchbayError } from '#shared/errors'

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-lock-'))
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  rmSync(folder, { recursive: true, force: true })
})

interface Racer {
  readonly child: ChildProcess
  readonly say: (text: string) => void
  readonly hear: () => Promise<string>
}

const racer = async (): Promise<Racer> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../helpers/lock-racer.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const hear = async (): Promise<string> => String((await lines.next()).value)
  expect(await hear()).toBe('ready')
  return { child, say: (text) => void child.stdin.write(`${text}\n`), hear }
}

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('the instance lock', () => {
  it('has one winner among 20 processes that race for it', { timeout: 60_000 }, async () => {
    const racers = await Promise.all(Array.from({ length: 20 }, racer))
    for (const each of racers) each.say('go')
    const said = await Promise.all(racers.map((each) => each.hear()))
    expect(said.filter((line) => line === 'won')).toHaveLength(1)
    const winner = racers[said.indexOf('won')]
    const losers = said.filter((line) => line !== 'won')
    expect(losers.every((line) => line === `host.already_running ${winner?.child.pid}` || line === 'host.already_running null')).toBe(true)
  })

  it('names the owner to whoever comes later, and is free after kill -9', async () => {
    const owner = await racer()
    owner.say('go')
    expect(await owner.hear()).toBe('won')
    const late = await racer()
    late.say('go')
    expect(await late.hear()).toBe(`host.already_running ${owner.child.pid}`)
    await kill(owner.child)
    const next = await racer()
    next.say('go')
    expect(await next.hear()).toBe('won')
  })

  it('names nobody where the recorded owner is dead', async () => {
    const dead = await racer()
    await kill(dead.child)
    const owner = await racer()
    owner.say('go')
    expect(await owner.hear()).toBe('won')
    writeFileSync(join(folder, 'patchbay.pid'), String(dead.child.pid))
    const late = await racer()
    late.say('go')
    expect(await late.hear()).toBe('host.already_running null')
  })

  it('is refused to the owner itself, and free once released', () => {
    const lock = acquireInstanceLock(folder)
    try {
      acquireInstanceLock(folder)
      throw new Error('It was given twice.')
    } catch (error) {
      expect(error instanceof PatchbayError && error.code === 'host.already_running' && error.data['pid']).toBe(process.pid)
    }
    lock.release()
    lock.release()
    expect(existsSync(join(folder, 'patchbay.pid'))).toBe(false)
    acquireInstanceLock(folder).release()
  })

  it.skipIf(process.platform === 'win32')('keeps its files to this user alone', () => {
    const lock = acquireInstanceLock(join(folder, 'home'))
    for (const name of ['patchbay.lock', 'patchbay.pid']) expect(statSync(join(folder, 'home', name)).mode & 0o777).toBe(0o600)
    lock.release()
  })
})
