import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { join } from 'node:path'
import type { UserConfig } from 'vite'

const OF_BOTH_PAGES =
  /\/renderer\/(?:api\/no-eval|messages\/(?:translate|message-catalogue|[a-z-]+\.en\.json))|\/node_modules\/(?:@formatjs|intl-messageformat|react|zod)\//
const OF_THE_WINDOW = /^(?!.*(?:\/auth-window\/|\/auth-session\.|\/@nangohq\/))/

/** How the window and the sign-in page of a checkout are built into a folder. */
export const windowBuild = (root: string, outDir: string): UserConfig => {
  const folder = join(root, 'renderer')
  return {
    root: folder,
    base: './',
    publicDir: false,
    plugins: [react(), tailwindcss()],
    build: {
      outDir,
      emptyOutDir: true,
      minify: true,
      sourcemap: false,
      // A data: address would need a hole in the content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        input: { index: join(folder, 'index.html'), 'auth-window': join(folder, 'auth-window/index.html') },
        // What the window begins with comes as two files, that which the sign-in page needs too and the rest: dozens of small ones would
        // each cost a request. The first holds zod and what keeps it from making code, which runs before any schema is made.
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
  }
}
