import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type NangoStandIn, type StandInProvider, startNangoStandIn } from '#core/sandbox/nango-stand-in'

/** One account of the pictures: connector, label, mail address; what is not well about it. */
interface DemoAccount {
  readonly connector: string
  readonly label: string
  readonly name?: string
  readonly email?: string
  readonly kind: 'oauth' | 'key' | 'basic'
  /** `refused`: the service takes no refresh token of it any more; `failed`: Nango noted that a while ago. */
  readonly trouble?: 'refused' | 'failed'
}

const MARA = { name: 'Mara Lindqvist', email: 'mara@harborline.example', kind: 'oauth' } as const
const KEY = { kind: 'key' } as const

const ACCOUNTS: readonly DemoAccount[] = [
  { ...MARA, connector: 'google-mail', label: 'Work', trouble: 'refused' },
  { ...MARA, connector: 'jira', label: 'Harborline', trouble: 'failed' },
  { ...MARA, connector: 'notion', label: 'Product wiki', trouble: 'failed' },
  { ...MARA, connector: 'airtable', label: 'Content calendar' },
  { ...MARA, connector: 'asana', label: 'Launches' },
  { ...KEY, connector: 'cloudflare', label: 'DNS' },
  { ...KEY, connector: 'datadog', label: 'Metrics EU' },
  { ...MARA, connector: 'github', label: 'Personal', name: 'mlindq', email: 'mara@lindqvist.example' },
  { ...MARA, connector: 'github', label: 'Work' },
  { ...MARA, connector: 'google-calendar', label: 'Work' },
  { ...MARA, connector: 'google-drive', label: 'Work' },
  { ...MARA, connector: 'hubspot', label: 'Sales EU', name: 'Sales EMEA', email: 'sales-emea@harborline.example' },
  { ...MARA, connector: 'linear', label: 'Harborline' },
  { ...MARA, connector: 'figma', label: 'Design' },
  { ...MARA, connector: 'dropbox', label: 'Contracts', name: 'Harborline Legal', email: 'legal@harborline.example' },
  { ...MARA, connector: 'gitlab', label: 'Mirrors' },
  { ...MARA, connector: 'zoom', label: 'Webinars', name: 'Harborline Events', email: 'events@harborline.example' },
  { ...KEY, connector: 'openai', label: 'Experiments' },
  { ...KEY, connector: 'sendgrid', label: 'Receipts' },
  { ...KEY, connector: 'vercel', label: 'Sites' },
  { ...MARA, connector: 'calendly', label: 'Demos' },
  { ...MARA, connector: 'intercom', label: 'Support', name: 'Support', email: 'support@harborline.example' },
]

/** Connectors with an integration and no account yet. */
const MORE_READY = ['slack', 'salesforce', 'box', 'discord', 'typeform', 'mailchimp', 'zendesk']

/** A service that Nango tries the credentials at. */
const VERIFIED = { proxy: { verification: { method: 'GET', endpoints: ['/myself'] } } }

/** Connectors that Nango knows and that nobody has set up there. */
const NOT_SET_UP = ['monday']

/** How long ago, in minutes, each account was connected: spread over a year. */
const agoMinutes = (index: number): number => 90 + index * index * 1300

const answerToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const token = new URLSearchParams(body).get('refresh_token') ?? ''
  const isRefused = token.startsWith('refused-')
  const minutes = 16 + ((Number(/\d+$/.exec(token)?.[0] ?? 0) * 7) % 44)
  const given = {
    access_token: 'demo-access',
    refresh_token: token === '' ? 'demo-100' : token,
    token_type: 'bearer',
    scope: 'read write profile',
    expires_in: minutes * 60,
  }
  response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(isRefused ? { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } : given))
}

/** The services' token endpoint: a fresh hour for everybody but those that are refused. */
const startTokenEndpoint = async () => {
  const server = createServer((request, response) => void answerToken(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the token endpoint has no port')
  return { url: `http://127.0.0.1:${address.port}/token`, stop: () => server.close() }
}

/** A Nango like that of a small company, with its accounts; `fill` puts them in. */
export const startDemoNango = async (): Promise<{
  readonly nango: NangoStandIn
  readonly fill: () => void
  readonly stop: () => Promise<void>
}> => {
  const tokens = await startTokenEndpoint()
  const kinds = new Map([
    ['jira-basic', 'basic'] as const,
    ...MORE_READY.map((connector) => [connector, 'oauth'] as const),
    ...ACCOUNTS.map((one) => [one.connector, one.kind] as const),
  ])
  const providers = Object.fromEntries(
    [...kinds, ...NOT_SET_UP.map((connector) => [connector, 'oauth'] as const)].map(([connector, kind]): [string, StandInProvider] => [
      connector,
      kind !== 'oauth'
        ? { display_name: connector, auth_mode: kind === 'key' ? 'API_KEY' : 'BASIC', ...(kind === 'basic' && VERIFIED) }
        : { display_name: connector, auth_mode: 'OAUTH2', authorization_url: '/demo-provider/authorize', token_url: tokens.url },
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
      ACCOUNTS.map(({ connector, label, name, email, kind, trouble }, index) => {
        const createdAt = now - agoMinutes(index) * 60_000
        return {
          connectionId: `harborline-${String(index).padStart(2, '0')}`,
          integrationKey: connector,
          endUser: email === undefined ? null : { id: 'mara', display_name: name ?? null, email, tags: null, organization: null },
          tags: { end_user_display_name: label },
          credentials:
            kind === 'key'
              ? { type: 'API_KEY' as const, apiKey: `demo-key-${index}` }
              : {
                  type: 'OAUTH2' as const,
                  access_token: 'demo-access',
                  refresh_token: `${trouble === 'refused' ? 'refused-' : ''}demo-${index}`,
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
    stop: async () => {
      tokens.stop()
      await nango.stop()
    },
  }
}
