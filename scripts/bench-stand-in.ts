import { startNangoStandIn } from '#core/sandbox/nango-stand-in'

// A Nango with many connections in a process of its own, so that what it costs is not counted as ours.
const count = Number(process.argv[2] ?? 10_000)
const nango = await startNangoStandIn({
  rateLimitPerMinute: 10_000_000,
  integrations: [{ uniqueKey: 'n8n', provider: 'n8n', displayName: 'n8n' }],
})
const start = Date.now() - count * 1000
nango.seedConnections(
  Array.from({ length: count }, (_, index) => ({
    connectionId: `bench-${String(index).padStart(6, '0')}`,
    integrationKey: 'n8n',
    credentials: { type: 'API_KEY' as const, apiKey: `key-${index}` },
    tags: { project: `p${index % 50}`, team: `team ${index % 7}` },
    createdAt: start + index * 1000,
  })),
)
process.stdout.write(`${JSON.stringify({ url: nango.url, secretKey: nango.secretKey })}\n`)
process.once('disconnect', () => process.exit(0))
