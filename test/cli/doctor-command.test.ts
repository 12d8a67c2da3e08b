import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommandContext } from '#cli/command'
import { doctorCommand } from '#cli/commands/doctor-command'
import { fromWire } from '#shared/errors'
import { makeCore, type TestCore } from '#test/helpers/make-core'

describe('patchbay doctor', () => {
  let core: TestCore
  let folder: string
  let printed: unknown[]
  let said: string[]
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-doctor-'))
    printed = []
    said = []
    core = await makeCore({ environment: { NANGO_PUBLIC_KEY: 'pk-0000' } })
  })
  afterEach(async () => {
    process.exitCode = 0
    await core.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const context = (isJson: boolean): CommandContext =>
    ({
      isJson,
      session: {
        call: async (method: string, params: unknown) => {
          const reply = await core.core.dispatch({ kind: 'cli', isTrusted: true, terminal: null }, method, params)
          if (!reply.ok) throw fromWire(reply.error)
          return reply.value
        },
      },
      print: (result: unknown) => printed.push(result),
      say: (text: string) => said.push(text),
    }) as unknown as CommandContext
  const run = (isJson: boolean, bundle?: string): Promise<void> =>
    doctorCommand.run(context(isJson), { words: [], flags: new Map(bundle === undefined ? [] : [['bundle', [bundle]]]) })

  test('with --bundle writes one file for its owner alone, says what it holds, and never writes over another', async () => {
    const file = join(folder, 'help.json')
    await run(false, file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('about.holds')
    expect(said.join('\n')).toContain('the last 1,000 lines of the log')
    writeFileSync(file, 'mine')
    await expect(run(false, file)).rejects.toMatchObject({ code: 'storage.failed', message: expect.stringContaining('exists already') })
    expect(readFileSync(file, 'utf8')).toBe('mine')
    await run(true, join(folder, 'other.json'))
    expect(printed.at(-1)).toMatchObject({ path: join(folder, 'other.json'), contents: expect.any(Array) })
  })

  test('prints what it found and ends with 1 only where something is not in order', async () => {
    await run(true)
    expect(printed.at(-1)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ id: 'env.public_key', status: 'warn' })]),
    })
    const { checks } = printed.at(-1) as { checks: { status: string }[] }
    expect(process.exitCode === 1).toBe(checks.some(({ status }) => status === 'fail'))
  })
})
