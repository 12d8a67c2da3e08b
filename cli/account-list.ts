/** A call to the host. */
export type Call = (method: string, params: unknown) => Promise<unknown>

/** A connection as a person tells it from others. */
export interface Account {
  readonly connectionId: string
  readonly handle: string
  readonly connectorId: string
  readonly label: string | null
  readonly status: string
  readonly identity: Readonly<Record<'accountId' | 'username' | 'email' | 'displayName', string | null>> | null
}

interface AccountPage {
  readonly connections: readonly Account[]
  readonly nextCursor: string | null
}

/** Every account that the filter of `connections.list` lets through, by name, page for page. */
export const listAccounts = async (
  call: Call,
  filter: { readonly connectorId?: string; readonly status?: readonly string[] },
): Promise<readonly Account[]> => {
  const accounts: Account[] = []
  let cursor: string | null = null
  do {
    const params = { ...filter, sort: 'name', limit: 500, ...(cursor === null ? {} : { cursor }) }
    const page = (await call('connections.list', params)) as AccountPage
    accounts.push(...page.connections)
    cursor = page.nextCursor
  } while (cursor !== null)
  return accounts
}
