import { join } from 'node:path'
import { build } from 'vite'
import { windowBuild } from '../../scripts/window-build.ts'

const root = join(import.meta.dirname, '../..')

/** Builds the window into a folder, as the hosts do: minified, with relative addresses. */
export const buildWindow = async (outDir: string): Promise<void> => {
  await build({ configFile: false, logLevel: 'warn', ...windowBuild(root, outDir) })
}
