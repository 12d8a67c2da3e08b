import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'
import { z } from 'zod'
import { SecretInput } from '#shared/contract/common'
import { CONTRACT_VERSION, METHODS } from '#shared/contract/contract'
import { ERRORS } from '#shared/errors'
import { sourceStamp, writeBuildStamp } from './build-stamp.mjs'
import { buildClient } from './client-build.ts'
import { root, runProgram, say, toolPath } from './tool.ts'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/** The contract as plain JSON: what the command line needs to know of it without carrying zod. */
const contractTable = () => ({
  version,
  contractVersion: CONTRACT_VERSION,
  methods: [...METHODS].map(([name, { summary, access, callers, params }]) => ({
    name,
    summary,
    access,
    callers,
    params: z.toJSONSchema(params, {
      io: 'input',
      unrepresentable: 'any',
      reused: 'inline',
      // A secret is asked for or read from stdin, never taken as an argument.
      override: ({ zodSchema, jsonSchema }) => {
        if ((zodSchema as z.core.$ZodType) === SecretInput) jsonSchema.writeOnly = true
      },
    }),
  })),
  errors: Object.fromEntries(Object.entries(ERRORS).map(([code, { message, next, exit }]) => [code, { message, next, exit }])),
})

/** Serves `virtual:contract-table`; its types are in cli/contract-table.d.ts. */
const contractTablePlugin = (): Plugin => ({
  name: 'contract-table',
  resolveId: (source) => (source === 'virtual:contract-table' ? '\0contract-table' : null),
  load: (id) => {
    if (id !== '\0contract-table') return null
    const table = contractTable()
    // One string is read faster than as many object literals, and only when it is asked for.
    const constants = Object.entries(table).map(
      ([name, value]) => `export const ${name} = /* @__PURE__ */ JSON.parse(${JSON.stringify(JSON.stringify(value))})`,
    )
    return constants.join('\n')
  },
})

interface Bundle {
  readonly entry: string
  readonly file: string
  readonly external: (id: string) => boolean
  readonly banner?: string
  /** `cjs` where every millisecond of a start counts: Node loads it without its module loader for ES modules. */
  readonly format?: 'esm' | 'cjs'
  readonly plugins?: readonly Plugin[]
}

/** Bundles an entry point for Node into one file. */
const bundle = async ({ entry, file, external, banner, format = 'esm', plugins = [] }: Bundle): Promise<void> => {
  const output = join(root, file)
  mkdirSync(join(output, '..'), { recursive: true })
  const build = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    external: (id) => id.startsWith('node:') || external(id),
    plugins: [...plugins],
    transform: { target: 'node20' },
    onLog: (level, log, next) => {
      if (log.code !== 'EVAL') next(level, log)
    },
  })
  const { output: chunks } = await build.write({
    file: output,
    format,
    codeSplitting: false,
    // A short command spends its time on parsing; the host keeps its names, for stack traces.
    minify: { compress: true, mangle: format === 'cjs', codegen: { removeWhitespace: true } },
    ...(banner !== undefined && { banner }),
  })
  await build.close()
  chmodSync(output, 0o755)
  const foreign = chunks
    .flatMap((chunk) => (chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : []))
    .filter((id) => !id.startsWith('node:') && !file.endsWith(`/${id}`))
  say(`${file}${foreign.length > 0 ? ` (loads ${foreign.join(', ')})` : ''}`)
}

/** The packages with native parts, or large and loaded late; they stay outside the bundle. */
const NATIVE = ['better-sqlite3', '@napi-rs/keyring', 'koffi', '@nangohq/node']

const buildHost = () =>
  bundle({
    entry: 'cli/serve/serve.ts',
    file: 'out/host/serve.mjs',
    external: (id) => NATIVE.some((name) => id === name || id.startsWith(`${name}/`)),
  })

/** The threads of the database; both hosts look for them beside their own folder. */
const buildWorkers = () =>
  Promise.all(
    ['core/database/backups/backup-worker.ts', 'core/database/checkpoint-worker.ts'].map((entry) =>
      bundle({ entry, file: `out/worker/${basename(entry, '.ts')}.mjs`, external: (id) => NATIVE.includes(id) }),
    ),
  )

/** The file that is started is small: only what Node loads after it can come from Node's cache of compiled code. */
const buildCommandLine = () =>
  Promise.all([
    bundle({ entry: 'cli/main.ts', file: 'out/cli/patchbay.cjs', external: () => false, banner: '#!/usr/bin/env node', format: 'cjs' }),
    bundle({
      entry: 'cli/program.ts',
      file: 'out/cli/program.cjs',
      // The host's bundle is loaded by its address when there is one to start.
      external: (id) => id.endsWith('/host/serve.mjs'),
      format: 'cjs',
      plugins: [contractTablePlugin()],
    }),
    // What scripts ask for again and again, without the rest.
    bundle({
      entry: 'cli/token-program.ts',
      file: 'out/cli/token.cjs',
      external: (id) => id.endsWith('/host/serve.mjs'),
      format: 'cjs',
      plugins: [contractTablePlugin()],
    }),
    bundle({ entry: 'cli/mcp/mcp-server.ts', file: 'out/cli/mcp.mjs', external: () => false }),
  ])

/** What other programs import as `patchbay/client`. */
const buildClientLibrary = async (): Promise<void> => {
  await buildClient(join(root, 'out/client'))
  say('out/client')
}

/** Windows and pages, by electron-vite: in a process of its own, so that it runs beside the bundles. */
const buildWindows = async (): Promise<void> => {
  const { code, output } = await runProgram(toolPath('electron-vite', 'electron-vite'), [
    'build',
    '--logLevel',
    'warn',
    '--ignoreConfigWarning',
  ])
  if (output.trim() !== '') say(output.trimEnd())
  if (code !== 0) throw new Error(`electron-vite ended with ${code}`)
  for (const part of ['main', 'preload', 'renderer']) say(`out/${part}`)
}

const started = Date.now()
const stamp = sourceStamp(root)
rmSync(join(root, 'out/.build-stamp'), { force: true })
const results = await Promise.allSettled([buildHost(), buildWorkers(), buildCommandLine(), buildClientLibrary(), buildWindows()])
const failures = results.filter((result) => result.status === 'rejected')
for (const { reason } of failures) say(reason instanceof Error ? reason.message : String(reason))
if (failures.length > 0) {
  say(`The build failed after ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  process.exitCode = 1
} else {
  writeBuildStamp(root, stamp)
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}
