import { displayText } from '#shared/display-text'
import { PatchbayError } from '#shared/errors'

const DENIED = /access_denied|user_denied|consent_required|denied/i

/**
 * What a refusal that Nango reported means: a denied consent, or a provider or server that failed. Types as in nango-api.md 9;
 * `words` are the provider's, already redacted.
 */
export const flowErrorFrom = (type: string, words: string): PatchbayError => {
  const data = { reason: type.slice(0, 60), ...(words === '' ? {} : { words: displayText(words, 500) }) }
  if (DENIED.test(words)) return new PatchbayError('connect.denied', { data })
  return new PatchbayError('connect.provider_error', { data })
}
