import type { BulkActionName } from '#shared/contract/bulk'
import type { BulkStart } from './bulk-target.ts'

/** What the sheet of an action over many has been told so far. */
export interface BulkForm {
  readonly label: string
  readonly isLabelTaken: boolean
  readonly tagMode: 'add' | 'remove' | 'replace'
  readonly tags: readonly { readonly key: string; readonly value: string }[]
  readonly way: 'delete' | 'revoke' | 'forget'
  readonly acceptRisk: boolean
}

export const EMPTY_FORM: BulkForm = {
  label: '',
  isLabelTaken: false,
  tagMode: 'add',
  tags: [{ key: '', value: '' }],
  way: 'delete',
  acceptRisk: false,
}

/** As many tags as Nango takes of one connection. */
export const TAGS_AT_MOST = 10

/** What an action needs beyond which connections; null while something is missing. */
export const taskOf = (action: BulkActionName, form: BulkForm): BulkStart | null => {
  switch (action) {
    case 'label': {
      const label = form.label.trim()
      if (form.isLabelTaken) return { action, label: null }
      return label === '' ? null : { action, label }
    }
    case 'tag': {
      const filled = form.tags.map(({ key, value }) => [key.trim(), value.trim()] as const).filter(([key]) => key !== '')
      if (form.tagMode === 'remove')
        return filled.length === 0 ? null : { action, tagMode: 'remove', tagKeys: [...new Set(filled.map(([key]) => key))] }
      // With none in their place all that are not ours are taken away.
      if (filled.some(([, value]) => value === '') || (filled.length === 0 && form.tagMode === 'add')) return null
      return { action, tagMode: form.tagMode, tags: Object.fromEntries(filled) }
    }
    case 'remove':
      return { action, ...(form.way === 'revoke' ? { revoke: true } : {}), ...(form.way === 'forget' ? { forgetOnly: true } : {}) }
    case 'refresh':
      return { action, ...(form.acceptRisk ? { acceptRisk: true } : {}) }
    default:
      return { action }
  }
}

/** Whether a typed number is the one that is meant, however its thousands are set apart. */
export const isNumberTyped = (typed: string, wanted: number): boolean =>
  /\d/.test(typed) && typed.replaceAll(/[\s.,'\u00a0\u202f]/g, '') === String(wanted)
