import { describe, expect, test } from 'vitest'
import { importFault } from './import-rules.ts'
import { importsIn, importsOf, sourceFiles } from './source-imports.ts'

const bare = (file: string) => file.replace(/\.(ts|tsx|mts|mjs)$/, '')

const faultsOf = (file: string, text: string) =>
  importsIn(file, text)
    .map((imported) => importFault(bare(file), imported))
    .filter((fault) => fault !== null)

describe('imports', () => {
  test('go only where the path of the file allows', () => {
    const files = sourceFiles(['shared', 'core', 'renderer', 'client', 'cli', 'electron'])
    expect(files.length).toBeGreaterThan(50)
    const faults = files.flatMap((file) => importsOf(file).map((imported) => importFault(bare(file), imported)))
    expect(faults.filter((fault) => fault !== null)).toEqual([])
  })

  test.each([
    ['core/nango/a.ts', "import { x } from '#electron/ipc'"],
    ['core/nango/a.ts', "import { x } from '../connections/connection-store.ts'"],
    ['core/nango/a.ts', "import type { X } from '#core/create-core'"],
    ['core/sync/a.ts', "import { x } from '#core/connect/connect-engine'"],
    ['core/sync/a.ts', "export { x } from '#core/dispatcher'"],
    ['core/log.ts', "import { x } from './create-core.ts'"],
    ['core/vault/a.ts', "import Database from 'better-sqlite3'"],
    ['core/vault/a.ts', "await import('better-sqlite3')"],
    ['core/automation/a.ts', "import type { TypeObject } from 'koffi'"],
    ['core/vault/a.ts', "type X = import('electron').App"],
    ['core/elsewhere/a.ts', "import { x } from '#core/log'"],
    ['shared/a.ts', "import { readFileSync } from 'node:fs'"],
    ['renderer/a.tsx', "import { readFileSync } from 'node:fs'"],
    ['renderer/a.tsx', "import { x } from '#core/log'"],
    ['renderer/features/tour/a.tsx', "import { x } from '#renderer/features/sandbox/use-sandbox.ts'"],
    ['renderer/features/tour/a.tsx', "import type { X } from '../sandbox/use-sandbox.ts'"],
    ['renderer/features/settings/a.tsx', "await import('#renderer/features/help/help-section.tsx')"],
    ['renderer/ui/a.tsx', "import { x } from '#renderer/features/help/markdown.ts'"],
    ['renderer/shell/a.tsx', "export { x } from '../features/help/markdown.ts'"],
    ['cli/a.ts', "import { z } from 'zod'"],
    ['cli/a.ts', "import { x } from '#core/log'"],
    ['cli/serve/a.ts', "import { x } from '#electron/ipc'"],
    ['cli/mcp/a.ts', "import { x } from '#core/create-core'"],
    ['client/a.ts', "import { z } from 'zod'"],
    ['client/a.ts', "import { x } from '#core/log'"],
    ['electron/preload.ts', "import { contract } from '#shared/contract/contract'"],
    ['electron/a.ts', "import { x } from '#cli/serve/serve'"],
  ])('of a file %s that says %s are refused', (file, text) => {
    expect(faultsOf(file, text)).toHaveLength(1)
  })

  test.each([
    ['core/sync/a.ts', "import { x } from '#core/connections/connection-store'; import { y } from './b.ts'"],
    ['core/create-core.ts', "import { x } from './dispatcher.ts'"],
    ['core/log.ts', "import { x } from './platform.ts'"],
    ['renderer/features/tour/a.tsx', "import { x } from './b.ts'; import { y } from '#renderer/ui/button.tsx'; import '../../shell/c.ts'"],
    ['renderer/routes.ts', "import { x } from './features/tour/a.tsx'; import { y } from '#renderer/features/help/b.ts'"],
    ['electron/preload.ts', "import type { Bridge } from '#shared/bridge'; import { CHANNELS } from '#shared/channels'"],
    ['cli/serve/a.ts', "import { x } from '#core/create-core'; import { z } from 'zod'"],
  ])('of a file %s that says %s are allowed', (file, text) => {
    expect(faultsOf(file, text)).toEqual([])
  })
})
