import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  type UseMutationResult,
  useQueries,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Api, Domain } from '#shared/contract/contract'
import { PatchbayError } from '#shared/errors'
import type { LinkState, Transport } from './transport.ts'

/** The wire name of every method: `connections.get`. */
export type MethodName = { [D in Domain]: `${D}.${keyof Api[D] & string}` }[Domain]

type Signature<N extends MethodName> = N extends `${infer D extends Domain}.${infer M}`
  ? M extends keyof Api[D]
    ? Api[D][M]
    : never
  : never
export type ParamsOf<N extends MethodName> = Signature<N> extends (params: infer P) => unknown ? P : never
export type ResultOf<N extends MethodName> = Signature<N> extends (params: never) => Promise<infer R> ? R : never

/** What the window holds of its host: the typed client and the state of the link. */
export interface Host {
  readonly api: Api
  readonly transport: Transport
}

export const HostContext = createContext<Host | null>(null)

/** The host of this window. */
export const useHost = (): Host => {
  const host = useContext(HostContext)
  if (host === null) throw new Error('no host is provided')
  return host
}

/** The id of the profile whose things are shown; empty where there is none. */
export const ScopeContext = createContext('')

/** The domains whose answers belong to the profile in use. */
const SCOPED: ReadonlySet<string> = new Set<Domain>(['catalogue', 'integrations', 'connect', 'connections', 'sync', 'events', 'sandbox'])

const keyIn = (scope: string, name: MethodName, params: unknown): readonly unknown[] =>
  SCOPED.has(name.split('.')[0] ?? '') ? [name, params, scope] : [name, params]

/** The place of an answer in the cache: what one profile answered is never shown for another. */
export const useReadKey = (): ((name: MethodName, params: unknown) => readonly unknown[]) => {
  const scope = useContext(ScopeContext)
  return (name, params) => keyIn(scope, name, params)
}

/** The state of the link to the host. */
export const useLink = (): LinkState => {
  const { transport } = useHost()
  return useSyncExternalStore(transport.onLink, transport.link)
}

const run = <N extends MethodName>(api: Api, name: N, params: ParamsOf<N>): Promise<ResultOf<N>> => {
  const [domain, method] = name.split('.') as [Domain, string]
  const methods = api[domain] as Record<string, (params: unknown) => Promise<unknown>>
  const call = methods[method]
  if (call === undefined) throw new Error(`no method ${name}`)
  return call(params) as Promise<ResultOf<N>>
}

/** The cache of this window. Reads are repeated when an event says so; typed errors are not retried but shown. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 60_000,
        retry: (count, error) => count < 2 && error instanceof PatchbayError && error.code === 'storage.busy',
        refetchOnWindowFocus: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })

/** Reads one method ahead of whoever will ask for it in this profile; resolves when the answer, or its failure, is in the cache. */
export const prefetch = <N extends MethodName>(
  client: QueryClient,
  api: Api,
  profileId: string,
  name: N,
  params: ParamsOf<N>,
): Promise<void> => client.prefetchQuery({ queryKey: keyIn(profileId, name, params), queryFn: () => run(api, name, params) })

export interface ReadOptions {
  readonly isEnabled?: boolean
  /** Keeps what was shown while other params are read. */
  readonly keepsPrevious?: boolean
  /** For a read that makes the host ask others: that somebody comes back to the window does not repeat it. */
  readonly ignoresFocus?: boolean
  /** What is read stays as it was at that moment; who reads it says when it is read anew. */
  readonly isStill?: boolean
}

/** How a read departs from what all reads of the cache do. */
export const behaviourOf = (options: ReadOptions) => ({
  enabled: options.isEnabled ?? true,
  ...(options.keepsPrevious === true ? { placeholderData: keepPreviousData } : {}),
  ...(options.isStill === true ? { refetchOnMount: 'always' as const } : {}),
  ...(options.ignoresFocus === true || options.isStill === true ? { refetchOnWindowFocus: false } : {}),
})

/** Reads one method; the answer is cached under its name and params and read again after a change event of its domain. */
export const useRead = <N extends MethodName>(name: N, params: ParamsOf<N>, options: ReadOptions = {}): UseQueryResult<ResultOf<N>> => {
  const { api } = useHost()
  const keyOf = useReadKey()
  return useQuery<ResultOf<N>>({
    queryKey: keyOf(name, params),
    queryFn: () => run(api, name, params),
    ...behaviourOf(options),
  })
}

/** Reads one method with several params at once; what is not asked for any more is let go after `keepMs`. */
export const useReads = <N extends MethodName>(
  name: N,
  all: readonly ParamsOf<N>[],
  keepMs: number,
): readonly UseQueryResult<ResultOf<N>>[] => {
  const { api } = useHost()
  const keyOf = useReadKey()
  return useQueries({
    queries: all.map((params) => ({
      queryKey: keyOf(name, params),
      queryFn: (): Promise<ResultOf<N>> => run(api, name, params),
      gcTime: keepMs,
    })),
  }) as readonly UseQueryResult<ResultOf<N>>[]
}

type PagedName = { [N in MethodName]: ResultOf<N> extends { nextCursor: string | null } ? N : never }[MethodName]

/** Reads a paged method page by page; `fetchNextPage` follows the cursor. */
export const usePagedRead = <N extends PagedName>(name: N, params: ParamsOf<N>, options: ReadOptions = {}) => {
  const { api } = useHost()
  const keyOf = useReadKey()
  return useInfiniteQuery({
    queryKey: [...(options.isStill === true ? ['still'] : []), ...keyOf(name, params), 'pages'],
    queryFn: ({ pageParam }: { readonly pageParam: string | null }) =>
      run(api, name, pageParam === null ? params : Object.assign({}, params, { cursor: pageParam })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last as { readonly nextCursor: string | null }).nextCursor,
    ...behaviourOf(options),
  })
}

/** Calls one method that changes something: `mutate(params, { onSuccess, onError })`, `isPending`, `error`. */
export const useWrite = <N extends MethodName>(name: N): UseMutationResult<ResultOf<N>, Error, ParamsOf<N>> => {
  const { api } = useHost()
  // What was sent may be a secret: the cache lets go of it with the component that sent it.
  return useMutation<ResultOf<N>, Error, ParamsOf<N>>({ mutationKey: [name], mutationFn: (params) => run(api, name, params), gcTime: 0 })
}

/** `useWrite('profiles.use')` after which the whole window is read again at once, not only when the host's event comes. */
export const useProfileChange = () => {
  const { api } = useHost()
  const client = useQueryClient()
  return useMutation<ResultOf<'profiles.use'>, Error, ParamsOf<'profiles.use'>>({
    mutationKey: ['profiles.use'],
    mutationFn: (params) => api.profiles.use(params),
    onSuccess: () => void client.invalidateQueries(),
  })
}
