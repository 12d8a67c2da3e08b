import automationEn from './automation.en.json' with { type: 'json' }
import bulkEn from './bulk.en.json' with { type: 'json' }
import catalogueEn from './catalogue.en.json' with { type: 'json' }
import connectEn from './connect.en.json' with { type: 'json' }
import connectionsEn from './connections.en.json' with { type: 'json' }
import helpEn from './help.en.json' with { type: 'json' }
import importEn from './import.en.json' with { type: 'json' }
import integrationsEn from './integrations.en.json' with { type: 'json' }
import lifeEn from './life.en.json' with { type: 'json' }
import paletteEn from './palette.en.json' with { type: 'json' }
import pickEn from './pick.en.json' with { type: 'json' }
import profilesEn from './profiles.en.json' with { type: 'json' }
import queueEn from './queue.en.json' with { type: 'json' }
import settingsEn from './settings.en.json' with { type: 'json' }
import shellEn from './shell.en.json' with { type: 'json' }
import signInEn from './sign-in.en.json' with { type: 'json' }
import tourEn from './tour.en.json' with { type: 'json' }
import troubleEn from './trouble.en.json' with { type: 'json' }
import uiEn from './ui.en.json' with { type: 'json' }

/** The languages the window speaks, each by its own name. */
export const LANGUAGES = [
  { language: 'en', name: 'English' },
  { language: 'de', name: 'Deutsch' },
] as const

export type Language = (typeof LANGUAGES)[number]['language']

/** Every message in English, as ICU MessageFormat; its keys are the measure for the other languages. */
export const ENGLISH = {
  ...automationEn,
  ...bulkEn,
  ...catalogueEn,
  ...connectEn,
  ...connectionsEn,
  ...helpEn,
  ...importEn,
  ...integrationsEn,
  ...lifeEn,
  ...paletteEn,
  ...pickEn,
  ...profilesEn,
  ...queueEn,
  ...settingsEn,
  ...shellEn,
  ...signInEn,
  ...tourEn,
  ...troubleEn,
  ...uiEn,
}

/** The name of a message: its area, then what it is. */
export type MessageKey = keyof typeof ENGLISH

/** Whether the window has a message of this name. */
export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(ENGLISH, key)

/** What happened and the one next thing to do, for each error code. */
export type ErrorMessages = Readonly<Partial<Record<string, { readonly message: string; readonly next: string }>>>

/** All that the window says in one language, as ICU MessageFormat. */
export interface LanguageWords {
  readonly messages: Readonly<Record<MessageKey, string>>
  /** By error code; null in English, whose words are the table of shared/errors.ts itself. */
  readonly errors: ErrorMessages | null
  /** What is found and what the vault says; null in English, whose words are shared/finding-words.ts. */
  readonly findings: Readonly<Record<string, string>> | null
}

/** English, which is part of the window. */
export const ENGLISH_WORDS: LanguageWords = { messages: ENGLISH, errors: null, findings: null }

/** The words of a language. English is part of the window; another language is read when somebody speaks it. */
export const wordsOfLanguage = async (language: Language): Promise<LanguageWords> =>
  language === 'en' ? ENGLISH_WORDS : (await import('./german-words.ts')).GERMAN
