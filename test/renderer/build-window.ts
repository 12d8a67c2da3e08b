import { join } from 'node:path'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

/** Builds the window into a folder, as the hosts do: minified, with relative addresses. */
export const buildWindow = async (outDir: string): Promise<void> => {
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../../renderer'),
    base: './',
    logLevel: 'warn',
    plugins: [react(), tailwind()],
    build: { outDir, emptyOutDir: true, minify: true, target: 'chrome130' },
  })
}
