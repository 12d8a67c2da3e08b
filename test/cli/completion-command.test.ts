import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '#test/transports/socket-peer'
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts'
import { runPatchbay } from './terminal-stand-in.ts'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

/** What a hostile host, or an account with a hostile name, could answer. */
const HOSTILE = ['$(touch hacked)', '`touch hacked`', 'github/a;touch hacked', '--yes', 'a b']

let folder: ReturnType<typeof temporaryFolder>

beforeAll(async () => {
  folder = temporaryFolder()
  for (const shell of ['bash', 'zsh'] as const) {
    writeFileSync(join(folder.path, `complete.${shell}`), (await runPatchbay(folder.path, ['completion', shell])).out)
  }
  mkdirSync(join(folder.path, 'bin'))
  mkdirSync(join(folder.path, 'here'))
  writeFileSync(join(folder.path, 'here/two words.csv'), '')
  const program = join(folder.path, 'bin/patchbay')
  // The program as the script reaches it: it notes what it is asked for, and answers the names of connections.
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> '${folder.path}/asked'\n[ "$3" = connections ] && cat <<'END'\ngithub/home\ngithub/work\nslack/team\n${HOSTILE.join('\n')}\nEND\nexit 0\n`,
  )
  chmodSync(program, 0o755)
})
afterAll(() => folder.remove())

const environment = () => ({ PATH: `${join(folder.path, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: folder.path })
const asked = (): string[] => readFileSync(join(folder.path, 'asked'), 'utf8').trim().split('\n')

/** Each line of `lines` as it is typed, up to the key; resolves what is offered for each. */
const offeredBy: Readonly<Record<'bash' | 'zsh', (lines: readonly (readonly string[])[]) => string[][]>> = {
  bash: (lines) => {
    const cases = lines.map(
      (words) =>
        `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _patchbay; printf '%s\\n' "\${COMPREPLY[@]}"; echo '=='`,
    )
    const program = `. ../complete.bash; ${cases.join('\n')}`
    const out = execFileSync('bash', ['--norc', '-c', program], { cwd: join(folder.path, 'here'), env: environment(), encoding: 'utf8' })
    return sections(out)
  },
  zsh: (lines) => {
    const cases = lines.map(
      (words) =>
        `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; PREFIX='${words.at(-1) ?? ''}'; _patchbay; echo '=='`,
    )
    // What the line editor gives to a completing function, as far as ours asks for it.
    const editor = `compset() { case "$*" in '-P 1 *=') PREFIX=\${PREFIX#*=} ;; '-P *,') PREFIX=\${PREFIX##*,} ;; esac }
compadd() { local each; for each in "\${(@P)2}"; do [[ $each == $PREFIX* ]] && print -r -- "$each"; done }
_files() { print -rl -- *(N) }; _command_names() { print -r -- ls }`
    const program = `. ../complete.zsh; ${editor}\n${cases.join('\n')}`
    const out = execFileSync('zsh', ['-f', '-c', program], { cwd: join(folder.path, 'here'), env: environment(), encoding: 'utf8' })
    return sections(out)
  },
}
const sections = (out: string): string[][] =>
  out
    .split('==\n')
    .slice(0, -1)
    .map((text) => text.split('\n').filter((line) => line !== ''))

describe.each(['bash', 'zsh'] as const)('patchbay completion %s', (shell) => {
  const line = (text: string): string[] => text.split(' ')

  test.skipIf(!has(shell))('is a script without faults', () => {
    const { status, stderr } = spawnSync(shell, ['-n', join(folder.path, `complete.${shell}`)], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  test.skipIf(!has(shell))('completes domains, methods, flags, their values, and names that the host knows', () => {
    const [domains, methods, flags, values, inline, several, handles, flagged, positional, grants, none] = offeredBy[shell]([
      line('patchbay co'),
      line('patchbay connections re'),
      line('patchbay connections list --s'),
      line('patchbay --json connections list --limit 5 --status e'),
      shell === 'bash' ? line('patchbay audit list --outcome = d') : line('patchbay audit list --outcome=d'),
      line('patchbay grants approve grn_1 --verbs read,re'),
      line('patchbay connections get github/'),
      line('patchbay audit list --connection sl'),
      line('patchbay completion '),
      line('patchbay grants re'),
      line('patchbay connections rename github/work ne'),
    ])
    expect(domains).toEqual(['completion', 'connect', 'connections', 'connectors'])
    expect(methods).toEqual(expect.arrayContaining(['refresh', 'reconnect', 'revoke', 'remove', 'rename', 'request', 'resolve']))
    expect(flags).toEqual(['--status', '--search', '--sort'])
    expect(values).toEqual(['expired', 'error'])
    expect(inline).toEqual(['done', 'denied'])
    expect(several).toEqual(shell === 'bash' ? ['read,read', 'read,request'] : ['read', 'request'])
    expect(handles?.filter((name) => !HOSTILE.includes(name))).toEqual(['github/home', 'github/work'])
    expect(flagged).toEqual(['slack/team'])
    expect(positional).toEqual(['bash', 'zsh'])
    expect(grants).toEqual(expect.arrayContaining(['revoke', 'restore', 'revoke-all', 'resume']))
    expect(none).toEqual([])
    expect(asked()).toContain('completion values connections github/ --no-autostart')
  })

  test.skipIf(!has(shell))('offers files and commands where these are wanted, and never runs what it is told', () => {
    const [files, commands, names] = offeredBy[shell]([
      line('patchbay audit export --file two'),
      line('patchbay exec github/work -- l'),
      line('patchbay connections get '),
    ])
    expect(files).toEqual(['two words.csv'])
    expect(commands).toContain('ls')
    expect(names).toEqual(expect.arrayContaining(['github/home', 'slack/team']))
    expect(spawnSync('ls', [join(folder.path, 'here')], { encoding: 'utf8' }).stdout).toBe('two words.csv\n')
  })
})

describe('what the script asks the program for', () => {
  let host: ScriptedHost
  afterEach(() => host.stop())

  test('are the names that begin with what is typed, as far as a shell can take them as they are', async () => {
    host = await startScriptedHost((method) => {
      if (method === 'connections.list')
        return { result: { connections: ['github/work', 'github/home', 'slack/github', ...HOSTILE].map((handle) => ({ handle })) } }
      if (method === 'profiles.list')
        return {
          result: {
            profiles: [
              { profileId: 'prf_1', name: 'Work' },
              { profileId: 'prf_2', name: '$(touch hacked)' },
            ],
          },
        }
      return { result: { connectors: [{ connectorId: 'github' }, { connectorId: 'gitlab' }] } }
    })
    expect(await host.patchbay(['completion', 'values', 'connections', 'git'])).toMatchObject({
      code: 0,
      out: 'github/work\ngithub/home\n',
      err: '',
    })
    expect(await host.patchbay(['completion', 'values', 'connections', 'github/w'])).toMatchObject({ out: 'github/work\n' })
    expect((await host.patchbay(['completion', 'values', 'connections', ''])).out).toBe('github/work\ngithub/home\nslack/github\n')
    expect((await host.patchbay(['completion', 'values', 'profiles', ''])).out).toBe('Work\nprf_2\n')
    expect((await host.patchbay(['completion', 'values', 'connectors', 'gith'])).out).toBe('github\n')
    expect(host.calls.map(([, params]) => params)).toEqual([
      { search: 'git', limit: 500 },
      { connectorId: 'github', limit: 500 },
      { limit: 500 },
      {},
      { search: 'gith' },
    ])
  })

  test('is nothing, soon and without a word, where it would have to ask, the vault is locked, nobody answers or no host runs', async () => {
    host = await startScriptedHost((method) => ({ error: method === 'grants.list' ? 'automation.approval_required' : 'vault.locked' }))
    const silent = { code: 0, out: '', err: '', questions: [] }
    expect(await host.patchbay('completion values grants grn', { answers: ['y'] })).toMatchObject(silent)
    expect(await host.patchbay('completion values connections git')).toMatchObject(silent)
    const began = performance.now()
    host.stall()
    expect(await host.patchbay('completion values connections git')).toMatchObject(silent)
    expect(performance.now() - began).toBeLessThan(1000)
    await host.stop()
    expect(await runPatchbay(folder.path, ['completion', 'values', 'connections', ''])).toMatchObject(silent)
  })
})

test('a shell that is not known is refused', async () => {
  expect((await runPatchbay(folder.path, ['completion', 'fish'])).code).toBe(2)
  expect((await runPatchbay(folder.path, ['completion'])).code).toBe(2)
})
