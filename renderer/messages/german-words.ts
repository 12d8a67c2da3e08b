import automationDe from './automation.de.json' with { type: 'json' }
import bulkDe from './bulk.de.json' with { type: 'json' }
import catalogueDe from './catalogue.de.json' with { type: 'json' }
import connectDe from './connect.de.json' with { type: 'json' }
import connectionsDe from './connections.de.json' with { type: 'json' }
import errorsDe from './errors.de.json' with { type: 'json' }
import findingsDe from './findings.de.json' with { type: 'json' }
import helpDe from './help.de.json' with { type: 'json' }
import importDe from './import.de.json' with { type: 'json' }
import integrationsDe from './integrations.de.json' with { type: 'json' }
import lifeDe from './life.de.json' with { type: 'json' }
import paletteDe from './palette.de.json' with { type: 'json' }
import pickDe from './pick.de.json' with { type: 'json' }
import profilesDe from './profiles.de.json' with { type: 'json' }
import queueDe from './queue.de.json' with { type: 'json' }
import settingsDe from './settings.de.json' with { type: 'json' }
import shellDe from './shell.de.json' with { type: 'json' }
import signInDe from './sign-in.de.json' with { type: 'json' }
import tourDe from './tour.de.json' with { type: 'json' }
import troubleDe from './trouble.de.json' with { type: 'json' }
import uiDe from './ui.de.json' with { type: 'json' }
import type { LanguageWords } from './message-catalogue.ts'

/** All that the window says, in German. */
export const GERMAN: LanguageWords = {
  messages: {
    ...automationDe,
    ...bulkDe,
    ...catalogueDe,
    ...connectDe,
    ...connectionsDe,
    ...helpDe,
    ...importDe,
    ...integrationsDe,
    ...lifeDe,
    ...paletteDe,
    ...pickDe,
    ...profilesDe,
    ...queueDe,
    ...settingsDe,
    ...shellDe,
    ...signInDe,
    ...tourDe,
    ...troubleDe,
    ...uiDe,
  },
  errors: errorsDe,
  findings: findingsDe,
}
