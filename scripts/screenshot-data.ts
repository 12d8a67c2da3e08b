import { type NangoStandIn, type StandInProvider, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { type ServiceAccount, startServices } from './screenshot-services.ts'

/** One account of the pictures: connector, label, mail address; what is not well about it. */
interface DemoAccount {
  readonly connector: string
  readonly label: string
  readonly name?: string
  readonly email?: string
  readonly kind: 'oauth' | 'key' | 'basic'
  /** `refused`: the service takes no token of it any more; `failed`: Nango noted that a while ago; `down`: the service does not work. */
  readonly trouble?: 'refused' | 'failed' | 'down'
  /** Connected so many days ago, and not renewed since: it likely ends soon. */
  readonly idleDays?: number
}

const MARA = { name: 'Mara Lindqvist', email: 'mara@harborline.example', kind: 'oauth' } as const
const KEY = { kind: 'key' } as const

const ACCOUNTS: readonly DemoAccount[] = [
  { ...MARA, connector: 'google-mail', label: 'Work', trouble: 'refused' },
  { ...MARA, connector: 'jira', label: 'Harborline', trouble: 'failed' },
  { ...MARA, connector: 'notion', label: 'Product wiki', trouble: 'failed' },
  { ...MARA, connector: 'airtable', label: 'Content calendar', idleDays: 57 },
  { ...MARA, connector: 'asana', label: 'Launches' },
  { ...KEY, connector: 'cloudflare', label: 'DNS' },
  { ...KEY, connector: 'datadog', label: 'Metrics EU', trouble: 'refused' },
  { ...MARA, connector: 'github', label: 'Personal', name: 'mlindq', email: 'mara@lindqvist.example' },
  { ...MARA, connector: 'github', label: 'Work' },
  { ...MARA, connector: 'google-calendar', label: 'Work' },
  { ...MARA, connector: 'google-drive', label: 'Work' },
  { ...MARA, connector: 'hubspot', label: 'Sales EU', name: 'Sales EMEA', email: 'sales-emea@harborline.example' },
  { ...MARA, connector: 'linear', label: 'Harborline' },
  { ...MARA, connector: 'figma', label: 'Design' },
  { ...MARA, connector: 'dropbox', label: 'Contracts', name: 'Harborline Legal', email: 'legal@harborline.example' },
  { ...MARA, connector: 'gitlab', label: 'Mirrors' },
  { ...MARA, connector: 'zoom', label: 'Webinars', name: 'Harborline Events', email: 'events@harborline.example', idleDays: 76 },
  { ...KEY, connector: 'openai', label: 'Experiments' },
  { ...KEY, connector: 'sendgrid', label: 'Receipts' },
  { ...KEY, connector: 'vercel', label: 'Sites' },
  { ...MARA, connector: 'calendly', label: 'Demos', trouble: 'down' },
  { ...MARA, connector: 'xero', label: 'Books', idleDays: 48 },
  { ...MARA, connector: 'intercom', label: 'Support', name: 'Support', email: 'support@harborline.example' },
]

/** Connectors with an integration and no account yet. */
const MORE_READY = ['slack', 'salesforce', 'box', 'discord', 'typeform', 'mailchimp', 'zendesk']

type Kind = DemoAccount['kind'] | 'file'

const AUTH_MODES: Readonly<Record<Kind, string>> = { oauth: 'OAUTH2', key: 'API_KEY', basic: 'BASIC', file: 'JWT' }

/** Where Nango tries credentials, and a check looks. */
const verifiedAt = (endpoint: string) => ({ verification: { method: 'GET', endpoints: [endpoint] } })
const VERIFICATIONS: Readonly<Partial<Record<Kind, ReturnType<typeof verifiedAt>>>> = {
  key: verifiedAt('/v1/me'),
  basic: verifiedAt('/myself'),
}

const BEGINNINGS = { refused: 'refused-', down: 'down-', failed: '', well: '' } as const

/** Connectors that Nango knows and that nobody has set up there. */
const NOT_SET_UP = ['monday']

/** Whether nobody renews the account of a connector here: it stays as it was when it was connected. */
export const isIdle = (connector: string): boolean => ACCOUNTS.some((one) => one.connector === connector && one.idleDays !== undefined)

/** How long ago, in minutes, each account was connected: spread over a year. */
const agoMinutes = (index: number): number => 90 + index * index * 1300

/** A number past those of the accounts: somebody's own. */
export const PRIVATE_ACCOUNT = 101

/** Whose a token with this number is. */
const accountOf = (number: number): ServiceAccount => {
  const { name = MARA.name, email = MARA.email } = ACCOUNTS[number] ?? {
    email: number === PRIVATE_ACCOUNT ? 'mara@lindqvist.example' : MARA.email,
  }
  return { name, email, login: email.replace('@', '-at-').replace('.example', '') }
}

/** A Nango like that of a small company, with its accounts; `fill` puts them in. */
export const startDemoNango = async (): Promise<{
  readonly nango: NangoStandIn
  readonly fill: () => void
  /** Lets so many calls to the services through, the others wait; null lets all through. */
  readonly holdAfter: (count: number | null) => void
  /** The number of the account that new sign-ins answer with. */
  readonly signInAs: (number: number) => void
  readonly stop: () => Promise<void>
}> => {
  const services = await startServices(accountOf)
  const kinds = new Map<string, Kind>([
    ['jira-basic', 'basic'] as const,
    ['snowflake-jwt', 'file'] as const,
    ...MORE_READY.map((connector) => [connector, 'oauth'] as const),
    ...ACCOUNTS.map((one) => [one.connector, one.kind] as const),
  ])
  const providers = Object.fromEntries(
    [...kinds, ...NOT_SET_UP.map((connector) => [connector, 'oauth'] as const)].map(([connector, kind]): [string, StandInProvider] => [
      connector,
      {
        display_name: connector,
        auth_mode: AUTH_MODES[kind],
        proxy: { base_url: `${services.url}/${connector}`, ...VERIFICATIONS[kind] },
        ...(kind === 'oauth' && { authorization_url: '/demo-provider/authorize', token_url: services.tokenUrl }),
      },
    ]),
  )
  const options = {
    providers,
    integrations: [...kinds].map(([connector, kind]) => ({
      uniqueKey: connector,
      provider: connector,
      ...(kind === 'oauth' && { clientId: `demo-${connector}`, clientSecret: 'demo-client' }),
    })),
    rateLimitPerMinute: 10_000,
    hasConnectUi: true,
  }
  // The port of a Nango of one's own, so that the pictures name the same address each time; another where it is taken.
  const nango = await startNangoStandIn({ ...options, port: 3003 }).catch(() => startNangoStandIn(options))
  const fill = (): void => {
    const now = Date.now()
    nango.seedConnections(
      ACCOUNTS.map(({ connector, label, name, email, kind, trouble, idleDays }, index) => {
        const createdAt = now - (idleDays === undefined ? agoMinutes(index) : idleDays * 1440) * 60_000
        const beginning = BEGINNINGS[trouble ?? 'well']
        return {
          connectionId: `harborline-${String(index).padStart(2, '0')}`,
          integrationKey: connector,
          endUser: email === undefined ? null : { id: 'mara', display_name: name ?? null, email, tags: null, organization: null },
          tags: { end_user_display_name: label },
          credentials:
            kind === 'key'
              ? { type: 'API_KEY' as const, apiKey: `${beginning}demo-key-of-${connector}` }
              : {
                  type: 'OAUTH2' as const,
                  access_token: `${beginning}demo-access-${index}`,
                  refresh_token: `${beginning}demo-${index}`,
                  expires_at: new Date(now + 3_600_000).toISOString(),
                  raw: {},
                },
          createdAt,
          updatedAt: createdAt,
          ...(trouble === 'failed' && { errorLogId: `demo-${index}`, lastRefreshFailure: now - 7_200_000, refreshAttempts: 1 }),
        }
      }),
    )
  }
  return {
    nango,
    fill,
    holdAfter: services.holdAfter,
    signInAs: services.signInAs,
    stop: async () => {
      services.stop()
      await nango.stop()
    },
  }
}
