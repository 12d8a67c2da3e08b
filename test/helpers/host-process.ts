import { serve } from '#cli/serve/serve'

// The real headless host in a process of its own, for tests that kill it.
await serve({ version: '0.0.0-test', mode: 'headless', json: true })
