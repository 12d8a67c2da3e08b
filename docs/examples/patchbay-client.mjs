// A program that uses Patchbay from Node: pairs once, then lists connections and makes a call through one.
// Usage: node patchbay-client.mjs CONNECTION PATH
import { connectToPatchbay } from 'patchbay/client'

const [connection = 'github', path = '/user'] = process.argv.slice(2)

const patchbay = await connectToPatchbay({
  name: 'weekly-report',
  version: '1.0',
  pair: {
    purpose: 'Reads what happened this week.',
    verbs: ['read', 'request'],
    connections: { kind: 'some', connectionIds: [connection] },
    limits: { rules: [{ methods: ['GET'], path: '/**' }], callsPerMinute: 60 },
    term: 'session',
  },
})

const { connections } = await patchbay.connections.list()
for (const { handle, status } of connections) console.log(handle, status)

const { status, body } = await patchbay.connections.request({ connectionId: connection, path })
console.log(status, JSON.stringify(body).slice(0, 200))

try {
  await patchbay.connections.getCredentials({ connectionId: connection })
} catch (error) {
  console.log('The token itself:', error.code)
}

patchbay.close()
