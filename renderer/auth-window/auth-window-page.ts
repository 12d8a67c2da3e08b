import '#renderer/api/no-eval.ts'
import type { AuthPageOutcome, AuthPageSession } from '#shared/auth-session'
import { language, languageFor, setLanguage, t } from '#renderer/messages/translate.ts'
import { attempt } from './auth-attempt.ts'
import { attemptOnConnectUi } from './connect-ui-attempt.ts'
import { pickTransport } from './auth-transport.ts'
import { type AuthState, wordsOf } from './auth-words.ts'

const element = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}`)
  return found
}

const title = element('title')
const text = element('text')
const detail = element('detail')
const primary = element('primary')
const secondary = element('secondary')

await setLanguage(languageFor(navigator.languages)).catch(() => undefined)
document.documentElement.lang = language()

const transport = pickTransport(window)
const stop = new AbortController()
let state: AuthState = { kind: 'loading' }
title.textContent = wordsOf(state, '', '').title
text.textContent = wordsOf(state, '', '').text
let name = ''
let host = ''
/** Dropped as soon as no attempt can follow. */
let session: AuthPageSession | null = null
let isReported = false

const show = (next: AuthState): void => {
  state = next
  const words = wordsOf(state, name, host)
  document.title = `${words.title} - Patchbay`
  title.textContent = words.title
  text.textContent = words.text
  detail.textContent = words.detail === null ? '' : t('sign-in.nango-says', { words: words.detail })
  detail.hidden = words.detail === null
  primary.textContent = words.begin ?? ''
  primary.hidden = words.begin === null
  secondary.textContent = words.end
  secondary.hidden = false
  if (words.begin !== null) primary.focus()
  else if (state.kind === 'waiting') title.focus()
  else secondary.focus()
}

const report = (outcome: AuthPageOutcome): void => {
  if (isReported) return
  isReported = true
  session = null
  transport.report(outcome)
}

/** What to tell the host when the person leaves now: a refusal is only final then, because they may have tried again. */
const outcomeNow = (): AuthPageOutcome =>
  state.kind === 'failed' && state.type !== 'window_closed'
    ? { kind: 'error', type: state.type.slice(0, 100), message: state.message.slice(0, 2000) }
    : { kind: 'closed' }

const begin = async (): Promise<void> => {
  if (session === null || state.kind === 'waiting') return
  const { connectUiUrl } = session
  const running = connectUiUrl === null ? attempt(session, stop.signal) : attemptOnConnectUi(session, connectUiUrl, stop.signal)
  show({ kind: 'waiting' })
  const end = await running
  if (isReported) return
  show(end)
  if (end.kind === 'connected') report({ kind: 'success' })
}

const leave = (): void => {
  if (state.kind !== 'unusable') report(outcomeNow())
  stop.abort()
  // A browser lets a page close only a window that a page opened; where it does not, the words say what to do.
  window.close()
  if (state.kind !== 'connected') text.textContent = t('sign-in.can-close')
}

primary.addEventListener('click', () => void begin())
secondary.addEventListener('click', leave)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') leave()
})
window.addEventListener('pagehide', () => {
  if (session !== null) report(outcomeNow())
})

transport.session().then(
  (given) => {
    session = given
    name = given.connectorName
    host = new URL(given.nangoHost).host
    show({ kind: 'ready' })
  },
  () => show({ kind: 'unusable' }),
)
