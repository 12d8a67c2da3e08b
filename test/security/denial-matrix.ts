import { METHODS } from '#shared/contract/contract'
import type { GrantReach, GrantVerb } from '#shared/contract/grants'
import type { AutomationCaller, Caller } from '#core/caller'
import { FAKE_INTEGRATIONS, startFakeNango } from '#test/helpers/fake-nango'
import { makeCore, type TestCore } from '#test/helpers/make-core'
import { pairProgram } from '#test/helpers/paired-program'

/** What the matrix saw; a hole names the grant, the method and the connection. */
export interface MatrixReport {
  readonly cells: number
  readonly denied: number
  readonly allowed: number
  readonly holes: readonly string[]
}

const TARGETS = ['n8n/a', 'n8n/c', 'openai/d', 'n8n/elsewhere', 'n8n/none'] as const
type Target = (typeof TARGETS)[number]

/** Which of the targets each reach covers: said here once more, not asked of the product. */
const REACHES: readonly { readonly reach: GrantReach; readonly covers: readonly Target[] }[] = [
  { reach: { kind: 'some', connectionIds: ['n8n/a'] }, covers: ['n8n/a'] },
  { reach: { kind: 'connectors', connectorIds: ['n8n'] }, covers: ['n8n/a', 'n8n/c'] },
  { reach: { kind: 'tag', tag: 'team', value: 'blue' }, covers: ['n8n/c'] },
]

const VERBS: readonly GrantVerb[] = ['read', 'request', 'write', 'secret']
const VERB_SETS = Array.from({ length: 15 }, (_, index) => VERBS.filter((__, bit) => ((index + 1) & (1 << bit)) !== 0))

/** What a method wants beside its connection. */
const PARAMS: Readonly<Record<string, object>> = {
  'connections.update': { notes: 'n' },
  'connections.setMetadata': { mode: 'merge', metadata: { a: 'b' } },
  'connections.request': { path: '/workflows' },
  'connect.get': { flowId: 'flw_none' },
  'connect.cancel': { flowId: 'flw_none' },
  'connect.reopen': { flowId: 'flw_none' },
  'catalogue.get': { connectorId: 'github' },
}

/** Those that would act at Nango, open a page, or wait for the person: that they are refused is looked at, not that they are not. */
const NOT_CARRIED_OUT = new Set([
  'connect.start',
  'connections.reconnect',
  'connections.refresh',
  'connections.verify',
  'connections.revoke',
  'connections.remove',
  'connections.pick',
])

/** Two profiles with connections that no grant of the matrix covers alike. */
export const startMatrixWorld = async (): Promise<TestCore & { readonly ids: ReadonlyMap<Target, string> }> => {
  const nango = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
  const other = await startFakeNango({ rateLimitPerMinute: 1_000_000 })
  const seed = (connectionId: string, integrationKey: string, tags: Record<string, string> = {}) => ({
    connectionId,
    integrationKey,
    credentials: { type: 'API_KEY' as const, apiKey: `planted-${connectionId}` },
    tags: { end_user_display_name: connectionId, ...tags },
  })
  nango.seedConnections([
    seed('a', FAKE_INTEGRATIONS.apiKey),
    seed('c', FAKE_INTEGRATIONS.apiKey, { team: 'blue' }),
    seed('d', FAKE_INTEGRATIONS.verifiedApiKey),
  ])
  other.seedConnections([seed('elsewhere', FAKE_INTEGRATIONS.apiKey, { team: 'blue' })])
  const core = await makeCore({ environment: { NANGO_HOST: nango.url, NANGO_SECRET_KEY: nango.secretKey } })
  const ids = new Map<Target, string>([['n8n/none', 'con_none']])
  const learn = async (): Promise<void> => {
    await core.cli.sync.run({})
    for (const { handle, connectionId } of (await core.ui.connections.list({})).connections) ids.set(handle as Target, connectionId)
  }
  const { profileId } = await core.ui.profiles.create({
    name: 'Other',
    kind: 'nango',
    nangoHost: other.url,
    secretKey: other.secretKey,
    allowsInsecureHttp: true,
  })
  await core.ui.profiles.use({ profileId })
  await learn()
  await core.ui.profiles.use({ profileId: 'env' })
  await learn()
  return {
    ...core,
    ids,
    stop: async () => {
      await core.stop()
      await nango.stop()
      await other.stop()
    },
  }
}

