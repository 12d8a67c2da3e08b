import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CONTRACT_VERSION, changeEvents, METHODS } from '#shared/contract/contract'

type Json = Readonly<Record<string, unknown>>

const BOUNDS = ['format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'default'] as const
const NO_BOUND = new Set<unknown>([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])

const boundsOf = (schema: Json): string => {
  // zod writes a known format out as a pattern too.
  const told = BOUNDS.filter((key) => key in schema && !NO_BOUND.has(schema[key]) && !(key === 'pattern' && 'format' in schema))
  const said = told.map((key) => `${key} ${JSON.stringify(schema[key])}`)
  return said.length === 0 ? '' : ` (${said.join(', ')})`
}

/** A JSON schema as an outline that a person can read in a diff: one line a field, `?` where it may be left out. */
const outline = (schema: Json, indent: string): string => {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Json[] | undefined
  if (choices !== undefined) return `${choices.map((one) => outline(one, indent)).join(' | ')}${boundsOf(schema)}`
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return `${schema['enum'].map((value) => JSON.stringify(value)).join(' | ')}${boundsOf(schema)}`
  if (schema['type'] === 'array') return `list of ${outline(schema['items'] as Json, indent)}${boundsOf(schema)}`
  if (schema['type'] === 'object' && schema['properties'] !== undefined) {
    const required = new Set(schema['required'] as readonly string[] | undefined)
    const fields = Object.entries(schema['properties'] as Record<string, Json>)
    if (fields.length === 0) return '{}'
    return fields.map(([name, field]) => `\n${indent}${name}${required.has(name) ? '' : '?'}: ${outline(field, `${indent}  `)}`).join('')
  }
  if (schema['type'] === 'object') return `map of ${outline((schema['additionalProperties'] ?? {}) as Json, indent)}`
  const types = [schema['type'] ?? 'anything'].flat()
  return `${types.join(' | ')}${boundsOf(schema)}`
}

const said = (schema: z.ZodType, io: 'input' | 'output'): string =>
  outline(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json, '      ')

const contractText = (): string => {
  const methods = [...METHODS].map(([name, { access, callers, worksWhileLocked, params, result }]) =>
    [
      `${name}  access ${access}, for ${callers.join(' ')}${worksWhileLocked === true ? ', works while locked' : ''}`,
      `    takes ${said(params, 'input')}`,
      `    answers ${said(result, 'output')}`,
    ].join('\n'),
  )
  const events = Object.entries(changeEvents).map(([type, data]) => `event ${type}\n    carries ${said(data, 'output')}`)
  return `${[`contract ${CONTRACT_VERSION}`, ...methods, ...events].join('\n\n').replaceAll(/ +$/gm, '')}\n`
}

describe('the contract', () => {
  test('every method takes, answers and allows what it did before: names, access, callers, fields and their bounds', async () => {
    await expect(contractText()).toMatchFileSnapshot('contract.txt')
  })

  test('the outline tells a field that came, one that may be left out, and a bound', () => {
    const before = said(z.object({ a: z.string().max(5) }), 'input')
    expect(said(z.object({ a: z.string().max(6) }), 'input')).not.toBe(before)
    expect(said(z.object({ a: z.string().max(5).optional() }), 'input')).not.toBe(before)
    expect(said(z.object({ a: z.string().max(5), b: z.boolean() }), 'input')).not.toBe(before)
  })
})
