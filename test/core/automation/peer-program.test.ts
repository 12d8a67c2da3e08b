import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fingerprintOf, hasChanged } from '#core/automation/peer-fingerprint'
import { type PeerProgram, programOf } from '#core/automation/peer-program'
import { ProgramFacts } from '#shared/contract/grants'

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'patchbay-program-of-')))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const start = async (program: string, args: readonly string[], argv0 = program): Promise<number> => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: folder, env: { PATH: process.env['PATH'] }, argv0 })
  children.push(child)
  await once(child, 'spawn')
  return child.pid ?? 0
}

/** A script that says when it runs, and then waits. */
const WAITS = `process.stdout.write('runs'); setInterval(() => {}, 1000)`

const startScript = async (name: string, args = [name]): Promise<number> => {
  writeFileSync(join(folder, name), WAITS)
  const pid = await start(process.execPath, args)
  await once(children.at(-1)?.stdout ?? process, 'data')
  return pid
}

const known = (pid: number): PeerProgram => {
  const program = programOf(pid)
  if (program === null) throw new Error(`Nothing is told of ${pid}.`)
  return program
}

/** A program that does nothing for a minute, under a name of the test's own. */
const startSleeper = (path: string): Promise<number> => {
  copyFileSync('/bin/sleep', path)
  return start(path, ['60'])
}

describe.skipIf(process.platform !== 'linux')('what is known of a program', () => {
  test('its file, when that changed, and who started it', async () => {
    const path = join(folder, 'tool')
    const pid = await startSleeper(path)
    const { facts, file } = known(pid)
    expect(facts).toMatchObject({ pid, path, interpreter: null })
    expect(Date.now() - Date.parse(facts.changedAt ?? '')).toBeLessThan(60_000)
    expect(facts.startedBy[0]).toMatch(/node/)
    expect(facts.startedBy.length).toBeLessThanOrEqual(6)
    expect(file).toBe(`/proc/${pid}/exe`)
    expect(ProgramFacts.parse(facts)).toEqual(facts)
  })

  test('of an interpreter the script that its command line names, and that any other script could say the same', async () => {
    const pid = await startScript('client.mjs')
    const { facts } = known(pid)
    expect(facts).toMatchObject({ path: join(folder, 'client.mjs'), interpreter: realpathSync(process.execPath) })
    const shell = await start('/bin/sh', ['-c', 'read line; true'])
    expect(known(shell).facts.path).toBe(known(shell).facts.interpreter)
  })

  test('behind a link the script itself', async () => {
    writeFileSync(join(folder, 'real.mjs'), WAITS)
    symlinkSync(join(folder, 'real.mjs'), join(folder, 'alias.mjs'))
    const pid = await start(process.execPath, ['alias.mjs'])
    await once(children.at(-1)?.stdout ?? process, 'data')
    expect(known(pid).facts.path).toBe(join(folder, 'real.mjs'))
  })

  test('nothing of one that has ended, or never was', async () => {
    const pid = await startSleeper(join(folder, 'tool'))
    children[0]?.kill('SIGKILL')
    await once(children[0] as ChildProcess, 'exit')
    for (const gone of [pid, 0, -1, 2 ** 22 + 1]) expect(programOf(gone)).toBeNull()
  })

  test.each([
    ['turns text around and breaks lines', 'gh\u202egpj.\n\u001b[2J\u200bx', /^gh\u25a1?gpj\. \u25a1\[2Jx$/],
    ['is longer than the space for it', `${'a'.repeat(250)}-end`, /…a+-end$/],
  ])('a name that %s is cleaned and bounded', async (_what, name, shown) => {
    const deep = join(folder, 'x'.repeat(120), 'y'.repeat(120))
    mkdirSync(deep, { recursive: true })
    const pid = await startSleeper(join(name.length > 200 ? deep : folder, name))
    const { path } = known(pid).facts
    expect(path.length).toBeLessThanOrEqual(200)
    expect(path).not.toMatch(/[\p{Cc}\u200b\u202e]/u)
    expect(path.slice(path.lastIndexOf('/') + 1)).toMatch(shown)
    const child = await start('/bin/sh', ['-c', 'read line; true'], name)
    expect(JSON.stringify(known(child).facts)).not.toContain('gpj')
  })

  test('is read in milliseconds', async () => {
    const pid = await startScript('client.mjs')
    const began = performance.now()
    for (let time = 0; time < 20; time += 1) known(pid)
    expect((performance.now() - began) / 20).toBeLessThan(500)
  })
})

describe.skipIf(process.platform !== 'linux')('a program that was replaced after it was approved', () => {
  test('is noticed: its content, in a new file or in the same, with the time of the old one', async () => {
    const path = join(folder, 'tool')
    const pid = await startSleeper(path)
    const before = await fingerprintOf(known(pid))
    expect(before).toMatch(/^[0-9a-f]{64}$/)
    expect(hasChanged(before, await fingerprintOf(known(pid)))).toBe(false)

    // Another program under the same name, by a new file put in its place.
    copyFileSync('/bin/cat', join(folder, 'evil'))
    renameSync(join(folder, 'evil'), path)
    const replaced = await start(path, [])
    expect(known(replaced).facts.path).toBe(path)
    expect(hasChanged(before, await fingerprintOf(known(replaced)))).toBe(true)
    // The old one still runs from a file that is gone: that, too, is no more what was approved.
    expect(hasChanged(before, await fingerprintOf(known(pid)))).toBe(true)
  })

  test('is noticed where a script was written over, its size and time kept', async () => {
    const pid = await startScript('client.mjs')
    const before = await fingerprintOf(known(pid))
    const again = await startScript('client.mjs')
    const at = new Date('2026-01-01T00:00:00Z')
    const file = join(folder, 'client.mjs')
    utimesSync(file, at, at)
    const touched = await fingerprintOf(known(again))
    expect(hasChanged(before, touched)).toBe(false)
    writeFileSync(file, WAITS.replace('1000', '1001'))
    utimesSync(file, at, at)
    expect(hasChanged(before, await fingerprintOf(known(again)))).toBe(true)
  })

  test('is noticed where the file cannot be read any more, and nothing has changed where nobody looked before', async () => {
    const pid = await startScript('client.mjs')
    const program = known(pid)
    const before = await fingerprintOf(program)
    rmSync(join(folder, 'client.mjs'))
    expect(await fingerprintOf(program)).toBeNull()
    expect(hasChanged(before, null)).toBe(true)
    expect(hasChanged(null, before)).toBe(false)
  })

  test('a folder, a pipe or a device in its place holds nobody up', async () => {
    for (const file of [folder, '/dev/zero', '/dev/tty']) expect(await fingerprintOf({ file, path: file, interpreter: null })).toBeNull()
  })
})
