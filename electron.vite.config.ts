import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

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
      rolldownOptions: { input: { index: at('renderer/index.html'), 'auth-window': at('renderer/auth-window/index.html') } },
    },
  },
})
