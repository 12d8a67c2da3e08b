import { PatchbayError } from '#shared/errors'
import type { MessageKey } from '#renderer/messages/message-catalogue.ts'
import { t } from '#renderer/messages/translate.ts'

/** What is typed about a Nango profile. The key lives here only until the form is gone. */
export interface ProfileDraft {
  readonly name: string
  /** Empty for Nango Cloud. */
  readonly address: string
  readonly secretKey: string
  /** `null`: none chosen; the text of a PEM file otherwise. */
  readonly certificatePem: string | null
  readonly certificateName: string | null
  readonly allowsInsecureHttp: boolean
}

export type DraftField = 'name' | 'address' | 'secretKey' | 'certificate' | 'insecure'

/** What is wrong, field by field. */
export type DraftProblems = Readonly<Partial<Record<DraftField, string>>>

export const emptyDraft = (name: string): ProfileDraft => ({
  name,
  address: '',
  secretKey: '',
  certificatePem: null,
  certificateName: null,
  allowsInsecureHttp: false,
})

const isThisComputer = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

/** Whether a key for this address would travel in the clear, beyond this computer. */
export const isInsecureAddress = (address: string): boolean => {
  const url = URL.parse(address.trim())
  return url?.protocol === 'http:' && /^http:\/\//i.test(address.trim()) && !isThisComputer(url.hostname)
}

/** The address as it was probably meant: a bare host gets its scheme. */
export const suggestAddress = (address: string): string | null => {
  const text = address.trim()
  if (text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return null
  const url = URL.parse(`https://${text}`)
  if (url === null || url.hostname === '') return null
  return isThisComputer(url.hostname) ? `http://${text}` : `https://${text}`
}

/** What is wrong before anything is sent. `needsKey`: none is kept for the address in question. */
export const checkDraft = (draft: ProfileDraft, needs: { readonly address: boolean; readonly key: boolean }): DraftProblems => {
  const problems: Partial<Record<DraftField, string>> = {}
  if (draft.name.trim() === '') problems.name = t('profiles.problem.name-missing')
  if (needs.address) {
    const address = draft.address.trim()
    if (address === '') problems.address = t('profiles.problem.address-missing')
    else if (suggestAddress(address) !== null || URL.parse(address) === null) problems.address = t('profiles.problem.address-whole')
    else if (isInsecureAddress(address) && !draft.allowsInsecureHttp) problems.insecure = t('profiles.problem.insecure')
  }
  if (needs.key && draft.secretKey.trim() === '') problems.secretKey = t('profiles.problem.key-missing')
  return problems
}

const FIELD_OF: Readonly<Record<string, DraftField>> = {
  'profile.invalid_key': 'secretKey',
  'nango.public_key': 'secretKey',
  'profile.key_required': 'secretKey',
  'nango.key_refused': 'secretKey',
  'profile.invalid_address': 'address',
  'nango.not_nango': 'address',
  'profile.insecure_address': 'insecure',
  'profile.invalid_certificate': 'certificate',
}

const WORDS: Readonly<Record<string, MessageKey>> = {
  'profile.invalid_key': 'profiles.problem.invalid-key',
  'nango.public_key': 'profiles.problem.public-key',
  'profile.key_required': 'profiles.problem.key-bound',
  'nango.key_refused': 'profiles.problem.key-refused',
  'profile.invalid_address': 'profiles.problem.invalid-address',
  'nango.not_nango': 'profiles.problem.not-nango',
  'profile.insecure_address': 'profiles.problem.insecure',
  'profile.invalid_certificate': 'profiles.problem.certificate',
}

/** The field that an error code is about, with words for it; empty where it is about none. */
export const problemsFromCode = (code: string): DraftProblems => {
  const field = FIELD_OF[code]
  const words = WORDS[code]
  return field === undefined || words === undefined ? {} : { [field]: t(words) }
}

/** As problemsFromCode, for what a call threw. */
export const problemsFrom = (error: unknown): DraftProblems => (error instanceof PatchbayError ? problemsFromCode(error.code) : {})