/** Every grant against every method against every connection; `as` makes the caller that is let in for a program. */
export const runMatrix = async (
  world: Awaited<ReturnType<typeof startMatrixWorld>>,
  as: (program: AutomationCaller, method: string) => Caller = (program) => program,
): Promise<MatrixReport> => {
  const holes: string[] = []
  let denied = 0
  let allowed = 0
  const refusals = new Set<string>()

  type Rest = [name: string, params: object, isAllowed: boolean, cell: string]
  const call = async (program: AutomationCaller, ...[name, params, isAllowed, cell]: Rest): Promise<void> => {
    if (isAllowed && NOT_CARRIED_OUT.has(name)) return
    const reply = await world.core.dispatch(as(program, name), name, params)
    const isDenied = !reply.ok && reply.error.code === 'automation.denied'
    if (isAllowed) allowed += 1
    else denied += 1
    if (isDenied === isAllowed) holes.push(`${cell}: ${isAllowed ? 'refused' : 'let through'}`)
    if (!isAllowed) refusals.add(JSON.stringify(reply))
  }

  for (const { reach, covers } of REACHES) {
    for (const verbs of VERB_SETS) {
      const { caller, grantId } = await pairProgram(world, { verbs, connections: reach })
      for (const via of ['socket', 'mcp'] as const) {
        const program = { ...caller, via }
        // At once, so that what is written down of them shares its way to the disk.
        const cells: Promise<void>[] = []
        const look = (...cell: Rest): void => void cells.push(call(program, ...cell))
        for (const [name, method] of METHODS) {
          const isSeen = method.callers.includes('automation') && method.reach !== undefined
          const holdsVerb =
            method.access !== 'admin' &&
            method.access !== 'open' &&
            verbs.includes(method.access) &&
            !(via === 'mcp' && method.access === 'secret')
          const cell = `${verbs.join('+')} on ${reach.kind} by ${via}: ${name}`
          if (!isSeen) look(name, {}, false, cell)
          else if (method.access === 'open') continue
          else if (method.reach === 'connection') {
            for (const target of TARGETS) {
              const params = { ...PARAMS[name], connectionId: world.ids.get(target) ?? target }
              look(name, params, holdsVerb && covers.includes(target), `${cell} ${target}`)
            }
          } else if (method.reach === 'flow') look(name, PARAMS[name] ?? {}, false, cell)
          else if (name === 'connections.resolve') {
            for (const target of TARGETS) look(name, { reference: target }, holdsVerb && covers.includes(target), `${cell} ${target}`)
          } else if (name === 'connect.start') {
            for (const connectorId of ['n8n', 'openai'])
              look(name, { connectorId }, holdsVerb && reach.kind === 'connectors' && connectorId === 'n8n', `${cell} ${connectorId}`)
          } else look(name, PARAMS[name] ?? {}, holdsVerb, cell)
        }
        await Promise.all(cells)
        await lookAtLists(world, as(program, 'connections.list'), covers, `${verbs.join('+')} on ${reach.kind} by ${via}`, holes)
      }
      await world.ui.grants.revoke({ grantId })
    }
  }
  if (refusals.size !== 1) holes.push(`refusals differ: ${[...refusals].slice(0, 3).join(' | ')}`)
  return { cells: denied + allowed, denied, allowed, holes }
}

/** No list of a program tells of a connection that its grant does not cover. */
const lookAtLists = async (
  world: Awaited<ReturnType<typeof startMatrixWorld>>,
  caller: Caller,
  covers: readonly Target[],
  grant: string,
  holes: string[],
): Promise<void> => {
  const hidden = TARGETS.filter((target) => !covers.includes(target)).flatMap((target) => world.ids.get(target) ?? [])
  for (const [name, params] of [
    ['connections.list', {}],
    ['connections.list', { search: 'n8n' }],
    ['connections.defaults', {}],
    ['connect.list', {}],
    ['events.list', { limit: 1000 }],
    ['profiles.list', {}],
    ['system.status', {}],
    ['grants.current', {}],
  ] as const) {
    const said = JSON.stringify(await world.core.dispatch(caller, name, params))
    const told = hidden.filter((id) => id !== 'con_none' && said.includes(id))
    if (told.length > 0) holes.push(`${grant}: ${name} tells of ${told.join(', ')}`)
  }
}

/** The line of counts. */
export const matrixCount = ({ cells, denied, allowed, holes }: MatrixReport): string =>
  `denial matrix: ${METHODS.size} methods, ${REACHES.length * VERB_SETS.length} grants over 2 sockets, ${TARGETS.length} connections: ${cells} cells, ${denied} denied, ${allowed} allowed, ${holes.length} holes`
