import type { LiveCall } from './contract/grants.ts'

/** One thing that a call would send or change: its name, and its value as JSON; a name only where there is one. */
export interface CallDetail {
  readonly key: string | null
  readonly json: string
}

const LINE = /^(\w+): (.*)$/

/** What a call would send or change, one by one, and whether more of it is not shown. */
export const callDetails = (details: string | null): { readonly items: readonly CallDetail[]; readonly isCut: boolean } => {
  if (details === null) return { items: [], isCut: false }
  const isCut = details.endsWith(' …')
  const items = (isCut ? details.slice(0, -2) : details).split('\n').map((line) => {
    const [, key = null, json = line] = LINE.exec(line) ?? []
    return { key, json }
  })
  return { items, isCut }
}

/** The value of one of them as text; null where it is not there or is no text. */
export const textDetail = (details: string | null, name: string): string | null => {
  const json = callDetails(details).items.find(({ key }) => key === name)?.json
  return json === undefined || !/^"[^"\\]*"$/.test(json) ? null : json.slice(1, -1)
}

/** What comes of a call that is no request to a service. */
export type CallEffect =
  | 'connect'
  | 'reconnect'
  | 'update'
  | 'metadata'
  | 'refresh'
  | 'secret'
  | 'revoke'
  | 'remove'
  | 'revoke_remove'
  | 'forget'

const EFFECTS: Readonly<Record<string, CallEffect>> = {
  'connect.start': 'connect',
  'connections.reconnect': 'reconnect',
  'connections.update': 'update',
  'connections.setMetadata': 'metadata',
  'connections.refresh': 'refresh',
  'connections.getCredentials': 'secret',
  'connections.revoke': 'revoke',
}

/** What comes of a call; null where its method and path say it. */
export const callEffect = ({ method, details }: Pick<LiveCall, 'method' | 'details'>): CallEffect | null => {
  if (method !== 'connections.remove') return EFFECTS[method] ?? null
  const isOn = (name: string): boolean => callDetails(details).items.some(({ key, json }) => key === name && json === 'true')
  return isOn('revoke') ? 'revoke_remove' : isOn('forgetOnly') ? 'forget' : 'remove'
}

const FINAL: ReadonlySet<CallEffect> = new Set(['secret', 'revoke', 'remove', 'revoke_remove'])

/** Whether nothing brings back what it was before. */
export const isFinalEffect = (effect: CallEffect | null): boolean => effect !== null && FINAL.has(effect)
