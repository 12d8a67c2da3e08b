import { PatchbayError } from '#shared/errors'
import { type Account, type Call, listAccounts } from './account-list.ts'
import { usageError } from './usage-error.ts'

const MOST_NAMED = 20

const same = (text: string | null | undefined, wanted: string): boolean => text?.toLowerCase() === wanted

/** How a person may name an account: first what it is called here, then what the service says of it. */
const WAYS: readonly ((account: Account, wanted: string) => boolean)[] = [
  ({ handle }, wanted) => same(handle.slice(handle.indexOf('/') + 1), wanted),
  ({ label }, wanted) => same(label, wanted),
  ({ identity }, wanted) => [identity?.email, identity?.username, identity?.accountId].some((fact) => same(fact, wanted)),
  ({ identity }, wanted) => same(identity?.displayName, wanted),
]

/** The accounts of a connector by its slug; only another name of it is looked up in the catalogue, which may ask Nango. */
const accountsOf = async (call: Call, connector: string): Promise<readonly Account[]> => {
  const slug = connector.toLowerCase()
  const accounts = await listAccounts(call, { connectorId: slug })
  if (accounts.length > 0) return accounts
  const { connectorId } = (await call('catalogue.get', { connectorId: connector })) as { readonly connectorId: string }
  return connectorId === slug ? [] : listAccounts(call, { connectorId })
}

const namesOf = (accounts: readonly Account[]) =>
  accounts.slice(0, MOST_NAMED).map(({ connectionId, handle }) => ({ connectionId, handle }))

/**
 * The id of the account of a connector that somebody names by what stands in its handle after the slash, its label, its e-mail address,
 * user name or id at the service, or its display name, in this order, case set aside. Throws `connection.not_found` and
 * `connection.ambiguous`, each with the candidates, and a usage error where the reference is no connector.
 */
export const chooseAccount = async (call: Call, connector: string, name: string): Promise<string> => {
  if (connector.includes('/'))
    throw usageError(
      '--account chooses among the accounts of a connector.',
      'Name the connector alone, such as github, or leave --account out.',
    )
  const accounts = await accountsOf(call, connector)
  const wanted = name.trim().toLowerCase()
  for (const isMeant of WAYS) {
    const meant = accounts.filter((account) => isMeant(account, wanted))
    const [first, second] = meant
    if (first === undefined) continue
    if (second === undefined) return first.connectionId
    throw new PatchbayError('connection.ambiguous', { data: { candidates: namesOf(meant) } })
  }
  throw new PatchbayError('connection.not_found', { data: { candidates: namesOf(accounts) } })
}
