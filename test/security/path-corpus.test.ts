import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleProgram, type BundledProgram } from '#test/helpers/bundle-program'
import { count } from '#test/reliability/seeded-random'
import { readStrace, stringsOf } from '#test/reliability/strace-log'
import { hostilePaths, LINK_OUTSIDE, UNSERVED_FILES } from './path-corpus.ts'

const run = promisify(execFile)
const hasStrace = spawnSync('strace', ['-V']).status === 0

const APP_ASSET = '/assets/index-Aa11.js'
const AUTH_ASSET = '/assets/auth-window-Bb22.js'
const SERVED: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><script type="module" src="${APP_ASSET}"></script>`,
  'auth-window/index.html': `<!doctype html><script type="module" src="${AUTH_ASSET}"></script>`,
  'assets/index-Aa11.js': 'export const page = 1',
  'assets/auth-window-Bb22.js': 'export const authPage = 1',
}

interface Answer {
  readonly place: string
  readonly path: string
  readonly isHostile: boolean
  readonly status: number
  readonly body: string
}

/** Node counts the processors when it first reads a file and looks how much memory there is; the C library asks before it gives memory back. */
const OF_THE_RUNTIME = /^\/(?:sys\/devices\/system\/cpu\/online|sys\/fs\/cgroup\/[\w./-]+|proc\/meminfo|proc\/sys\/vm\/overcommit_memory)$/

describe('the paths that try to leave the folder of pages', () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'patchbay-paths-')))
  const folder = join(home, 'renderer')
  const log = join(home, 'strace.log')
  let program: BundledProgram
  let answers: readonly Answer[] = []

  beforeAll(async () => {
    for (const [name, text] of Object.entries({ ...SERVED, ...UNSERVED_FILES })) {
      const file = join(folder, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    symlinkSync(join(home, 'outside.js'), join(folder, LINK_OUTSIDE))
    for (const name of ['begin.mark', 'end.mark']) writeFileSync(join(home, name), '')
    program = await bundleProgram('path-corpus-program')
    const command = [process.execPath, program.file, folder, APP_ASSET, AUTH_ASSET]
    const traced = hasStrace ? ['strace', '-f', '-xx', '-s', '32768', '-o', log, '-e', 'trace=open,openat,creat', ...command] : command
    const [file = '', ...args] = traced
    const { stdout } = await run(file, args, { maxBuffer: 1e8 })
    answers = JSON.parse(stdout) as Answer[]
  }, 60_000)
  afterAll(() => {
    program?.remove()
    rmSync(home, { recursive: true, force: true })
  })

  test('none of more than 120 is answered with a file, by the window or the sign-in page of either host', () => {
    const corpus = hostilePaths(APP_ASSET)
    expect(new Set(corpus).size).toBe(corpus.length)
    expect(corpus.length).toBeGreaterThanOrEqual(120)
    const hostile = answers.filter(({ isHostile }) => isHostile)
    expect(new Set(hostile.map(({ place }) => place)).size).toBe(4)
    const kept = hostile.filter(({ status, body }) => {
      const isNotThere = status === 404 && ['Not found', 'There is nothing here.\n'].includes(body)
      // Bytes that make no request line, or a longer one than is read, get no further than the parser.
      return !isNotThere && !([400, 431].includes(status) && body === '')
    })
    expect(kept.map(({ place, path, status }) => `${place}: ${status} ${path.slice(0, 80)}`)).toEqual([])
    count(`path corpus ${corpus.length} paths at ${hostile.length / corpus.length} places, ${hostile.length} refused`)
  })

  test('what is meant to be served is served by the same four places', () => {
    const good = answers.filter(({ isHostile }) => !isHostile)
    expect(good).toHaveLength(8)
    for (const { place, path, status, body } of good) {
      expect([place, path, status, Object.values(SERVED).includes(body)]).toEqual([place, path, 200, true])
    }
  })

  test.skipIf(!hasStrace)(
    'no file outside the folder, and none in it but those that are served, is opened meanwhile (needs strace)',
    () => {
      const opened: string[] = []
      for (const { args } of readStrace(readFileSync(log, 'utf8'))) opened.push(stringsOf(args)[0]?.toString() ?? '')
      const [begin, end] = ['begin.mark', 'end.mark'].map((name) => opened.indexOf(join(home, name)))
      expect(begin).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThan(begin ?? 0)
      const asked = opened.slice((begin ?? 0) + 1, end).filter((path) => !OF_THE_RUNTIME.test(path))
      const meanwhile = [...new Set(asked.map((path) => relative(folder, path)))].toSorted()
      expect(meanwhile, meanwhile.join('\n')).toEqual(Object.keys(SERVED).toSorted())
    },
  )
})
