import { z } from 'zod'
import { ConnectorSlug, Label } from '#shared/contract/common'

const Scope = z.string().regex(/^[^\s,]{1,500}$/, 'a scope has 1 to 500 characters and neither space nor comma')

const HttpsUrl = z.url({ protocol: /^https$/, error: 'an https address is needed' }).max(2_048)

/** A connector manifest: `slug` says which connector, every other member what is different about it. */
export const ConnectorManifest = z
  .object({
    slug: ConnectorSlug.describe('The connector: a slug of the catalogue, another name of one, or a name of your own.'),
    name: Label.optional().describe('The name to show.'),
    nango: z
      .strictObject({
        enabled: z.boolean().optional().describe('False takes the connector out of Nango. True when left out.'),
        provider_key: z
          .string()
          .trim()
          .regex(/^[^\s/\\]{1,255}$/, 'a key has 1 to 255 characters, without spaces and slashes')
          .optional()
          .describe('The unique key of an integration at Nango, or a provider of it. A connector of your own needs it.'),
      })
      .optional()
      .describe('How the connector goes through Nango.'),
    oauth: z
      .strictObject({
        authorization_url: HttpsUrl.optional().describe('The sign-in page. Checked, and not used while Nango makes the connections.'),
        token_url: HttpsUrl.optional().describe('Where tokens come from. Checked, and not used while Nango makes the connections.'),
        default_scopes: z.array(Scope).max(200).optional().describe('The scopes that are suggested first.'),
      })
      .optional()
      .describe('The sign-in at the provider.'),
  })
  .describe('A Patchbay connector manifest, <data folder>/connectors/<any name>.json. Members beside these are left alone.')
export type ConnectorManifest = z.output<typeof ConnectorManifest>

/** A manifest that was read, or why it was not: one sentence without a value of the file. */
export type ParsedManifest = { readonly manifest: ConnectorManifest } | { readonly problem: string }

const issueText = ({ path, message }: z.core.$ZodIssue): string => (path.length === 0 ? message : `${path.join('.')}: ${message}`)

/** Reads the text of a manifest; a byte order mark at its beginning is let pass. */
export const parseManifest = (text: string): ParsedManifest => {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return { problem: 'It is not JSON.' }
  }
  const parsed = ConnectorManifest.safeParse(value)
  if (parsed.success) return { manifest: parsed.data }
  return { problem: parsed.error.issues.slice(0, 3).map(issueText).join('; ') }
}

/** The text of `resources/connectors/manifest.schema.json`: JSON Schema of what a person writes, LF. */
export const formatManifestSchema = (): string => `${JSON.stringify(z.toJSONSchema(ConnectorManifest, { io: 'input' }), null, 2)}\n`
