import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'

/** A change of one source file that makes a build deliberately weak. */
export interface Weakness {
  /** From the root of the package. */
  readonly file: string
  /** Must be in the file as it stands, so that a weakness cannot silently stop being one. */
  readonly from: string
  readonly to: string
}

/** No weakness: checkpoints come with every few commits instead of every thousand pages, so that faults meet them. */
export const CHECKPOINTS_OFTEN: readonly Weakness[] = [
  { file: 'core/database/checkpointer.ts', from: 'WORTH_PAGES = 3300', to: 'WORTH_PAGES = 8' },
]

export interface BundledProgram {
  readonly file: string
  readonly remove: () => void
}

const root = fileURLToPath(new URL('../../', import.meta.url))

const weaken = (weaknesses: readonly Weakness[]): Plugin => ({
  name: 'weaken',
  load: (id) => {
    const own = weaknesses.filter(({ file }) => id === join(root, file))
    if (own.length === 0) return null
    let code = readFileSync(id, 'utf8')
    for (const { file, from, to } of own) {
      if (!code.includes(from)) throw new Error(`${file} does not say ${from} any more: the weak build is not weak.`)
      code = code.replaceAll(from, to)
    }
    return { code, moduleType: 'ts' }
  },
})

/** What a program starts as a thread of its own, and where it looks for that from its bundle. */
const WORKERS = [
  { source: 'core/database/backups/backup-worker.ts', file: 'out/worker/backup-worker.mjs' },
  { source: 'core/database/checkpoint-worker.ts', file: 'out/worker/checkpoint-worker.mjs' },
]

const bundleInto = async (source: string, file: string, weaknesses: readonly Weakness[]): Promise<void> => {
  const bundle = await rolldown({
    input: source,
    cwd: root,
    platform: 'node',
    external: ['better-sqlite3', '@napi-rs/keyring', 'koffi', '@nangohq/node', 'conf'],
    plugins: [weaken(weaknesses)],
    logLevel: 'silent',
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
}

/** Bundles a script of test/helpers as the product is bundled: it starts in a third of the time that its sources need. */
export const bundleProgram = async (script: string, weaknesses: readonly Weakness[] = []): Promise<BundledProgram> => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-program-'))
  mkdirSync(join(folder, 'out'))
  // The host looks for its page and its catalogue beside its bundle, as in an installation.
  for (const name of ['node_modules', 'resources', 'out/renderer']) symlinkSync(join(root, name), join(folder, name), 'junction')
  const file = join(folder, 'out/host', `${script}.mjs`)
  await bundleInto(join(root, 'test/helpers', `${script}.ts`), file, weaknesses)
  for (const worker of WORKERS) await bundleInto(join(root, worker.source), join(folder, worker.file), weaknesses)
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
