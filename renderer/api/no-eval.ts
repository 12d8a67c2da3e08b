import { config } from 'zod'

// The page's policy forbids making code from text; zod would try to before it falls back. Must run before any schema is made.
config({ jitless: true })
