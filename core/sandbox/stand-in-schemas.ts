import { z } from 'zod'

/** The key of an integration; spaces are allowed (nango-api.md section 4). */
export const IntegrationKey = z
  .string()
  .regex(/^[a-zA-Z0-9~:.@ _-]+$/)
  .max(255)

export const ConnectionId = z
  .string()
  .regex(/^[a-zA-Z0-9,.;:=+~[\]|@${}"'\\/_ -]+$/)
  .max(255)

export const ProviderName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]+$/)
  .max(255)

const TAG_MAX_COUNT = 10

const TagKey = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_\-./]*$/, {
    message: 'Tag keys must start with a letter and contain only alphanumerics, underscores, hyphens, periods, or slashes',
  })
  .max(64, { message: 'Tag keys must be at most 64 characters' })

const tagFaults = (tags: Readonly<Record<string, string>>): string[] => {
  const keys = Object.keys(tags)
  if (keys.length > TAG_MAX_COUNT) return [`Tags cannot contain more than ${TAG_MAX_COUNT} keys`]
  const faults: string[] = []
  const seen = new Set<string>()
  for (const [key, value] of Object.entries(tags)) {
    const lower = key.toLowerCase()
    if (seen.has(lower)) faults.push(`Duplicate tag key after case normalization: "${lower}"`)
    seen.add(lower)
    if (lower === 'end_user_email' && !z.email().min(5).safeParse(value).success) faults.push('Tag "end_user_email" must be a valid email')
  }
  return faults
}

const withoutFaults = (payload: z.core.ParsePayload<Record<string, string>>): void => {
  for (const message of tagFaults(payload.value)) payload.issues.push({ code: 'custom', message, input: payload.value })
}

/** Tags of a connection; keys come out lower-cased (nango-api.md section 5). */
export const ConnectionTags = z
  .record(TagKey, z.string().min(1).max(255, { message: 'Tag values must be at most 255 characters' }))
  .check(withoutFaults)
  .transform((tags) => Object.fromEntries(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value])))

export const EndUserInput = z.strictObject({
  id: z.string().max(255).min(1),
  email: z.email().min(5).optional(),
  display_name: z.string().max(255).optional(),
  tags: z.record(TagKey, z.string().max(255)).check(withoutFaults).optional(),
})
export type EndUserInput = z.output<typeof EndUserInput>

export const OrganizationInput = z.strictObject({ id: z.string().max(255).min(0), display_name: z.string().max(255).optional() })
export type OrganizationInput = z.output<typeof OrganizationInput>

const PRIVATE_HOST =
  /^(?:localhost|.*\.localhost|127\..*|10\..*|192\.168\..*|172\.(?:1[6-9]|2\d|3[01])\..*|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\..*|169\.254\..*|\[::1\])$/

/** Loopback and private addresses are refused, as a server with its default policy does (nango-api.md section 1). */
export const WebhookUrl = z
  .union([z.url(), z.literal('')])
  .optional()
  .refine((url) => !url || !/(?:^|\.)nango\.dev$/.test(new URL(url).hostname), {
    message: "Webhook URLs cannot point to Nango's domain (nango.dev).",
  })
  .refine((url) => !url || !PRIVATE_HOST.test(new URL(url).hostname), { message: 'This webhook URL is not allowed.' })

export const EmptyQuery = z.strictObject({})

/** The tags that an end user and an organization add to a connection. */
export const tagsOfEndUser = (
  endUser: EndUserInput | undefined | null,
  organization: OrganizationInput | undefined | null,
): Record<string, string> => {
  const own: Record<string, string> = {}
  const set = (key: string, value: string | undefined): void => {
    if (value) own[key] = value.slice(0, 255)
  }
  set('end_user_id', endUser?.id)
  set('end_user_email', endUser?.email)
  set('end_user_display_name', endUser?.display_name)
  set('organization_id', organization?.id)
  set('organization_display_name', organization?.display_name)
  const all = { ...own }
  for (const [key, value] of Object.entries(endUser?.tags ?? {})) all[key.toLowerCase()] = value
  return Object.keys(all).length > TAG_MAX_COUNT ? own : all
}

/** An end user in the form that answers show. */
export const storedEndUser = (endUser: EndUserInput, organization: OrganizationInput | undefined | null) => ({
  id: endUser.id,
  display_name: endUser.display_name || null,
  email: endUser.email || null,
  tags: endUser.tags || null,
  organization: organization ? { id: organization.id, display_name: organization.display_name || null } : null,
})
