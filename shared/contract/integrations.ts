import { z } from 'zod'
import { INTEGRATION_ID, INTEGRATION_SCOPE } from '../integration-forms.ts'
import { method, person } from './define.ts'
import { ConnectorSlug, ForeignText, Identifier, Instant, Label, SecretInput } from './common.ts'

/** One integration of the profile's Nango environment. */
export const Integration = z.object({
  integrationId: z.string(),
  providerKey: z.string(),
  displayName: ForeignText,
  createdAt: Instant.nullable(),
  updatedAt: Instant.nullable(),
})
export type Integration = z.output<typeof Integration>

/** The key of one that exists, as Nango has it. */
const ExistingId = z.string().min(1).max(255)

const NewId = z.string().trim().regex(INTEGRATION_ID, 'letters, digits, spaces and ~ : . @ _ - are allowed, at most 255')

const Name = Label.max(255)

/** What the ways to sign in ask for; which of these one needs is told by `integrations.describe`. */
const SETTINGS = {
  clientId: z.string().trim().min(1).max(255).optional(),
  clientSecret: SecretInput.optional(),
  scopes: z.array(z.string().regex(INTEGRATION_SCOPE, 'a scope has neither space nor comma')).max(200).optional(),
  appId: z.string().trim().min(1).max(255).optional(),
  appLink: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .optional(),
  privateKey: SecretInput.optional(),
}

const FieldName = z.enum(['clientId', 'clientSecret', 'scopes', 'appId', 'appLink', 'privateKey'])

/** What the form for an integration needs to be drawn and filled. */
export const IntegrationDescription = z.object({
  connectorId: z.string(),
  providerKey: z.string(),
  name: z.string(),
  authMode: z.string(),
  fields: z.array(z.object({ name: FieldName, kind: z.enum(['text', 'url', 'scopes', 'secret', 'pem']), isOptional: z.boolean() })),
  /** Nango takes what this way to sign in needs in its dashboard only. */
  isDashboardOnly: z.boolean(),
  /** The address that the provider must send people back to, by the rule of Nango's servers; null where none is needed. */
  callbackUrl: z.string().nullable(),
  /** A self-hosted server may have been given another public address; then that one counts. */
  isCallbackCertain: z.boolean(),
  docsUrl: z.string().nullable(),
  /** Scopes of the connector to choose from. */
  scopes: z.array(z.string()),
  /** An id that is free in this environment. */
  suggestedId: z.string(),
  /** The integration as it is now; null before there is one. Secrets are not part of it. */
  current: z
    .object({
      integrationId: z.string(),
      displayName: z.string(),
      clientId: z.string().nullable(),
      scopes: z.array(z.string()).nullable(),
      /** False where the key may not read what the integration was set up with. */
      isReadable: z.boolean(),
      /** Where the provider's own webhooks go; it is entered at the provider. */
      webhookUrl: z.string().nullable(),
      /** The connections that hang on it at Nango, counted up to 2,000. */
      connectionCount: z.number().int(),
    })
    .nullable(),
})
export type IntegrationDescription = z.output<typeof IntegrationDescription>

export const integrations = {
  list: method({
    summary: "The integrations of the profile's Nango environment.",
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional() }),
    result: z.object({
      integrations: z.array(
        Integration.extend({
          /** The connections that hang on it, as they are known here. */
          connectionCount: z.number().int(),
        }),
      ),
    }),
  }),
  get: method({
    summary: 'One integration, by its key at Nango.',
    access: 'read',
    callers: person,
    params: z.object({ profileId: Identifier.optional(), integrationId: ExistingId }),
    result: Integration,
  }),
  describe: method({
    summary: 'What setting up or changing an integration of a connector asks for: its fields, its callback address, a free id.',
    access: 'read',
    callers: person,
    params: z
      .object({
        profileId: Identifier.optional(),
        /** May be left out for an integration that exists. */
        connectorId: ConnectorSlug.optional(),
        /** The one to change; a new one when left out. */
        integrationId: ExistingId.optional(),
      })
      .refine(({ connectorId, integrationId }) => connectorId !== undefined || integrationId !== undefined, {
        message: 'name a connector or an integration',
      }),
    result: IntegrationDescription,
  }),
  create: method({
    summary: 'Sets a connector up at Nango: adds an integration for it. Secrets go to Nango and never come out here again.',
    access: 'admin',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      connectorId: ConnectorSlug,
      /** Its key at Nango; a free one when left out. */
      integrationId: NewId.optional(),
      displayName: Name.optional(),
      ...SETTINGS,
    }),
    result: Integration,
  }),
  update: method({
    summary: 'Changes an integration at Nango; what is left out stays as it is.',
    access: 'admin',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      integrationId: ExistingId,
      /** Another key; Nango refuses it while connections hang on the integration. */
      newIntegrationId: NewId.optional(),
      displayName: Name.optional(),
      ...SETTINGS,
    }),
    result: Integration,
  }),
  remove: method({
    summary: 'Deletes an integration at Nango, with the connections that hang on it.',
    access: 'admin',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      integrationId: ExistingId,
      /** How many connections you know will go with it; if there are more, nothing is deleted. */
      connectionCount: z.number().int().min(0).default(0),
    }),
    result: z.object({ connectionsRemoved: z.number().int() }),
  }),
}
