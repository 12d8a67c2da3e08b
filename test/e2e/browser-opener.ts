import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Stands in for the desktop's opener: keeps every page that the host hands over, as a browser would read it. */
export interface BrowserOpener {
  /** For the host's environment: our opener is the only program it finds. */
  readonly environment: Readonly<Record<string, string>>
  /** The pages handed over so far, the oldest first, as file: addresses. */
  readonly pages: () => string[]
  /** What all of them say. */
  readonly contents: () => string
}

/** Puts an `xdg-open` into `folder` that copies the page it gets. */
export const createBrowserOpener = (folder: string): BrowserOpener => {
  const programs = join(folder, 'programs')
  const opened = join(folder, 'opened')
  mkdirSync(programs, { recursive: true })
  mkdirSync(opened)
  // The page is there under its last name only once it is whole.
  const script = `#!/bin/sh
number=$(/bin/ls "${opened}" | /usr/bin/wc -l)
/bin/cat "\${1#file://}" > "${programs}/page-$$" && /bin/mv "${programs}/page-$$" "${opened}/$(printf %03d "$number").html"
`
  writeFileSync(join(programs, 'xdg-open'), script, { mode: 0o755 })
  const files = (): string[] =>
    readdirSync(opened)
      .toSorted()
      .map((name) => join(opened, name))
  return {
    environment: { PATH: programs, DISPLAY: ':99' },
    pages: () => files().map((file) => pathToFileURL(file).href),
    contents: () =>
      files()
        .map((file) => readFileSync(file, 'utf8'))
        .join('\n'),
  }
}
