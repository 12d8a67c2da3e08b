interface LockEntry {
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The part of package-lock.json that is looked at. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>
}

/** Where Node would look for a package that `path` asks for, nearest first. */
const places = (path: string, name: string): string[] => {
  const found: string[] = []
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    found.push(at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`)
    if (at === '') return found
  }
}

/**
 * What is wrong with a lock file, one line each: an optional dependency without an entry (npm drops one that it does not find
 * without a word; then `npm ci` fails, or another platform lacks its binary), or an address of a registry.
 */
export const lockFileFaults = ({ packages }: LockFile): string[] =>
  Object.entries(packages).flatMap(([path, entry]) => [
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !places(path, name).some((place) => packages[place] !== undefined))
      .map((name) => `${path === '' ? 'package.json' : path} names ${name}, which has no entry`),
    ...(entry.resolved !== undefined && entry.link !== true ? [`${path} carries the address it came from`] : []),
  ])
