import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string): string => join(import.meta.dirname, path)

const OF_BOTH_PAGES =
  /\/renderer\/(?:api\/no-eval|messages\/(?:translate|message-catalogue|[a-z-]+\.en\.json))|\/node_modules\/(?:@formatjs|intl-messageformat|react|zod)\//
const OF_THE_WINDOW = /^(?!.*(?:\/auth-window\/|\/auth-session\.|\/@nangohq\/))/

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
  renderer: {
    root: at('renderer'),
    publicDir: false,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      minify: true,
      sourcemap: false,
      // A data: address would need a hole in the content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        input: { index: at('renderer/index.html'), 'auth-window': at('renderer/auth-window/index.html') },
        // What the window begins with comes as two files, that which the sign-in page needs too and the rest: dozens of small ones would
        // each cost a request.
        output: {
          codeSplitting: {
            groups: [
              { name: 'words', tags: ['$initial'], test: OF_BOTH_PAGES, priority: 1 },
              { name: 'window', tags: ['$initial'], test: OF_THE_WINDOW },
            ],
          },
        },
      },
    },
  },
})
