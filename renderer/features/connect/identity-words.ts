import type { z } from 'zod'
import type { AccountIdentity } from '#shared/contract/common'
import { t } from '#renderer/messages/translate.ts'

export type Identity = z.output<typeof AccountIdentity>

/** An account in two lines: by what it is called, and by what it is told from others. */
export interface IdentityLines {
  readonly name: string
  readonly detail: string | null
  readonly workspace: string | null
  /** Its id at the service, where that is neither of the lines. */
  readonly accountId: string | null
}

/** The lines of an account; null where nothing of it is known. */
export const identityLines = (identity: Identity | null): IdentityLines | null => {
  if (identity === null) return null
  const { displayName, username, email, accountId, workspace } = identity
  const all = [displayName, email, username, accountId].filter((text) => text !== null && text !== '')
  const [name, ...others] = [...new Set(all)]
  if (name == null) return workspace === null ? null : { name: workspace, detail: null, workspace: null, accountId: null }
  const detail = others.find((text) => text !== accountId) ?? null
  return { name, detail, workspace, accountId: accountId === name || accountId === detail ? null : accountId }
}

/** How a connection is spoken of: its label in quotes, else its handle. */
export const calledName = ({ label, handle }: { readonly label: string | null; readonly handle: string }): string =>
  label === null ? handle : t('connect.called', { label })

/** The letters on its tile: `ML` for Mara Lindqvist, `MA` for mara@harborline.example. */
export const initialsOf = (name: string): string => {
  const words = name.split(/[\s._@-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const letters =
    name.includes('@') || words.length < 2 ? [...(words[0] ?? '')].slice(0, 2) : [[...(words[0] ?? '')][0], [...(words.at(-1) ?? '')][0]]
  return letters.join('').toUpperCase()
}
