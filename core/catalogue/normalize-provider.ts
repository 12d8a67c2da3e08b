import { z } from 'zod'
import type { ConnectorField } from '#shared/contract/catalogue'
import { acceptsOwnExample } from '#shared/form-values'
import { legacyNamesOf } from './legacy-names.ts'

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
type FieldDefinition = z.output<typeof FieldDefinition>

const FieldDefinitions = z.record(z.string(), FieldDefinition)

/** A provider as Nango's catalogue and `GET /providers/{name}` (nango-api.md section 3) describe it; only what is used. */
const ProviderDefinition = z.object({
  display_name: z.string().min(1),
  categories: z.array(z.string()).default([]),
  auth_mode: z.string().min(1),
  authorization_url: z.string().optional(),
  docs: z.string().optional(),
  docs_connect: z.string().optional(),
  default_scopes: z.array(z.string()).optional(),
  proxy: z.object({ verification: z.unknown().optional() }).optional(),
  connection_config: FieldDefinitions.optional(),
  credentials: FieldDefinitions.optional(),
})
type ProviderDefinition = z.output<typeof ProviderDefinition>

/** What is known of a provider before any profile is looked at. */
export interface CatalogueEntry {
  readonly connectorId: string
  readonly name: string
  readonly categories: readonly string[]
  readonly authMode: string
  readonly fields: readonly ConnectorField[]
  /** The scopes to choose from, as the provider names them. */
  readonly scopes: readonly string[]
  readonly docsUrl: string | null
  /** Whether Nango tries the credentials before it keeps them. */
  readonly hasVerification: boolean
  /** Whether the sign-in page depends on fields of the form. */
  readonly authorizationUrlIsTemplated: boolean
  /** Other names this connector is known by: canonical, lower case with hyphens. */
  readonly legacyNames: readonly string[]
}

/** An https address, or null; Nango's own pages are lifted from http. */
const httpsUrl = (value: string | undefined): string | null => {
  const url = value?.replace(/^http:\/\/nango\.dev\//, 'https://nango.dev/')
  return url?.startsWith('https://') === true ? url : null
}

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
const isSecretField = (name: string, group: ConnectorField['group'], field: FieldDefinition): boolean => {
  if (field.secret === true) return true
  if (SECRET_NAME.test(name)) return true
  const title = field.title ?? ''
  return group === 'credential' && field.format !== 'email' && SECRET_TITLE.test(title) && !IDENTIFIER_TITLE.test(title)
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
  const isHidden = field.hidden === true
  const isAutomated = field.automated === true || isHidden
  const normalized: ConnectorField = {
    name,
    group,
    title: textOrNull(field.title) ?? titleFromName(name),
    description: textOrNull(field.description),
    type: field.type,
    format: field.format ?? null,
    pattern: field.pattern !== undefined && compiles(field.pattern) ? field.pattern : null,
    example: textOrNull(field.example),
    prefix: textOrNull(field.prefix),
    suffix: textOrNull(field.suffix),
    options: field.enum !== undefined && field.enum.length > 0 ? field.enum : null,
    // An empty default counts only where nobody is asked: a BASIC service without a password wants one that is empty.
    defaultValue: isHidden && group === 'credential' ? (field.default_value ?? '') : textOrNull(field.default_value),
    isOptional: field.optional === true || isAutomated,
    isSecret: isSecretField(name, group, field),
    isAutomated,
    docsUrl: docsConnect === null || field.doc_section?.startsWith('#') !== true ? null : `${docsConnect}${field.doc_section}`,
  }
  // A few definitions contradict themselves; a rule that refuses its own example would refuse right values too.
  if (acceptsOwnExample(normalized)) return normalized
  const lenient = { ...normalized, pattern: null }
  return acceptsOwnExample(lenient) ? lenient : { ...lenient, format: null }
}

const toFields = (
  definitions: Record<string, FieldDefinition> | undefined,
  group: ConnectorField['group'],
  docsConnect: string | null,
): ConnectorField[] =>
  Object.entries(definitions ?? {})
    .toSorted(([, a], [, b]) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER))
    .map(([name, field]) => toField(name, group, field, docsConnect))

const field = (title: string): FieldDefinition => ({ type: 'string', title })

/** What Nango's endpoints take where the definition does not say (nango-api.md section 6). */
const CREDENTIALS_OF_MODE: Readonly<Record<string, Record<string, FieldDefinition>>> = {
  API_KEY: { apiKey: field('API key') },
  BASIC: { username: field('Username'), password: field('Password') },
}

const scopesOf = (provider: ProviderDefinition, scopes: readonly string[]): string[] => [
  ...new Set([...(provider.default_scopes ?? []), ...scopes].map((scope) => scope.trim()).filter((scope) => scope !== '')),
]

/** The catalogue entry of one provider definition; throws a ZodError when it is not one. `scopes` are those known to exist. */
export const normalizeProvider = (connectorId: string, definition: unknown, scopes: readonly string[] = []): CatalogueEntry => {
  const provider = ProviderDefinition.parse(definition)
  const docsConnect = httpsUrl(provider.docs_connect)
  return {
    connectorId,
    name: provider.display_name.trim(),
    categories: provider.categories,
    authMode: provider.auth_mode,
    fields: [
      ...toFields(provider.connection_config, 'config', docsConnect),
      ...toFields(provider.credentials ?? CREDENTIALS_OF_MODE[provider.auth_mode], 'credential', docsConnect),
    ],
    scopes: scopesOf(provider, scopes),
    docsUrl: docsConnect ?? httpsUrl(provider.docs),
    hasVerification: provider.proxy?.verification !== undefined,
    authorizationUrlIsTemplated: provider.authorization_url?.includes('${') === true,
    legacyNames: legacyNamesOf(connectorId),
  }
}
