import { channel } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { startNangoStandIn } from '#core/sandbox/nango-stand-in'
import type { StandKind } from './bench-host.ts'

// A Nango with many connections in a process of its own, so that what it costs is not counted as ours. Over its channel it is
// asked for changes, and how often it was asked itself.

const count = Number(process.argv[2] ?? 10_000)
const kind = (process.argv[3] ?? 'plain') as StandKind
const isMixed = kind === 'mixed'
const CONNECTORS = ['github', 'slack', 'notion', 'hubspot', 'jira', 'linear', 'stripe', 'zoom', 'asana', 'figma', 'dropbox', 'n8n']
const GIVEN = ['Ada', 'Björn', 'Chloé', 'Dmitri', 'Emeka', 'Fatima', 'Grace', 'Hiroko', 'Ines', 'Jonas', 'Katarzyna', 'Liu']
const FAMILY = ['Abramson', 'Brandt', 'Castillo', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Hoffmann', 'Ivanova', 'Jensen', 'Kowalski']
const WORK = ['sales', 'support', 'billing', 'reports', 'archive', 'mirror', 'import']

const nango = await startNangoStandIn({
  rateLimitPerMinute: 10_000_000,
  ...(isMixed && {
    providers: Object.fromEntries(CONNECTORS.map((name) => [name, { display_name: name, auth_mode: 'API_KEY' }])),
  }),
  // The demo integrations have services behind them, to sign in to.
  ...(kind !== 'soak' &&
    kind !== 'life' && {
      integrations: (isMixed ? CONNECTORS : ['n8n']).map((name) => ({ uniqueKey: name, provider: name, displayName: name })),
    }),
})

const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? ''
const start = Date.now() - count * 1000

const plain = (index: number) => ({
  connectionId: `bench-${String(index).padStart(6, '0')}`,
  integrationKey: 'n8n',
  credentials: { type: 'API_KEY' as const, apiKey: `key-${index}` },
  tags: { project: `p${index % 50}`, team: `team ${index % 7}` } as Record<string, string>,
  createdAt: start + index * 1000,
})

const mixed = (index: number) => {
  // A step without a common divisor spreads names over the whole, instead of in runs.
  const at = (index * 7919) % 1_000_003
  const name = `${pick(GIVEN, at)} ${pick(FAMILY, Math.floor(at / 12))} ${pick(WORK, Math.floor(at / 132))}`
  const mail = `${pick(GIVEN, at)
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[^a-z]/g, '')}.${at}@example.com`
  return {
    ...plain(index),
    integrationKey: pick(CONNECTORS, at),
    endUser: { id: `user-${index}`, display_name: name, email: mail, tags: null, organization: null },
    errorLogId: index % 50 === 0 ? `log-${index}` : null,
  }
}

/** Every twentieth is of a service that can be looked at; one in fifty of those has a key that the service does not accept. */
const life = (index: number) => ({
  ...plain(index),
  ...(index % 20 === 0 && {
    integrationKey: 'openai',
    credentials: { type: 'API_KEY' as const, apiKey: index % 1000 === 0 ? `ended-${index}` : `demo-key-${String(index).padStart(6, '0')}` },
  }),
})

const make = { plain, soak: plain, mixed, life }[kind]
nango.seedConnections(Array.from({ length: count }, (_, index) => make(index)))

let oldest = 0
let next = count
const changeSome = async (some: number): Promise<void> => {
  for (let one = 0; one < some; one += 1, oldest += 1) {
    const { connectionId, integrationKey } = make(oldest)
    await fetch(`${nango.url}/connections/${connectionId}?provider_config_key=${integrationKey}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${nango.secretKey}` },
    })
  }
  nango.seedConnections(Array.from({ length: some }, (_, index) => ({ ...make(next + index), createdAt: Date.now() })))
  next += some
}

const asked = { requests: 0, tooMany: 0 }
channel('http.server.response.finish').subscribe((message) => {
  asked.requests += 1
  if ((message as { readonly response: ServerResponse }).response.statusCode === 429) asked.tooMany += 1
})

interface Wanted {
  readonly change?: number
  readonly limit?: { readonly requests: number; readonly seconds: number }
}

process.on('message', ({ change, limit }: Wanted) => {
  if (limit !== undefined) nango.changeFaults({ rateLimitRequests: limit.requests, rateLimitSeconds: limit.seconds })
  if (change === undefined) process.send?.(asked)
  else void changeSome(change).then(() => process.send?.(asked))
})
process.stdout.write(`${JSON.stringify({ url: nango.url, secretKey: nango.secretKey })}\n`)
process.once('disconnect', () => process.exit(0))
