import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from './bench-report.ts'

/** How long a tool that people use for the same takes to print a secret, milliseconds; null where it is not installed. */
export interface PeerTime {
  readonly name: string
  readonly ms: number | null
}

const RUNS = 15
const SECRET = 'bench-0123456789abcdef'

type Environment = Readonly<Record<string, string>>

const isThere = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0

const run = (command: string, args: readonly string[], environment: Environment, input?: string): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  })
  if (status !== 0) throw new Error(`${command}: ${stderr}`)
  return stdout
}

const timeOf = (command: string, args: readonly string[], environment: Environment): number => {
  const times: number[] = []
  for (let round = 0; round < RUNS; round += 1) {
    const begun = performance.now()
    if (!run(command, args, environment).includes(SECRET)) throw new Error(`${command} did not print the secret`)
    times.push(performance.now() - begun)
  }
  return median(times)
}

const ghTime = (folder: string): number => {
  const config = join(folder, 'gh')
  mkdirSync(config)
  writeFileSync(join(config, 'hosts.yml'), `github.com:\n    user: bench\n    oauth_token: ${SECRET}\n    git_protocol: https\n`)
  return timeOf('gh', ['auth', 'token'], { HOME: folder, GH_CONFIG_DIR: config })
}

const passTime = (folder: string): number => {
  const environment = { HOME: folder, GNUPGHOME: join(folder, 'gnupg'), PASSWORD_STORE_DIR: join(folder, 'store') }
  mkdirSync(environment.GNUPGHOME, { mode: 0o700 })
  run('gpg', ['--batch', '--passphrase', '', '--quick-generate-key', 'bench@example.test', 'default', 'default'], environment)
  run('pass', ['init', 'bench@example.test'], environment)
  run('pass', ['insert', '--multiline', 'github/work'], environment, SECRET)
  try {
    return timeOf('pass', ['show', 'github/work'], environment)
  } finally {
    spawnSync('gpgconf', ['--kill', 'all'], { env: { PATH: process.env['PATH'], ...environment } })
  }
}

/** Within a session bus of its own, its keyring unlocked. */
const secretToolTime = (folder: string): number => {
  const script = [
    `printf 'bench' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1`,
    `printf %s ${SECRET} | secret-tool store --label=bench service github account work`,
    `for run in $(seq ${RUNS}); do begun=$(date +%s%N); secret-tool lookup service github account work | grep -q ${SECRET} || exit 1; echo $(( ($(date +%s%N) - begun) / 1000 )); done`,
  ].join('\n')
  const printed = run('dbus-run-session', ['--', 'bash', '-c', script], { HOME: folder })
  return median(printed.trim().split('\n').map(Number)) / 1000
}

/** The tools that are installed here, each with a secret of its own in a home of its own. */
export const peerTimes = (): readonly PeerTime[] => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-peers-'))
  const of = (name: string, needs: readonly string[], measure: (folder: string) => number): PeerTime => ({
    name,
    ms: needs.every(isThere) ? measure(folder) : null,
  })
  try {
    return [
      of('gh auth token', ['gh'], ghTime),
      of('pass show', ['pass', 'gpg'], passTime),
      of('secret-tool lookup', ['secret-tool', 'gnome-keyring-daemon', 'dbus-run-session'], secretToolTime),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
