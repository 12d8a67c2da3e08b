import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SecretInput } from '#shared/contract/common'
import { CONTRACT_VERSION, changeEvents, contract } from '#shared/contract/contract'
import type { Method } from '#shared/contract/define'
import { PublicEventType } from '#shared/contract/events'
import { ERRORS } from '#shared/errors'
import { root } from './tool.ts'

/** The part of JSON schema that zod writes for the contract. */
interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly pattern?: string
  readonly writeOnly?: boolean
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
}

type Names = ReadonlyMap<z.core.$ZodType, string>

/** The objects that shared/contract exports under a name of their own, such as Connection. */
const namedObjects = async (): Promise<Names> => {
  const folder = join(root, 'shared/contract')
  const names = new Map<z.core.$ZodType, string>()
  for (const file of readdirSync(folder).sort()) {
    const members = (await import(join(folder, file))) as Record<string, unknown>
    for (const [name, value] of Object.entries(members)) {
      if (value instanceof z.ZodObject && Object.keys(value.shape).length > 0) names.set(value, name)
    }
  }
  return names
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output', names: Names): Schema =>
  z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema, path }) => {
      const name = names.get(zodSchema)
      if (name !== undefined && path.length > 0) jsonSchema.title = name
      if ((zodSchema as z.core.$ZodType) === SecretInput) jsonSchema.writeOnly = true
    },
  }) as Schema

const quoted = (value: unknown): string => `\`${JSON.stringify(value)}\``

const anchor = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')

/** A type in words, with links to the named ones. */
const typeOf = (schema: Schema): string => {
  if (schema.title !== undefined) return `[${schema.title}](#${anchor(schema.title)})`
  if (schema.const !== undefined) return quoted(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(quoted).join(', ')
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return choices.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.type === 'object' && schema.properties === undefined) {
    return typeof schema.additionalProperties === 'object' ? `map of ${typeOf(schema.additionalProperties)}` : 'map'
  }
  if (schema.format === 'date-time') return 'instant'
  return [schema.type ?? 'anything'].flat().join(' or ')
}

const range = (low: number | undefined, high: number | undefined, unit: string): string[] => {
  const isOpen = high === undefined || high === Number.MAX_SAFE_INTEGER
  if (isOpen) return low === undefined || low === -Number.MAX_SAFE_INTEGER ? [] : [`at least ${low}${unit}`]
  return low === undefined || low === -Number.MAX_SAFE_INTEGER ? [`at most ${high}${unit}`] : [`${low} to ${high}${unit}`]
}

const notesOf = (schema: Schema): string =>
  [
    ...(schema.writeOnly === true ? ['secret'] : []),
    ...(schema.description === undefined ? [] : [schema.description]),
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...(schema.maxItems === undefined ? [] : [`at most ${schema.maxItems} entries`]),
    ...(schema.default === undefined ? [] : [`default ${quoted(schema.default)}`]),
  ].join('; ')

/** One row for each value of an object, inner objects below their own. */
const rowsOf = (schema: Schema, prefix = ''): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const path = `${prefix}${name}`
    const isRequired = schema.required?.includes(name) === true
    const row = `| \`${path}\` | ${typeOf(value)} | ${isRequired ? 'yes' : ''} | ${notesOf(value)} |`
    const choices = value.anyOf ?? value.oneOf ?? [value]
    const inner = choices.flatMap((choice) => {
      if (choice.title !== undefined) return []
      if (choice.type === 'array') return choice.items?.title === undefined ? rowsOf(choice.items ?? {}, `${path}[].`) : []
      return rowsOf(choice, `${path}.`)
    })
    return [row.replaceAll('\n', ' '), ...inner]
  })

const tableOf = (schema: Schema, third: string): string[] => {
  if (schema.title !== undefined) return [typeOf(schema)]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return choices.flatMap((choice, index) => [...(index === 0 ? [] : ['or', '']), ...tableOf(choice, third), ''])
  const rows = rowsOf(schema)
  if (rows.length === 0) return [schema.type === 'object' && schema.properties !== undefined ? 'Nothing.' : `${typeOf(schema)}.`]
  return [`| name | type | ${third} | notes |`, '| --- | --- | --- | --- |', ...rows]
}

const CALLERS = { ui: 'window', cli: 'command line', automation: 'automation' } as const

const methodSection = (name: string, spec: Method, names: Names): string[] => [
  `### ${name}`,
  '',
  spec.summary,
  '',
  `Access: \`${spec.access}\`. Callers: ${spec.callers.map((caller) => CALLERS[caller]).join(', ')}.${
    spec.worksWhileLocked === true ? ' Answers while the vault is locked.' : ''
  }`,
  '',
  'Params',
  '',
  ...tableOf(schemaOf(spec.params, 'input', names), 'required'),
  '',
  'Result',
  '',
  // A result that is a named object as a whole is told by its name.
  ...(names.has(spec.result)
    ? [`A [${names.get(spec.result)}](#${anchor(names.get(spec.result) ?? '')}).`]
    : tableOf(schemaOf(spec.result, 'output', names), 'always')),
  '',
]

const errorTable = (): string[] => [
  '| code | message | next step | a retry helps | exit code |',
  '| --- | --- | --- | --- | --- |',
  ...Object.entries(ERRORS).map(
    ([code, { message, next, retry, exit }]) =>
      `| \`${code}\` | ${message} | ${next.replaceAll('|', '\\|')} | ${retry.replaceAll('_', ' ')} | ${exit} |`,
  ),
]

/** The whole of docs/API.md, from the contract alone. */
export const apiDocument = async (): Promise<string> => {
  const names = await namedObjects()
  const domains = Object.entries(contract).flatMap(([domain, methods]) => [
    `## ${domain}`,
    '',
    ...Object.entries(methods as Record<string, Method>).flatMap(([name, spec]) => methodSection(`${domain}.${name}`, spec, names)),
  ])
  const types = [...names]
    .sort(([, a], [, b]) => (a < b ? -1 : 1))
    .flatMap(([schema, name]) => {
      return [`### ${name}`, '', ...tableOf(schemaOf(schema as z.ZodObject, 'output', names), 'always'), '']
    })
  const lines = [
    '# API',
    '',
    `Contract version ${CONTRACT_VERSION}. Written by \`npm run docs\` from shared/contract and shared/errors.ts; do not edit it by hand.`,
    '',
    'The same methods answer over the socket (JSON-RPC 2.0, one object a line), in the window, and as `patchbay <domain> <method>`.',
    'Every instant is ISO 8601 in UTC; what is not known is `null`.',
    '',
    ...domains,
    '## Types',
    '',
    ...types,
    '## Events',
    '',
    'Kept and numbered, read with `events.list` or sent after `events.subscribe` as notifications `event`:',
    '',
    ...PublicEventType.options.map((type) => `- \`${type}\``),
    '',
    'Change events tell the window what to read again; they carry ids only:',
    '',
    '| event | data |',
    '| --- | --- |',
    ...Object.entries(changeEvents).map(([type, schema]) => {
      const data = Object.entries(schemaOf(schema, 'output', names).properties ?? {}).map(
        ([name, value]) => `\`${name}\`: ${typeOf(value)}`,
      )
      return `| \`${type}\` | ${data.length === 0 ? 'nothing' : data.join(', ')} |`
    }),
    '',
    '## Errors',
    '',
    'Over the socket the number is -32000 (for what the caller got wrong about JSON-RPC itself, its own numbers); the code is in `error.data.code`.',
    '',
    ...errorTable(),
    '',
  ]
  return lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')
}
