import type { CommandContext } from '../command.ts'

/** After this, in milliseconds, somebody who pressed a key is better served with nothing. */
const PATIENCE_MS = 200
const MOST = 300

/** What a shell can take as it is; what is not so has no place in a command line that nobody has typed. */
const PLAIN = /^[\w@][\w.@+/-]*$/

type Call = (method: string, params: object) => Promise<unknown>

const connections = async (call: Call, typed: string): Promise<readonly string[]> => {
  const [connectorId = ''] = typed.split('/')
  const filter = typed.includes('/') ? { connectorId } : typed === '' ? {} : { search: typed }
  const { connections: found } = (await call('connections.list', { ...filter, limit: 500 })) as {
    readonly connections: readonly { readonly handle: string }[]
  }
  return found.map(({ handle }) => handle)
}

const connectors = async (call: Call, typed: string): Promise<readonly string[]> => {
  const filter = typed === '' ? { readiness: 'ready' } : { search: typed }
  const found = (await call('catalogue.list', filter)) as { readonly connectors: readonly { readonly connectorId: string }[] }
  return found.connectors.map(({ connectorId }) => connectorId)
}

const profiles = async (call: Call): Promise<readonly string[]> => {
  const found = (await call('profiles.list', {})) as { readonly profiles: readonly { readonly profileId: string; readonly name: string }[] }
  return found.profiles.map(({ name, profileId }) => (PLAIN.test(name) ? name : profileId))
}

const grants = async (call: Call): Promise<readonly string[]> => {
  const found = (await call('grants.list', {})) as { readonly grants: readonly { readonly grantId: string }[] }
  return found.grants.map(({ grantId }) => grantId)
}

const SOURCES: Readonly<Record<string, (call: Call, typed: string) => Promise<readonly string[]>>> = {
  connections,
  connectors,
  profiles,
  grants,
}

/**
 * Prints the names of a kind that begin with what is typed, one a line. Says nothing where no host runs, the vault is locked, the host
 * is slow, or it would have to ask: a key was pressed in the middle of a line.
 */
export const printValues = async ({ io, session }: CommandContext, kind: string, typed: string): Promise<void> => {
  const source = SOURCES[kind]
  if (source === undefined) return
  // Grants are for administrators: whether this terminal is one the host sees by itself, and here it is not asked.
  if (kind !== 'grants') session.onlyReads()
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), PATIENCE_MS)
  })
  const found = async (): Promise<readonly string[]> => {
    const client = await session.connect()
    return source((method, params) => client.call(method, params), typed)
  }
  const names = await Promise.race([found().catch(() => []), tooLate])
  clearTimeout(timer)
  const fit = names.filter((name) => PLAIN.test(name) && name.startsWith(typed)).slice(0, MOST)
  io.out(fit.map((name) => `${name}\n`).join(''))
}
