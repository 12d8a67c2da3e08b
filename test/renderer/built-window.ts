import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIsFresh } from '../../scripts/build-stamp.mjs'
import { buildWindow } from './build-window.ts'

const root = join(import.meta.dirname, '../..')

export interface BuiltWindow {
  readonly folder: string
  /** Takes away what was built for the caller alone. */
  readonly remove: () => Promise<void>
}

/** The window as the sources are now: what the build left in out/, as in a whole run of the tests, else built for the caller. */
export const builtWindow = async (): Promise<BuiltWindow> => {
  if (buildIsFresh(root)) return { folder: join(root, 'out/renderer'), remove: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-window-'))
  await buildWindow(folder)
  return { folder, remove: () => rm(folder, { recursive: true }) }
}
