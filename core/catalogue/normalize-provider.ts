import { z } from 'zod'
import type { ConnectorField } from '#shared/contract/catalogue'
import { FieldDefinitions, toFields } from './connector-fields.ts'
import { legacyNamesOf } from './legacy-names.ts'
import { formDefinitionOf } from './mode-forms.ts'

const Template = z.string().optional().catch(undefined)
const Templates = z.record(z.string(), z.unknown()).optional().catch(undefined)

/** A provider as Nango's catalogue and `GET /providers/{name}` (nango-api.md section 3) describe it; only what is used. */
const ProviderDefinition = z.object({
  display_name: z.string().min(1),
  categories: z.array(z.string()).default([]),
  auth_mode: z.string().min(1),
  installation: z.string().optional(),
  authorization_url: Template,
  token_url: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  request_url: Template,
  registration_url: Template,
  authorization_params: Templates,
  redirect_uri_metadata: z.unknown().optional(),
  token_request_auth_method: z.string().optional().catch(undefined),
  docs: z.string().optional(),
  docs_connect: z.string().optional(),
  default_scopes: z.array(z.string()).optional(),
  proxy: z.object({ verification: z.unknown().optional() }).optional(),
  connection_config: FieldDefinitions.optional(),
  credentials: FieldDefinitions.optional(),
  /** What makes the assertion that a two-step sign-in sends; travels as `assertionOption`. */
  assertion_option: FieldDefinitions.optional(),
  /** What an integration may have been set up with; a two-step sign-in asks for what it was not. */
  integration_config: FieldDefinitions.optional().catch(undefined),
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
  /** Those that the definition suggests. */
  readonly defaultScopes: readonly string[]
  readonly docsUrl: string | null
  /** Whether it is installed from the provider's own side, which Nango hears of later (`installation: outbound`). */
  readonly isOutbound: boolean
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

const scopesOf = (provider: ProviderDefinition, scopes: readonly string[]): string[] => [
  ...new Set([...(provider.default_scopes ?? []), ...scopes].map((scope) => scope.trim()).filter((scope) => scope !== '')),
]

/** The catalogue entry of one provider definition; throws a ZodError when it is not one. `scopes` are those known to exist. */
export const normalizeProvider = (connectorId: string, definition: unknown, scopes: readonly string[] = []): CatalogueEntry => {
  const provider = ProviderDefinition.parse(definition)
  const docsConnect = httpsUrl(provider.docs_connect)
  const form = formDefinitionOf(provider)
  return {
    connectorId,
    name: provider.display_name.trim(),
    categories: provider.categories,
    authMode: provider.auth_mode,
    fields: [
      ...toFields(form.params, 'config', docsConnect),
      ...toFields(form.credentials, 'credential', docsConnect),
      ...toFields(provider.assertion_option, 'assertion', docsConnect),
    ],
    scopes: scopesOf(provider, scopes),
    defaultScopes: scopesOf(provider, []),
    docsUrl: docsConnect ?? httpsUrl(provider.docs),
    isOutbound: provider.installation === 'outbound',
    hasVerification: provider.proxy?.verification !== undefined,
    authorizationUrlIsTemplated: provider.authorization_url?.includes('${') === true,
    legacyNames: legacyNamesOf(connectorId),
  }
}
