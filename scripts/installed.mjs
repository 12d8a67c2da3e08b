import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether npm may leave a package of the lock file out on this machine without a word: an optional one that is not plainly
 * meant for this platform. (What a left-out package needs is left out too, and names no platform.)
 */
const mayBeMissing = ({ optional, devOptional, os = [], cpu = [], libc }) =>
  (optional === true || devOptional === true) &&
  !([os].flat().includes(process.platform) && [cpu].flat().includes(process.arch) && libc === undefined)

/**
 * Whether node_modules already holds what package-lock.json names, by npm's own record of what it installed: true after
 * somebody ran `npm install` by hand, so that nothing is installed twice.
 */
export const isInstalled = (root) => {
  const recordFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(recordFile)) return false
  let wanted
  let present
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
    present = JSON.parse(readFileSync(recordFile, 'utf8')).packages
  } catch {
    return false
  }
  const same = Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    if (found === undefined) return mayBeMissing(entry)
    return found.version === entry.version && found.integrity === entry.integrity && existsSync(join(root, path, 'package.json'))
  })
  return same && Object.keys(present).every((path) => wanted[path] !== undefined)
}
