import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { isolatedDeclarationSync } from 'rolldown/experimental'
import { AUTOMATION_METHODS } from '#client/automation-methods'
import { findMethod } from '#shared/contract/contract'
import { acceptsNothing, schemaType } from './schema-types.ts'
import { root } from './tool.ts'

const entry = 'client/patchbay-client.ts'

const method = (domain: string, name: string): string => {
  const spec = findMethod(`${domain}.${name}`)
  if (spec === undefined) throw new Error(`client/automation-methods.ts names ${domain}.${name}, which is not in the contract`)
  const given = `params${acceptsNothing(spec.params) ? '?' : ''}: ${schemaType(spec.params, 'input')}`
  return `    /** ${spec.summary} */\n    ${name}(${given}, options?: CallOptions): Promise<${schemaType(spec.result, 'output')}>`
}

/** `client/automation-api.ts` for those who have neither the contract nor zod: the same types, written out. */
const writtenOutApi = (): string => {
  const domains = Object.entries(AUTOMATION_METHODS).map(
    ([domain, names]) => `  readonly ${domain}: {\n${names.map((name) => method(domain, name)).join('\n')}\n  }`,
  )
  return [
    'export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue }',
    '/** What may be said of one call. */',
    'export interface CallOptions {',
    '  /** Ends the waiting: the call is rejected with `request.cancelled` and the host is told. */',
    '  readonly signal?: AbortSignal | undefined',
    '}',
    '/** The methods of the contract that a program may call: `api.connections.list({ limit: 10 })`. */',
    `export interface AutomationApi {\n${domains.join('\n')}\n}`,
    '',
  ].join('\n')
}

/** The declarations of the client library: its own files', and the methods written out. */
const writeTypes = (folder: string): void => {
  for (const name of readdirSync(join(root, 'client')).filter((file) => file.endsWith('.ts'))) {
    const source = readFileSync(join(root, 'client', name), 'utf8')
    const { code, errors } = isolatedDeclarationSync(name, source)
    const [error] = errors
    if (error !== undefined) throw new Error(`client/${name}: ${error.message}`)
    const text =
      name === 'automation-api.ts' ? writtenOutApi() : code.replaceAll(/(from '|from "|import\("|import\(')(\.\/[\w-]+)\.ts/g, '$1$2.js')
    writeFileSync(join(folder, name.replace(/\.ts$/, '.d.ts')), text)
  }
}

/** Writes the client library for Node into a folder: one file without dependencies, and its types. */
export const buildClient = async (folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  const build = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    external: (id) => id.startsWith('node:'),
    transform: { target: 'node20' },
  })
  await build.write({
    file: join(folder, 'patchbay-client.js'),
    format: 'esm',
    codeSplitting: false,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  })
  await build.close()
  writeTypes(folder)
}
