import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '#test/transports/socket-peer'

// The built program in a folder of its own; `npm test` builds it first.
const BUILT = fileURLToPath(new URL('../../out/cli', import.meta.url))

let home: ReturnType<typeof temporaryFolder>
let cache: string

beforeEach(() => {
  home = temporaryFolder()
  cache = join(home.path, 'compile-cache')
  cpSync(BUILT, join(home.path, 'cli'), { recursive: true })
})

afterEach(() => home.remove())

const version = (): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(home.path, 'cli/patchbay.cjs'), '--version'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], PATCHBAY_HOME: join(home.path, 'data') },
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.trim()
}

const kept = (): string[] =>
  readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(cache, name)).isFile())

describe.skipIf(process.platform === 'win32')('the start of the command line', () => {
  test('keeps what Node compiled beside the bundles, for this user alone, and reads it at the next start', () => {
    const first = version()
    expect(statSync(cache).mode & 0o777).toBe(0o700)
    const [file] = kept()
    expect(kept()).toHaveLength(1)
    const { mtimeMs } = statSync(join(cache, file ?? ''))
    expect(version()).toBe(first)
    // What was good is not written again.
    expect(statSync(join(cache, kept()[0] ?? '')).mtimeMs).toBe(mtimeMs)
  })

  test('neither reads nor writes a folder that others may look into or change', () => {
    mkdirSync(cache)
    for (const mode of [0o777, 0o770, 0o705]) {
      chmodSync(cache, mode)
      version()
      expect(kept()).toEqual([])
    }
  })

  test('starts all the same where nothing can be kept', () => {
    const usual = version()
    rmSync(cache, { recursive: true })
    cpSync(join(BUILT, 'patchbay.cjs'), cache)
    expect(version()).toBe(usual)
    expect(statSync(cache).isFile()).toBe(true)
    expect(existsSync(join(home.path, 'data'))).toBe(false)
  })
})
