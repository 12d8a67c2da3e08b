/** What a service says of whose an account is. */
export interface AccountFacts {
  readonly email?: string | null
  readonly username?: string | null
  readonly displayName?: string | null
  readonly accountId?: string | null
}

/** By what an account is told from others, in one piece: `mara@harborline.example`. Null where nothing of it is known. */
export const tellingName = (identity: AccountFacts | null | undefined): string | null =>
  [identity?.email, identity?.username, identity?.displayName, identity?.accountId].find((fact) => fact != null && fact !== '') ?? null
