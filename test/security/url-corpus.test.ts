import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import { parseSnapshot } from '#core/catalogue/snapshot'
import { externalAddress } from '#core/external-address'
import { createElectronPlatform } from '#electron/platform-electron'
import { createWindow } from '#electron/window'
import { parseMarkdown } from '#renderer/features/help/markdown.ts'
import { bundleProgram } from '#test/helpers/bundle-program'
import { createFakeElectron } from '#test/helpers/fake-electron'
import { CATALOGUE_FILE } from '#test/helpers/make-core'
import { count } from '#test/reliability/seeded-random'
import { readStrace, stringsOf } from '#test/reliability/strace-log'
import { OPENED_ADDRESSES, REFUSED_ADDRESSES } from './url-corpus.ts'

const run = promisify(execFile)
const hasStrace = spawnSync('strace', ['-V']).status === 0

const spelled = OPENED_ADDRESSES.map(([address, spelling]) => spelling ?? address)

describe('the addresses that nobody may open', () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'patchbay-urls-')))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  test('are 60 at least, each once', () => {
    expect(new Set(REFUSED_ADDRESSES).size).toBe(REFUSED_ADDRESSES.length)
    expect(REFUSED_ADDRESSES.length).toBeGreaterThanOrEqual(60)
    count(`url corpus ${REFUSED_ADDRESSES.length} refused, ${OPENED_ADDRESSES.length} opened, at 4 places`)
  })

  test('do not reach the system from the desktop app, whether the core or a link of the page names them', async () => {
    const fake = createFakeElectron()
    const platform = createElectronPlatform({
      sharedKeychain: null,
      version: '0.1.0',
      dataFolder: home,
      socketPath: join(home, 'patchbay.sock'),
      environment: {},
      system: 'linux',
      safeStorage: {} as Parameters<typeof createElectronPlatform>[0]['safeStorage'],
      shell: fake.modules.shell,
      clipboard: fake.modules.clipboard,
      powerMonitor: fake.modules.powerMonitor,
      preferences: { get: () => undefined, set: () => {} },
      openAuthWindow: async () => {},
      onSettings: () => {},
    })
    for (const address of REFUSED_ADDRESSES) {
      await expect(platform.openExternal(address), JSON.stringify(address)).rejects.toMatchObject({ code: 'connect.no_browser' })
    }
    for (const [address] of OPENED_ADDRESSES) await platform.openExternal(address)
    expect(fake.record.opened).toEqual(spelled)

    let now = 0
    const refused: string[] = []
    createWindow({
      BrowserWindow: fake.modules.BrowserWindow,
      screen: fake.modules.screen,
      nativeTheme: fake.modules.nativeTheme,
      preferences: { get: () => undefined, set: () => {} },
      system: 'linux',
      preloadFile: '/app/out/preload/preload.cjs',
      iconFile: '/app/resources/icons/512x512.png',
      isPackaged: true,
      monotonicNow: () => (now += 60_000),
      openExternal: platform.openExternal,
      onRefused: (reason) => refused.push(reason),
    })
    const [window] = fake.windows
    if (window === undefined) throw new Error('No window was created')
    for (const address of [...REFUSED_ADDRESSES, ...OPENED_ADDRESSES.map(([each]) => each)]) {
      expect(window.openChild(address)).toBeNull()
    }
    await new Promise(setImmediate)
    expect(refused).toEqual(REFUSED_ADDRESSES.map(() => 'open_external.refused'))
    expect(fake.record.opened).toEqual([...spelled, ...spelled])
  })

  test.skipIf(process.platform === 'win32' || !hasStrace)(
    'start no program from the Node host; the others start one program with one argument and no shell (needs strace)',
    async () => {
      const programs = join(home, 'programs')
      const log = join(home, 'strace.log')
      mkdirSync(programs)
      symlinkSync('/bin/true', join(programs, 'xdg-open'))
      const program = await bundleProgram('url-corpus-program')
      try {
        const traced = [
          '-f',
          '-xx',
          '-s',
          '32768',
          '-o',
          log,
          '-e',
          'trace=execve,execveat',
          process.execPath,
          program.file,
          home,
          programs,
        ]
        const { stdout } = await run('strace', traced)
        expect(JSON.parse(stdout)).toEqual({
          refused: REFUSED_ADDRESSES.map(() => 'connect.no_browser'),
          opened: OPENED_ADDRESSES.map(() => 'opened'),
        })
      } finally {
        program.remove()
      }
      const started = [...readStrace(readFileSync(log, 'utf8'))]
        .filter(({ result }) => result === 0)
        .map(({ args }) => stringsOf(args.slice(0, args.indexOf(']') + 1)).map(String))
        .slice(1)
      expect(started).toHaveLength(OPENED_ADDRESSES.length)
      for (const [file, , ...given] of started) {
        expect([file, given]).toEqual([join(programs, 'xdg-open'), [expect.stringMatching(/^file:\/\/\/[\w./-]+\.html$/)]])
      }
    },
    30_000,
  )

  test('are no links: not of a connector whatever its definition says, nor of a guide', () => {
    const definition = { display_name: 'X', auth_mode: 'API_KEY', categories: [] }
    const links = [...REFUSED_ADDRESSES].map((docs) => normalizeProvider('x', { ...definition, docs, docs_connect: docs }).docsUrl)
    expect(links.filter((link) => link !== null && !link.startsWith('https://'))).toEqual([])

    const hrefs: string[] = []
    const collect = (value: unknown): void => {
      if (Array.isArray(value)) return value.forEach(collect)
      if (typeof value !== 'object' || value === null) return
      if ('kind' in value && value.kind === 'link' && 'href' in value) hrefs.push(String(value.href))
      Object.values(value).forEach(collect)
    }
    for (const name of ['NANGO', 'CONNECTORS_GUIDE', 'SECURITY']) {
      collect(parseMarkdown(readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')))
    }
    const outside = hrefs.filter((href) => !/^(?:#|[\w./-]+(?:#|$))/.test(href))
    expect(outside.map((href) => externalAddress(href))).toHaveLength(outside.length)
  })

  test('are not among the links of the shipped connectors, which all may be opened', () => {
    const entries = parseSnapshot(readFileSync(CATALOGUE_FILE, 'utf8'))
    const links = entries.flatMap((entry) => [entry.docsUrl, ...entry.fields.map((field) => field.docsUrl)]).filter((link) => link !== null)
    expect(links.length).toBeGreaterThan(900)
    for (const link of links) expect(new URL(externalAddress(link)).protocol, link).toBe('https:')
  })
})
