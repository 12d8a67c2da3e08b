import findingsDe from './findings.de.json' with { type: 'json' }
import { ERROR_MESSAGES, type Language } from './message-catalogue.ts'

type FindingMessages = Readonly<Record<string, string>>

/** What is found and what the vault says in the languages other than English, as ICU MessageFormat; English is shared/finding-words.ts. */
export const FINDING_MESSAGES: Readonly<Partial<Record<Language, FindingMessages>>> = { de: findingsDe }

/** The message of a sentence's key in a language other than English: that of a finding, or of an error's message or next step; null where there is none. */
export const sentenceMessage = (language: Language, key: string): string | null => {
  const findings = FINDING_MESSAGES[language]
  if (findings !== undefined && Object.hasOwn(findings, key)) return findings[key] ?? null
  const [, part, code = ''] = /^(error|error-next)\.(.+)$/.exec(key) ?? []
  const words = part === undefined ? undefined : ERROR_MESSAGES[language]?.[code]
  if (words === undefined) return null
  return part === 'error' ? words.message : words.next
}
