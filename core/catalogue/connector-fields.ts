import { z } from 'zod'
import type { ConnectorField } from '#shared/contract/catalogue'
import type { FileKind } from '#shared/key-file'
import { acceptsOwnExample } from '#shared/form-values'

const FieldDefinition = z.object({
  type: z.enum(['string', 'number', 'boolean']).catch('string'),
  title: z.string().optional(),
  description: z.string().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  example: z.coerce.string().optional(),
  prefix: z.string().optional(),
  suffix: z.string().optional(),
  enum: z.array(z.coerce.string()).optional(),
  order: z.number().optional(),
  default_value: z.coerce.string().optional(),
  optional: z.boolean().optional(),
  hidden: z.boolean().optional(),
  secret: z.boolean().optional(),
  automated: z.boolean().optional(),
  doc_section: z.string().optional(),
})
/** One input as a provider's definition describes it. */
export type FieldDefinition = z.output<typeof FieldDefinition>

/** The inputs of a definition, by name. */
export const FieldDefinitions = z.record(z.string(), FieldDefinition)

/** `apiVersion` and `accounts-server` as words, for the few definitions without a title. */
const titleFromName = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_.\s-]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
}

const SECRET_NAME =
  /(secret|password|passwd|token|assertion|jwt|pat|certificate|api_?key|app(lication)?_?key|private_?key|access_?key|subscription_?key|dpp_?key|secret_?key)$/i
const SECRET_TITLE = /\b(keys?|tokens?|secret|password)\b/i
const IDENTIFIER_TITLE = /\b(id|identifier)\s*$/i

/** Definitions flag only a part of their secrets, and some ask for a key under the name `username`. In doubt it is one. */
/** The files that an input wants, told by its own words: a key is asked for by name, and written as its pattern or example shows. */
const filesOf = (name: string, field: FieldDefinition): FileKind[] => {
  const shown = `${field.pattern ?? ''} ${field.example ?? ''}`
  const words = `${field.title ?? ''} ${field.description ?? ''}`
  if (/\bJWK\b/.test(words)) return ['json_jwk']
  if (/BEGIN CERTIFICATE/.test(shown)) return ['pem_certificate']
  const isPem = /BEGIN [A-Z ]*PRIVATE KEY/.test(shown) || (/\bPEM\b/.test(words) && /private.?key/i.test(`${name} ${words}`))
  const isBareKey = /private_?key$/i.test(name) && /private key/i.test(field.title ?? '') && field.pattern === undefined
  if (!isPem && !isBareKey) return []
  return /service account/i.test(words) ? ['pem_private_key', 'json_service_account'] : ['pem_private_key']
}

const isSecretField = (name: string, group: ConnectorField['group'], field: FieldDefinition): boolean => {
  if (field.secret === true) return true
  if (SECRET_NAME.test(name)) return true
  const title = field.title ?? ''
  return group !== 'config' && field.format !== 'email' && SECRET_TITLE.test(title) && !IDENTIFIER_TITLE.test(title)
}

const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern) instanceof RegExp
  } catch {
    return false
  }
}

const textOrNull = (value: string | undefined): string | null => {
  const text = value?.trim() ?? ''
  return text === '' ? null : text
}

const toField = (name: string, group: ConnectorField['group'], field: FieldDefinition, docsConnect: string | null): ConnectorField => {
  const accepts = filesOf(name, field)
  const isFile = accepts.length > 0
  const isHidden = field.hidden === true
  const isAutomated = field.automated === true || isHidden
  const normalized: ConnectorField = {
    name,
    group,
    kind: isFile ? 'file' : 'text',
    accepts,
    title: textOrNull(field.title) ?? titleFromName(name),
    description: textOrNull(field.description),
    type: field.type,
    format: field.format ?? null,
    // How a key is written is checked by reading it; Nango takes it with real line ends, whatever the pattern shows.
    pattern: !isFile && field.pattern !== undefined && compiles(field.pattern) ? field.pattern : null,
    example: textOrNull(field.example),
    prefix: textOrNull(field.prefix),
    suffix: textOrNull(field.suffix),
    options: field.enum !== undefined && field.enum.length > 0 ? field.enum : null,
    // An empty default counts only where nobody is asked: a BASIC service without a password wants one that is empty.
    defaultValue: isHidden && group === 'credential' ? (field.default_value ?? '') : textOrNull(field.default_value),
    isOptional: field.optional === true || isAutomated,
    isSecret: isFile || isSecretField(name, group, field),
    isAutomated,
    docsUrl: docsConnect === null || field.doc_section?.startsWith('#') !== true ? null : `${docsConnect}${field.doc_section}`,
  }
  // A few definitions contradict themselves; a rule that refuses its own example would refuse right values too.
  if (acceptsOwnExample(normalized)) return normalized
  const lenient = { ...normalized, pattern: null }
  return acceptsOwnExample(lenient) ? lenient : { ...lenient, format: null }
}

/** The fields of one group, in the order of the form; what a definition does not number keeps its place behind the rest. */
export const toFields = (
  definitions: Readonly<Record<string, FieldDefinition>> | undefined,
  group: ConnectorField['group'],
  docsConnect: string | null,
): ConnectorField[] =>
  Object.entries(definitions ?? {})
    .toSorted(([, a], [, b]) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER))
    .map(([name, field]) => toField(name, group, field, docsConnect))
