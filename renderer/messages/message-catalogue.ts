import bulkDe from './bulk.de.json' with { type: 'json' }
import bulkEn from './bulk.en.json' with { type: 'json' }
import catalogueDe from './catalogue.de.json' with { type: 'json' }
import connectDe from './connect.de.json' with { type: 'json' }
import connectionsDe from './connections.de.json' with { type: 'json' }
import helpDe from './help.de.json' with { type: 'json' }
import importDe from './import.de.json' with { type: 'json' }
import integrationsDe from './integrations.de.json' with { type: 'json' }
import lifeDe from './life.de.json' with { type: 'json' }
import paletteDe from './palette.de.json' with { type: 'json' }
import profilesDe from './profiles.de.json' with { type: 'json' }
import queueDe from './queue.de.json' with { type: 'json' }
import settingsDe from './settings.de.json' with { type: 'json' }
import shellDe from './shell.de.json' with { type: 'json' }
import signInDe from './sign-in.de.json' with { type: 'json' }
import tourDe from './tour.de.json' with { type: 'json' }
import troubleDe from './trouble.de.json' with { type: 'json' }
import uiDe from './ui.de.json' with { type: 'json' }
import catalogueEn from './catalogue.en.json' with { type: 'json' }
import connectEn from './connect.en.json' with { type: 'json' }
import connectionsEn from './connections.en.json' with { type: 'json' }
import helpEn from './help.en.json' with { type: 'json' }
import importEn from './import.en.json' with { type: 'json' }
import integrationsEn from './integrations.en.json' with { type: 'json' }
import lifeEn from './life.en.json' with { type: 'json' }
import paletteEn from './palette.en.json' with { type: 'json' }
import profilesEn from './profiles.en.json' with { type: 'json' }
import queueEn from './queue.en.json' with { type: 'json' }
import settingsEn from './settings.en.json' with { type: 'json' }
import shellEn from './shell.en.json' with { type: 'json' }
import signInEn from './sign-in.en.json' with { type: 'json' }
import tourEn from './tour.en.json' with { type: 'json' }
import troubleEn from './trouble.en.json' with { type: 'json' }
import uiEn from './ui.en.json' with { type: 'json' }
import errorsDe from './errors.de.json' with { type: 'json' }

/** The languages the window speaks, each by its own name. */
export const LANGUAGES = [
  { language: 'en', name: 'English' },
  { language: 'de', name: 'Deutsch' },
] as const

export type Language = (typeof LANGUAGES)[number]['language']

const english = {
  ...bulkEn,
  ...catalogueEn,
  ...connectEn,
  ...connectionsEn,
  ...helpEn,
  ...importEn,
  ...integrationsEn,
  ...lifeEn,
  ...paletteEn,
  ...profilesEn,
  ...queueEn,
  ...settingsEn,
  ...shellEn,
  ...signInEn,
  ...tourEn,
  ...troubleEn,
  ...uiEn,
}

/** The name of a message: its area, then what it is. English is the measure; another language has the same. */
export type MessageKey = keyof typeof english

/** Every message in every language, as ICU MessageFormat. */
export const MESSAGES: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en: english,
  de: {
    ...bulkDe,
    ...catalogueDe,
    ...connectDe,
    ...connectionsDe,
    ...helpDe,
    ...importDe,
    ...integrationsDe,
    ...lifeDe,
    ...paletteDe,
    ...profilesDe,
    ...queueDe,
    ...settingsDe,
    ...shellDe,
    ...signInDe,
    ...tourDe,
    ...troubleDe,
    ...uiDe,
  },
}

/** What happened and the one next thing to do, for each error code; English is the table of shared/errors.ts itself. */
export type ErrorMessages = Readonly<Partial<Record<string, { readonly message: string; readonly next: string }>>>

/** The words of the errors in the languages other than English. */
export const ERROR_MESSAGES: Readonly<Partial<Record<Language, ErrorMessages>>> = { de: errorsDe }
