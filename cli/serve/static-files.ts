import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One file as it is served. */
export interface StaticFile {
  readonly type: string
  readonly read: () => Promise<Buffer>
}

/** Request path to file: a path that is not a key is not there, so no path of a request is ever joined with a folder. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const AUTH_PAGE = '/auth-window/index.html'

const staticFile = (path: string, type: string): StaticFile => {
  let content: Promise<Buffer> | null = null
  return {
    type,
    read: () => {
      content ??= readFile(path).catch((error: unknown) => {
        content = null
        throw error
      })
      return content
    },
  }
}

const listFiles = (folder: string): ReadonlyMap<string, StaticFile> => {
  if (!existsSync(folder)) return new Map()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name)
      const names = relative(folder, path).split(sep)
      const type = TYPES[extname(entry.name)]
      // Hidden files and what is in hidden folders is never part of a page.
      if (type === undefined || names.some((name) => name.startsWith('.'))) return []
      return [[`/${names.join('/')}`, staticFile(path, type)] as const]
    }),
  )
}

/** What the window's name serves of the built renderer: everything but the sign-in page. Empty where nothing is built. */
export const appFiles = (rendererFolder: string): StaticFiles => {
  const all = new Map(listFiles(rendererFolder))
  const start = all.get('/index.html')
  if (start !== undefined) all.set('/', start)
  for (const path of all.keys()) if (path.startsWith('/auth-window/')) all.delete(path)
  return all
}

/** What the sign-in page's name serves: the page and the files that it names, and those that they name, and nothing else. */
export const authWindowFiles = async (rendererFolder: string): Promise<StaticFiles> => {
  const all = listFiles(rendererFolder)
  const page = all.get(AUTH_PAGE)
  if (page === undefined) return new Map()
  const reached = new Map<string, StaticFile>([['/auth-window/', page]])
  const open = [page]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const text = (await file.read()).toString('latin1')
    for (const [path, candidate] of all) {
      // Built assets carry a hash in their name, so that the name alone tells them apart.
      if (reached.has(path) || path.endsWith('.html') || !text.includes(path.slice(path.lastIndexOf('/') + 1))) continue
      reached.set(path, candidate)
      if (/\.(?:js|css)$/.test(path)) open.push(candidate)
    }
  }
  return reached
}
