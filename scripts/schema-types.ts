import { z } from 'zod'

type Json = Readonly<Record<string, unknown>>

const isPlainName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name)

const oneOf = (parts: readonly string[]): string => [...new Set(parts)].join(' | ')

/** The TypeScript type of a JSON schema, as text on one line; `names` tells what a `$ref` is called. */
const typeOf = (schema: unknown, names: ReadonlyMap<string, string>): string => {
  if (typeof schema !== 'object' || schema === null) return schema === false ? 'never' : 'unknown'
  const { $ref, type, properties, required, items, additionalProperties, ...rest } = schema as Json
  const inner = (each: unknown): string => typeOf(each, names)
  if (typeof $ref === 'string') return names.get($ref) ?? 'unknown'
  if ('const' in rest) return JSON.stringify(rest['const'])
  if (Array.isArray(rest['enum'])) return oneOf(rest['enum'].map((value) => JSON.stringify(value)))
  const choices = rest['anyOf'] ?? rest['oneOf']
  if (Array.isArray(choices)) return oneOf(choices.map(inner))
  if (Array.isArray(rest['allOf'])) return rest['allOf'].map((part) => `(${inner(part)})`).join(' & ')
  if (Array.isArray(type)) return oneOf(type.map((one: unknown) => inner({ ...(schema as Json), type: one })))
  if (type === 'string' || type === 'boolean' || type === 'null') return type
  if (type === 'number' || type === 'integer') return 'number'
  if (type === 'array') return `readonly (${inner(items ?? {})})[]`
  if (type !== 'object') return 'unknown'
  if (properties === undefined) return `{ readonly [name: string]: ${inner(additionalProperties ?? {})} }`
  const needed = new Set(required as readonly string[] | undefined)
  const fields = Object.entries(properties as Json).map(
    ([name, field]) =>
      `readonly ${isPlainName(name) ? name : JSON.stringify(name)}${needed.has(name) ? `: ${inner(field)}` : `?: ${inner(field)} | undefined`}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

/** Whether everything that a schema takes may be left out. */
export const acceptsNothing = (schema: z.ZodType): boolean => schema.safeParse({}).success

/** The TypeScript type of a zod schema as it is given or as it comes out, as text that names nothing but itself and `JsonValue`. */
export const schemaType = (schema: z.ZodType, io: 'input' | 'output'): string => {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json
  // What refers to itself is any JSON: no other schema of the contract does.
  const names = new Map(Object.keys((json['$defs'] as Json | undefined) ?? {}).map((name) => [`#/$defs/${name}`, 'JsonValue'] as const))
  return typeOf(json, names)
}
