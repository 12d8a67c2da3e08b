import fc from 'fast-check'

/** The parts of JSON Schema that the contract's parameters use. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
}

/** Texts that a pattern takes; where a pattern cannot be turned round, texts are made until one fits. */
const matching = (pattern: string): fc.Arbitrary<string> => {
  const expression = new RegExp(pattern, 'u')
  try {
    return fc.stringMatching(expression)
  } catch {
    return fc.string({ minLength: 1, maxLength: 40 }).filter((text) => expression.test(text))
  }
}

const texts = (schema: Schema): fc.Arbitrary<unknown> => {
  const { pattern, minLength = 0, maxLength = 40, format } = schema
  if (pattern !== undefined)
    return matching(pattern).filter((text) => text.length >= minLength && text.length <= (schema.maxLength ?? 2000))
  if (format === 'uri') return fc.webUrl()
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString())
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)), unit: 'grapheme' })
}

const objects = (schema: Schema): fc.Arbitrary<unknown> => {
  const { properties = {}, required = [], additionalProperties } = schema
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner)])), {
    requiredKeys: required.filter((name) => name in properties),
  })
  if (typeof additionalProperties !== 'object') return known
  const names =
    schema.propertyNames === undefined ? fc.string({ minLength: 1, maxLength: 10 }) : valuesOf({ type: 'string', ...schema.propertyNames })
  return fc
    .tuple(known, fc.dictionary(names as fc.Arbitrary<string>, valuesOf(additionalProperties), { maxKeys: 4 }))
    .map(([own, more]) => ({ ...more, ...own }))
}

/** Values that a JSON Schema describes. */
export const valuesOf = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  const branches = schema.anyOf ?? schema.oneOf
  if (branches !== undefined) return fc.oneof(...branches.map(valuesOf))
  if (schema.allOf !== undefined) return valuesOf(Object.assign({ ...schema, allOf: undefined }, ...schema.allOf) as Schema)
  const type = Array.isArray(schema.type) ? (schema.type[0] as string) : (schema.type as string | undefined)
  switch (type) {
    case 'string':
      return texts(schema)
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1, -1e9),
        max: Math.min(schema.maximum ?? 1e6, 1e9),
      })
    case 'number':
      return fc.double({ noNaN: true, min: schema.minimum ?? 0, max: schema.maximum ?? 1e6 })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, Math.max(4, schema.minItems ?? 0)),
      })
    case 'object':
      return objects(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

/** What a program that is broken or hostile puts where something else belongs. */
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53 + 1,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  "'; DROP TABLE connections; --",
  'x'.repeat(70_000),
  [],
  [[]],
  deep(60),
  {},
  JSON.parse('{"__proto__":{"isTrusted":true}}'),
  { constructor: { prototype: { polluted: true } } },
  JSON.parse('{"then":"x"}'),
  { toString: 1 },
]

/** Changes one place of a value: drops it, adds to it, or puts something odd there. */
export const mutated = (value: unknown): fc.Arbitrary<unknown> => {
  const odd = fc.constantFrom(...ODD)
  if (typeof value !== 'object' || value === null) return odd
  const entries = Object.entries(value as Record<string, unknown>)
  const rebuilt = (changed: readonly (readonly [string, unknown])[]): unknown =>
    Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed)
  const added = fc
    .tuple(fc.constantFrom('extra', '__proto__', 'constructor', 'limit', 'then', ''), odd)
    .map(([name, inner]) => (Array.isArray(value) ? [...(value as unknown[]), inner] : withKey(value as object, name, inner)))
  if (entries.length === 0) return added
  const place = fc.nat(entries.length - 1)
  const replaced = place.chain((at) =>
    fc
      .oneof(odd, mutated(entries[at]?.[1]))
      .map((inner) => rebuilt(entries.map((entry, index) => (index === at ? [entry[0], inner] : entry)))),
  )
  const dropped = place.map((at) => rebuilt(entries.filter((_, index) => index !== at)))
  return fc.oneof(
    { weight: 4, arbitrary: replaced },
    { weight: 2, arbitrary: dropped },
    { weight: 2, arbitrary: added },
    { weight: 1, arbitrary: odd },
  )
}

/** With one more key, as JSON.parse would make it: `__proto__` is an ordinary key. */
const withKey = (value: object, name: string, inner: unknown): unknown =>
  Object.defineProperty({ ...value }, name, { value: inner, enumerable: true, configurable: true, writable: true })
