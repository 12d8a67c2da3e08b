import { englishMessage } from '#shared/sentence'
import { spokenWords } from './translate.ts'

/** The message of a sentence's key in the language of the window: that of a finding, or of an error's message or next step; null where there is none. */
export const sentenceMessage = (key: string): string | null => {
  const { findings, errors } = spokenWords()
  if (findings === null || errors === null) return englishMessage(key)
  if (Object.hasOwn(findings, key)) return findings[key] ?? null
  const [, part, code = ''] = /^(error|error-next)\.(.+)$/.exec(key) ?? []
  const words = part === undefined ? undefined : errors[code]
  if (words === undefined) return null
  return part === 'error' ? words.message : words.next
}
