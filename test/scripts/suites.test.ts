import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closingLine, describeRun, isGood, runVitest, type SuiteRun } from '../../scripts/suites.ts'
import { root } from '../architecture/source-imports.ts'

let folder = ''

const runFile = (name: string, text: string): Promise<SuiteRun> => {
  writeFileSync(join(folder, name), `import { expect, test } from 'vitest'\n${text}`)
  return runVitest({ name: `fixture-${name}`, args: ['--root', folder, name], suiteOf: () => 'fixture' })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-suites-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a run of a suite', () => {
  test('counts what passed, failed and was skipped, shows why, and names the skipped', async () => {
    const run = await runFile(
      'mixed.test.ts',
      "test('one is one', () => expect(1).toBe(1))\ntest('one is two', () => expect(1).toBe(2))\ntest.skip('later', () => {})",
    )
    expect(closingLine(run.outcomes)).toBe('1 passed, 1 failed, 1 skipped')
    expect(isGood(run.outcomes)).toBe(false)
    const lines = describeRun(run).join('\n')
    expect(lines).toMatch(/^FAIL fixture: 1 passed, 1 failed, 1 skipped \(\d+\.\d s\)/)
    expect(lines).toContain('expected 1 to be 2')
    expect(lines).toMatch(/skipped: .*later/)
  })

  test('fails when a file cannot be loaded, although no test in it failed', async () => {
    const run = await runFile('broken.test.ts', "import './nowhere.ts'\ntest('never reached', () => expect(1).toBe(1))")
    expect(closingLine(run.outcomes)).toBe('0 passed, 1 failed')
    expect(describeRun(run).join('\n')).toContain('nowhere')
  })

  test('fails when an error nobody caught comes after the tests passed', async () => {
    const run = await runFile(
      'stray.test.ts',
      "test('passes', async () => { void Promise.reject(new Error('stray words')); await new Promise((done) => setTimeout(done, 50)); expect(1).toBe(1) })",
    )
    expect(closingLine(run.outcomes)).toBe('1 passed, 1 failed')
    expect(describeRun(run).join('\n')).toContain('stray words')
  })

  test('fails when the process of a test dies', async () => {
    const run = await runFile('dies.test.ts', "test('dies', () => { process.kill(process.pid, 'SIGKILL'); expect(1).toBe(1) })")
    expect(isGood(run.outcomes)).toBe(false)
    expect(run.outcomes.some(({ state }) => state === 'failed')).toBe(true)
  })

  test('fails when there is nothing to run', async () => {
    const run = await runVitest({ name: 'fixture-none', args: ['--root', folder, 'no-such-file'], suiteOf: () => 'fixture' })
    expect(run.outcomes).toMatchObject([{ state: 'failed', title: 'no test ran' }])
  })

  test('closes without the word skipped when nothing was', () => {
    expect(closingLine([{ suite: 'a', title: 'b', state: 'passed', message: '' }])).toBe('1 passed, 0 failed')
    expect(isGood([{ suite: 'a', title: 'b', state: 'skipped', message: '' }])).toBe(false)
  })
})
