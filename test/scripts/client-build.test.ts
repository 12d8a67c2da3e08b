import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/experimental'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildClient } from '../../scripts/client-build.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder: string

/** A program that has installed the package, with what its author could say right and wrong. */
const PROGRAM = `
import { connectToPatchbay, PatchbayClientError, type PairTerms } from 'patchbay/client'
const pair: PairTerms = { purpose: 'x', verbs: ['read'], connections: { kind: 'connectors', connectorIds: ['github'] } }
using client = await connectToPatchbay({ name: 'x', pair, signal: AbortSignal.timeout(1000) })
const { connections } = await client.connections.list()
export const label: string | null | undefined = connections[0]?.label
const answer = await client.connections.request({ connectionId: 'x', path: '/user', body: { a: [1, null] } }, { signal: new AbortController().signal })
export const status: number = answer.status
for await (const event of client.follow({ afterSequence: 1 })) { const sequence: number = event.sequence; void sequence }
try { await client.grants.current() } catch (error) { if (error instanceof PatchbayClientError) { const retry: 'never' | 'after_fix' | 'later' = error.retry; void retry } }
// @ts-expect-error a program may not remove profiles
client.profiles.remove
// @ts-expect-error which one
void client.connections.get({})
// @ts-expect-error no such verb
export const wrong: PairTerms = { ...pair, verbs: ['admin'] }
`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-client-'))
  await buildClient(join(folder, 'node_modules/patchbay/out/client'))
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly exports: unknown }
  writeFileSync(join(folder, 'node_modules/patchbay/package.json'), JSON.stringify({ name: 'patchbay', type: 'module', exports }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  mkdirSync(join(folder, 'home'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the client library as it is shipped', () => {
  test('is one file that imports nothing but modules of Node', () => {
    const text = readFileSync(join(folder, 'node_modules/patchbay/out/client/patchbay-client.js'), 'utf8')
    const { module } = parseSync('patchbay-client.js', text)
    const names = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
    expect(names.length).toBeGreaterThan(2)
    expect(names.filter((name) => !name.startsWith('node:') || !builtinModules.includes(name.slice(5)))).toEqual([])
    expect(text.length).toBeLessThan(60_000)
  })

  test('is imported by its name, without a wait, and says that no host is there', () => {
    const script = `
      const began = performance.now()
      const { connectToPatchbay } = await import('patchbay/client')
      const ms = performance.now() - began
      await connectToPatchbay({ name: 'x' }).catch(({ code, next }) => console.log(JSON.stringify({ ms, code, next })))`
    const home = join(folder, 'home')
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', HOME: home, PATCHBAY_HOME: home, XDG_CONFIG_HOME: home },
    })
    const { ms, ...told } = JSON.parse(stdout) as { readonly ms: number; readonly code: string; readonly next: string }
    expect(told).toEqual({ code: 'host.not_running', next: expect.stringContaining('patchbay serve') as string })
    // 6 ms on a quiet machine.
    expect(ms).toBeLessThan(100)
  })

  test('has types of its own, which take what the contract takes and nothing else', () => {
    writeFileSync(join(folder, 'program.ts'), PROGRAM)
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: [],
      lib: ['es2024', 'dom', 'esnext.disposable'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })
})
