import { existsSync } from 'node:fs'
import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

/** The entry points that exist, by the name of their bundle. */
const entries = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files)
      .map(([name, file]) => [name, join(root, file)] as const)
      .filter(([, file]) => existsSync(file)),
  )

const main = entries({ main: 'electron/main.ts' })
const preload = entries({ preload: 'electron/preload.ts', 'auth-preload': 'electron/auth-preload.ts' })
const pages = existsSync(join(root, 'renderer/main.tsx'))
  ? entries({ index: 'renderer/index.html', 'auth-window': 'renderer/auth-window/index.html' })
  : {}
const any = (files: Record<string, string>) => Object.keys(files).length > 0

export default defineConfig({
  // Bundles stay two folders below the root, as the sources are: both find resources/ by the same relative address.
  ...(any(main) && {
    main: {
      build: {
        outDir: join(root, 'out/main'),
        emptyOutDir: true,
        rolldownOptions: { input: main, output: { codeSplitting: false } },
      },
    },
  }),
  // A sandboxed preload script is one CommonJS file and can require nothing but electron.
  ...(any(preload) && {
    preload: {
      build: {
        outDir: join(root, 'out/preload'),
        emptyOutDir: true,
        externalizeDeps: false,
        isolatedEntries: Object.keys(preload).length > 1,
        rolldownOptions: { input: preload, output: { format: 'cjs' as const, entryFileNames: '[name].cjs' } },
      },
    },
  }),
  ...(any(pages) && {
    renderer: {
      root: join(root, 'renderer'),
      publicDir: false as const,
      plugins: [react(), tailwindcss()],
      build: {
        outDir: join(root, 'out/renderer'),
        emptyOutDir: true,
        minify: true,
        sourcemap: false,
        // A data: address would need a hole in the content security policy.
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 1000,
        rolldownOptions: { input: pages },
      },
    },
  }),
})
