import { join } from 'node:path'
import { defineConfig } from 'electron-vite'
import { windowBuild } from './scripts/window-build.ts'

const at = (path: string): string => join(import.meta.dirname, path)

export default defineConfig({
  // Bundles stay two folders below the root, as the sources are: both find resources/ by the same relative address.
  main: {
    build: {
      outDir: at('out/main'),
      emptyOutDir: true,
      rolldownOptions: { input: { main: at('electron/main.ts') }, output: { codeSplitting: false } },
    },
  },
  // A sandboxed preload script is one CommonJS file and can require nothing but electron.
  preload: {
    build: {
      outDir: at('out/preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      isolatedEntries: true,
      rolldownOptions: {
        input: { preload: at('electron/preload.ts'), 'auth-preload': at('electron/auth-preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: windowBuild(import.meta.dirname, at('out/renderer')),
})
