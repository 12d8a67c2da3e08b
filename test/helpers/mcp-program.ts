import { serveMcp } from '#cli/mcp/mcp-server'

// `patchbay mcp` without the command line around it.
const [name = null] = process.argv.slice(2)
void serveMcp({ version: '0', name, environment: process.env, program: null }).then(() => process.exit(0))
