import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lazyManifestFolder, type ManifestFolder } from '#core/catalogue/manifest-folder'

let parent: string
let folder: string
let now: number

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'manifests-'))
  folder = join(parent, 'connectors')
  mkdirSync(folder)
  now = 0
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

const put = (name: string, value: unknown): void =>
  writeFileSync(join(folder, name), typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value))
const open = (): (() => ManifestFolder) => {
  const read = lazyManifestFolder(folder, () => now)
  return () => {
    now += 1_000
    return read()
  }
}
const slugs = (read: ManifestFolder): string[] => read.manifests.map(({ manifest }) => manifest.slug)

describe('a folder of manifests', () => {
  it('is empty while it is not there, and is read once it is', () => {
    rmSync(folder, { recursive: true })
    const read = open()
    expect(read()).toEqual({ manifests: [], problems: [] })
    mkdirSync(folder)
    put('github.json', { slug: 'github' })
    expect(slugs(read())).toEqual(['github'])
    rmSync(folder, { recursive: true })
    expect(read()).toEqual({ manifests: [], problems: [] })
  })

  it('is read in the order of its file names, without hidden files and files of other kinds', () => {
    for (const name of ['b.json', 'a.JSON', '.hidden.json', 'notes.txt', 'c.json~']) put(name, { slug: name.slice(0, 1) })
    expect(open()()).toMatchObject({ manifests: [{ file: 'a.JSON' }, { file: 'b.json' }], problems: [] })
  })

  it('is read again after a file was added, rewritten in place, replaced or removed, and only then', () => {
    put('one.json', { slug: 'one' })
    const read = open()
    const first = read()
    expect(slugs(first)).toEqual(['one'])
    expect(read()).toBe(first)
    put('two.json', { slug: 'two' })
    expect(slugs(read())).toEqual(['one', 'two'])
    put('two.json', { slug: 'too' })
    expect(slugs(read())).toEqual(['one', 'too'])
    put('.new', { slug: 'six' })
    renameSync(join(folder, '.new'), join(folder, 'one.json'))
    expect(slugs(read())).toEqual(['six', 'too'])
    rmSync(join(folder, 'one.json'))
    expect(slugs(read())).toEqual(['too'])
  })

  it('is looked at once a second at most', () => {
    const read = lazyManifestFolder(folder, () => now)
    expect(slugs(read())).toEqual([])
    put('one.json', { slug: 'one' })
    now += 999
    expect(slugs(read())).toEqual([])
    now += 1
    expect(slugs(read())).toEqual(['one'])
  })

  it('notices a change of the same size whose time was set back', () => {
    put('one.json', { slug: 'one' })
    utimesSync(join(folder, 'one.json'), 1, 1)
    const read = open()
    expect(slugs(read())).toEqual(['one'])
    put('one.json', { slug: 'two' })
    utimesSync(join(folder, 'one.json'), 1, 1)
    expect(slugs(read())).toEqual(['two'])
  })
})

describe('a broken manifest', () => {
  it('is skipped by name and leaves the others as they are', () => {
    put('a-good.json', { slug: 'github' })
    put('b-text.json', 'not json')
    put('c-type.json', { slug: 'slack', nango: { enabled: 'no' } })
    put('d-large.json', JSON.stringify({ slug: 'slack', padding: 'x'.repeat(65_536) }))
    put('e-bytes.json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))
    put('f-yaml.yaml', 'slug: slack')
    mkdirSync(join(folder, 'g-folder.json'))
    put('z-good.json', { slug: 'notion' })
    const read = open()()
    expect(slugs(read)).toEqual(['github', 'notion'])
    expect(read.problems).toEqual([
      { file: 'b-text.json', summary: 'It is not JSON.' },
      { file: 'c-type.json', summary: expect.stringContaining('nango.enabled') },
      { file: 'd-large.json', summary: 'It is larger than 64 KiB.' },
      { file: 'e-bytes.json', summary: 'It is not UTF-8 text.' },
      { file: 'f-yaml.yaml', summary: 'It is YAML; a manifest is JSON.' },
      { file: 'g-folder.json', summary: 'It is not a regular file; links are not followed.' },
    ])
  })

  it('may be exactly 64 KiB large and not a byte more', () => {
    const padded = (length: number): string => `{"slug":"github"}${' '.repeat(length - 17)}`
    put('fits.json', padded(65_536))
    put('one-more.json', padded(65_537))
    expect(open()()).toMatchObject({ manifests: [{ file: 'fits.json' }], problems: [{ file: 'one-more.json' }] })
  })

  it.skipIf(process.platform === 'win32')('is one that is a link or a pipe: neither is followed nor waited for', () => {
    writeFileSync(join(parent, 'elsewhere.json'), '{"slug":"github"}')
    symlinkSync(join(parent, 'elsewhere.json'), join(folder, 'link.json'))
    symlinkSync(join(parent, 'nowhere.json'), join(folder, 'loose.json'))
    execFileSync('/usr/bin/env', ['mkfifo', join(folder, 'pipe.json')])
    put('slack.json', { slug: 'slack' })
    const read = open()()
    expect(slugs(read)).toEqual(['slack'])
    expect(read.problems.map(({ file }) => file)).toEqual(['link.json', 'loose.json', 'pipe.json'])
    expect(new Set(read.problems.map(({ summary }) => summary))).toEqual(new Set(['It is not a regular file; links are not followed.']))
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('is one that may not be read', () => {
    put('secret.json', { slug: 'slack' })
    chmodSync(join(folder, 'secret.json'), 0)
    expect(open()().problems).toEqual([{ file: 'secret.json', summary: 'It cannot be read (EACCES).' }])
  })

  it('is named without what could move a cursor', () => {
    put('x.json', '{"slug":"github","nango":{"\\u001b[2Jenabled":1}}')
    const { problems } = open()()
    expect(problems).toHaveLength(1)
    expect(problems[0]?.summary).toMatch(/^[^\p{Cc}]+$/u)
  })

  it('is each after the first 500, told in one line', () => {
    for (let at = 0; at < 503; at += 1) put(`m${String(at).padStart(3, '0')}.json`, { slug: `own-${at}` })
    const read = open()()
    expect(read.manifests).toHaveLength(500)
    expect(read.manifests.at(-1)?.file).toBe('m499.json')
    expect(read.problems).toEqual([{ file: 'connectors', summary: 'The folder holds 503 manifests; only the first 500 by name are read.' }])
  })
})

it('a file or a link in place of the folder is named and holds nothing', () => {
  rmSync(folder, { recursive: true })
  writeFileSync(folder, '{"slug":"github"}')
  const problem = { file: 'connectors', summary: 'It is not a folder; links are not followed.' }
  expect(open()()).toEqual({ manifests: [], problems: [problem] })
  if (process.platform === 'win32') return
  rmSync(folder)
  symlinkSync(parent, folder)
  expect(open()()).toEqual({ manifests: [], problems: [problem] })
})
