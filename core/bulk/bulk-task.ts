import type { BulkActionName } from '#shared/contract/bulk'
import type { ConnectionGroup, ConnectionStatus, OAuthMethod } from '#shared/contract/connections'
import { PatchbayError } from '#shared/errors'
import { acceptTags, refuseOurs, type TagChange, type Tags } from '../connections/tag-rules.ts'

/** What is done to each row of a run. */
export interface BulkTask {
  readonly action: BulkActionName
  /** `label`: null takes it away. */
  readonly label: string | null
  readonly tags: TagChange | null
  readonly acceptRisk: boolean
  readonly forgetOnly: boolean
  /** `remove`: access is ended at the provider first. */
  readonly revoke: boolean
}

/** A filter over the connections of a profile, as `connections.list` takes it. */
export interface BulkFilter {
  readonly connectorId?: string | undefined
  readonly statuses?: readonly ConnectionStatus[] | undefined
  readonly group?: ConnectionGroup | undefined
  readonly oauthMethod?: OAuthMethod | undefined
  readonly isOurs?: boolean | undefined
  readonly search?: string | undefined
  readonly unusedSince?: string | undefined
}

/** Which connections a run is for. */
export type BulkSelection =
  | { readonly kind: 'filter'; readonly filter: BulkFilter; readonly expectedTotal: number | null }
  | { readonly kind: 'named'; readonly references: readonly string[]; readonly expectedTotal: number | null }
  | { readonly kind: 'retry' | 'undo'; readonly bulkId: string; readonly expectedTotal: number | null }

/** What a row of an undo brings back, and what must be there for that. */
export type Wanted =
  | { readonly kind: 'label'; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'tags'; readonly from: Tags; readonly to: Tags }

/** What `bulk.start` was given, as far as the task goes. */
export interface TaskInput {
  readonly action?: BulkActionName | undefined
  readonly label?: string | null | undefined
  readonly tagMode: 'add' | 'remove' | 'replace'
  readonly tags?: Tags | undefined
  readonly tagKeys?: readonly string[] | undefined
  readonly acceptRisk?: boolean | undefined
  readonly forgetOnly: boolean
  readonly revoke: boolean
}

const incomplete = (field: string, message: string): PatchbayError =>
  new PatchbayError('bulk.incomplete', { data: { problems: [{ path: field, message }] } })

const tagChangeOf = ({ tagMode, tags, tagKeys }: TaskInput): TagChange => {
  if (tagMode === 'remove') {
    if (tagKeys === undefined) throw incomplete('tagKeys', 'which tags are to be removed')
    refuseOurs(tagKeys)
    return { mode: 'remove', keys: tagKeys }
  }
  if (tags === undefined) throw incomplete('tags', 'which tags are to be there')
  const accepted = acceptTags(tags)
  refuseOurs(Object.keys(accepted))
  return { mode: tagMode, tags: accepted }
}

/** The task that is meant. Throws `bulk.incomplete` with what is missing, or `connection.invalid_tags`. */
export const taskFrom = (input: TaskInput): BulkTask => {
  const { action, label, acceptRisk = false, forgetOnly, revoke } = input
  if (action === undefined) throw incomplete('action', 'what is to be done')
  if (action === 'label' && label === undefined) throw incomplete('label', 'which label, or none')
  return { action, label: label ?? null, tags: action === 'tag' ? tagChangeOf(input) : null, acceptRisk, forgetOnly, revoke }
}
