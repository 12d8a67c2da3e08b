import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { currentPlace, dataFolderOf, ensurePrivateFolder, socketPathOf, type HostPlace } from '#core/host-paths'
import { PatchbayError } from '#shared/errors'

const place = (change: Partial<HostPlace> = {}): HostPlace => ({
  environment: {},
  platform: 'linux',
  home: '/home/ada',
  userName: 'ada',
  userId: 1000,
  ...change,
})
const windows = (environment: HostPlace['environment'] = {}, userName = 'ada'): HostPlace =>
  place({ platform: 'win32', home: 'C:\\Users\\ada', userName, environment })

describe('the data folder', () => {
  it('is the platform’s own place, unless PATCHBAY_HOME names another', () => {
    expect(dataFolderOf(place())).toBe('/home/ada/.local/share/patchbay')
    expect(dataFolderOf(place({ environment: { XDG_DATA_HOME: '/data' } }))).toBe('/data/patchbay')
    expect(dataFolderOf(place({ environment: { XDG_DATA_HOME: 'relative' } }))).toBe('/home/ada/.local/share/patchbay')
    expect(dataFolderOf(place({ environment: { XDG_DATA_HOME: '/data', PATCHBAY_HOME: '/own' } }))).toBe('/own')
    expect(dataFolderOf(place({ environment: { PATCHBAY_HOME: '' } }))).toBe('/home/ada/.local/share/patchbay')
    expect(dataFolderOf(place({ platform: 'darwin', home: '/Users/ada' }))).toBe('/Users/ada/Library/Application Support/Patchbay')
    expect(dataFolderOf(windows({ APPDATA: 'D:\\Roaming' }))).toBe('D:\\Roaming\\Patchbay')
    expect(dataFolderOf(windows())).toBe('C:\\Users\\ada\\AppData\\Roaming\\Patchbay')
  })
})

describe('the socket', () => {
  it('lies beside the data where that was chosen, else in the runtime folder, else beside the data', () => {
    expect(socketPathOf(place({ environment: { PATCHBAY_HOME: '/own', XDG_RUNTIME_DIR: '/run/user/1000' } }))).toBe('/own/patchbay.sock')
    expect(socketPathOf(place({ environment: { XDG_RUNTIME_DIR: '/run/user/1000' } }))).toBe('/run/user/1000/patchbay/patchbay.sock')
    expect(socketPathOf(place())).toBe('/home/ada/.local/share/patchbay/patchbay.sock')
  })

  it('gets a short name of its own where the path is longer than a socket address', () => {
    const long = `/own/${'\u00e9'.repeat(60)}`
    const first = socketPathOf(place({ environment: { PATCHBAY_HOME: long } }))
    expect(first).toMatch(/^\/tmp\/patchbay-1000\/[0-9a-f]{16}\.sock$/)
    expect(socketPathOf(place({ environment: { PATCHBAY_HOME: long } }))).toBe(first)
    expect(socketPathOf(place({ environment: { PATCHBAY_HOME: `${long}x` } }))).not.toBe(first)
    const edge = `/${'x'.repeat(100 - '/'.length - '/patchbay.sock'.length)}`
    expect(socketPathOf(place({ environment: { PATCHBAY_HOME: edge } }))).toBe(`${edge}/patchbay.sock`)
  })

  it('is a pipe on Windows, one for each user and data folder', () => {
    const first = socketPathOf(windows())
    expect(first).toMatch(/^\\\\\.\\pipe\\patchbay-[0-9a-f]{16}$/)
    expect(socketPathOf(windows({}, 'ADA'))).toBe(first)
    expect(socketPathOf(windows({}, 'bob'))).not.toBe(first)
    expect(socketPathOf(windows({ PATCHBAY_HOME: 'D:\\other' }))).not.toBe(first)
  })

  it('is found for this process', () => {
    expect(socketPathOf(currentPlace({ PATCHBAY_HOME: join(tmpdir(), 'x') })).length).toBeGreaterThan(5)
  })
})

describe.skipIf(process.platform === 'win32')('a private folder', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'patchbay-folder-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const make = (name: string, mode: number): string => {
    const folder = join(root, name)
    mkdirSync(folder)
    chmodSync(folder, mode)
    return folder
  }
  const modeOf = (folder: string): number => statSync(folder).mode & 0o7777
  const reasonOf = (folder: string): unknown => {
    try {
      ensurePrivateFolder(folder)
      return null
    } catch (error) {
      if (!(error instanceof PatchbayError)) throw error
      expect(error.code).toBe('storage.unsafe_folder')
      expect(error.message).toContain(folder)
      return error.data['reason']
    }
  }

  it('is made with everything above it', () => {
    ensurePrivateFolder(join(root, 'a', 'b'))
    expect(modeOf(join(root, 'a', 'b'))).toBe(0o700)
  })

  it('is mended where it is ours', () => {
    const readable = make('readable', 0o755)
    writeFileSync(join(readable, 'anything'), '')
    const empty = make('empty', 0o777)
    const used = make('used', 0o775)
    writeFileSync(join(used, 'patchbay.db'), '')
    for (const folder of [readable, empty, used]) {
      expect(reasonOf(folder)).toBeNull()
      expect(modeOf(folder)).toBe(0o700)
    }
  })

  it('is not made of a place that others share, which stays as it is', () => {
    const shared = make('shared', 0o1777)
    expect(reasonOf(shared)).toBe('writable_by_others')
    expect(modeOf(shared)).toBe(0o1777)
    const foreign = make('foreign', 0o777)
    writeFileSync(join(foreign, 'something'), '')
    expect(reasonOf(foreign)).toBe('writable_by_others')
    expect(modeOf(foreign)).toBe(0o777)
  })

  it('is reached through our own link, not through a link to nothing', () => {
    const target = make('target', 0o755)
    symlinkSync(target, join(root, 'link'))
    expect(reasonOf(join(root, 'link'))).toBeNull()
    expect(modeOf(target)).toBe(0o700)
    symlinkSync(join(root, 'nothing'), join(root, 'dangling'))
    expect(reasonOf(join(root, 'dangling'))).toBe('dangling_link')
    writeFileSync(join(root, 'file'), '')
    expect(reasonOf(join(root, 'file'))).toBe('not_a_folder')
  })

  it.skipIf(process.geteuid?.() !== 0)('is not somebody else’s, nor behind somebody else’s link (needs root to try)', () => {
    const folder = make('theirs', 0o700)
    chownSync(folder, 12345, 12345)
    expect(reasonOf(folder)).toBe('foreign_owner')
    const own = make('own', 0o700)
    symlinkSync(own, join(root, 'planted'))
    lchownSync(join(root, 'planted'), 12345, 12345)
    expect(reasonOf(join(root, 'planted'))).toBe('foreign_link')
  })
})
