import { mkdirSync, statSync } from 'node:fs'
import { createRequire, enableCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * Where Node keeps what it compiled: beside the bundles, since whoever can write there could change those as well, and for this user
 * alone. Null where it cannot be kept so; every start then compiles anew.
 */
const cacheFolder = (): string | null => {
  const folder = join(import.meta.dirname, '../compile-cache')
  const look = () => statSync(folder, { throwIfNoEntry: false })
  try {
    let found = look()
    if (found === undefined) {
      mkdirSync(folder, { mode: 0o700 })
      found = look()
    }
    if (found?.isDirectory() !== true) return null
    const isPrivate = process.platform === 'win32' || (found.uid === process.getuid?.() && (found.mode & 0o077) === 0)
    return isPrivate ? folder : null
  } catch {
    return null
  }
}

// Node before 22.8 has no such cache.
const keep = enableCompileCache as typeof enableCompileCache | undefined
const folder = keep === undefined ? null : cacheFolder()
if (folder !== null) keep?.(folder)
// Only what is loaded from now on is kept: the program itself, and the host where there is one to start.
createRequire(import.meta.filename)(process.argv[2] === 'token' ? './token.cjs' : './program.cjs')
