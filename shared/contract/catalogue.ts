import { z } from 'zod'
import { everyone, method } from './define.ts'
import { ConnectorSlug, ForeignText, ForeignWords, Identifier } from './common.ts'
import { FILE_KINDS } from '../key-file.ts'

/** One input of a connector's form, generated from the provider's definition. */
export const ConnectorField = z.object({
  name: z.string(),
  /**
   * `config` values travel as connection parameters, `credential` values are secrets of the account, `assertion` values make the
   * signed statement that is sent instead of a password. The last are given among the fields, or as credentials where they are secret.
   */
  group: z.enum(['config', 'credential', 'assertion']),
  /** `file` where a key or certificate is wanted, as a person has it in a file; its text is the value. */
  kind: z.enum(['text', 'file']),
  /** What a file may hold; empty for text. */
  accepts: z.array(z.enum(FILE_KINDS)),
  title: ForeignText,
  description: ForeignWords.nullable(),
  type: z.enum(['string', 'number', 'boolean']),
  format: z.string().nullable(),
  /** A regular expression to test the value with, as written: most name both ends, a few mean only one. */
  pattern: z.string().nullable(),
  example: z.string().nullable(),
  prefix: z.string().nullable(),
  suffix: z.string().nullable(),
  /** The values to choose from, where the definition lists them. */
  options: z.array(z.string()).nullable(),
  defaultValue: z.string().nullable(),
  isOptional: z.boolean(),
  isSecret: z.boolean(),
  /** Filled by Nango, or by the default value; never asked for. */
  isAutomated: z.boolean(),
  /** Where the value is found. */
  docsUrl: z.string().nullable(),
})
export type ConnectorField = z.output<typeof ConnectorField>

export const Connector = z.object({
  connectorId: z.string(),
  name: ForeignText,
  categories: z.array(z.string()),
  authMode: z.string(),
  nango: z.object({
    /** Whether the profile in use goes through Nango. */
    enabled: z.boolean(),
    /** The provider's name in Nango's catalogue. */
    providerKey: z.string(),
    /** The integration's unique key at Nango, null while there is none. */
    integrationId: z.string().nullable(),
    configured: z.boolean(),
  }),
  /** Whether Patchbay can speak to the provider without Nango. */
  direct: z.object({ supported: z.boolean(), reason: z.string().optional() }),
  /** Whether `connect.start` accepts this connector now, and if not, what is missing. */
  readiness: z.enum(['ready', 'needs_integration', 'not_from_here']),
  readinessReason: z.string().nullable(),
  fields: z.array(ConnectorField),
  scopes: z.array(z.string()),
  docsUrl: z.string().nullable(),
})
export type Connector = z.output<typeof Connector>

/** A choice of scopes: what the definition asks for by itself, those that only read, all that are known. */
export const ScopePreset = z.object({ preset: z.enum(['default', 'read_only', 'everything']), scopes: z.array(z.string()) })
export type ScopePreset = z.output<typeof ScopePreset>

/** What an account is mostly for, with the least scopes of the app, and of the person where the provider tells them apart, that it takes. */
export const Capability = z.object({ capability: z.string(), scopes: z.array(z.string()), userScopes: z.array(z.string()) })
export type Capability = z.output<typeof Capability>

/** A connector with what is only shown for one at a time. */
export const ConnectorDetail = Connector.extend({
  /** The scopes a sign-in asks for when none are named; empty leaves it to the integration. */
  defaultScopes: z.array(z.string()),
  scopePresets: z.array(ScopePreset),
  /** Empty where they are not known. */
  capabilities: z.array(Capability),
})
export type ConnectorDetail = z.output<typeof ConnectorDetail>

export const catalogue = {
  list: method({
    summary: 'The connectors: those the profile has integrations for first, then by name.',
    access: 'read',
    callers: everyone,
    reach: 'none',
    params: z.object({
      profileId: Identifier.optional(),
      search: z.string().max(200).optional(),
      category: z.string().max(100).optional(),
      authMode: z.string().max(40).optional(),
      readiness: z.enum(['ready', 'needs_integration', 'not_from_here']).optional(),
    }),
    result: z.object({ connectors: z.array(Connector), total: z.number().int() }),
  }),
  get: method({
    summary: 'One connector, by its slug or a legacy name of it.',
    access: 'read',
    callers: everyone,
    reach: 'none',
    params: z.object({ connectorId: ConnectorSlug, profileId: Identifier.optional() }),
    result: ConnectorDetail,
  }),
  categories: method({
    summary: 'The categories and ways to authenticate of the catalogue, with how many connectors each has.',
    access: 'read',
    callers: everyone,
    reach: 'none',
    params: z.object({}),
    result: z.object({
      categories: z.array(z.object({ category: z.string(), count: z.number().int() })),
      authModes: z.array(z.object({ authMode: z.string(), count: z.number().int() })),
    }),
  }),
}

export const catalogueEvents = { 'catalogue.changed': z.object({ profileId: z.string() }) }
