import { unsafeStartOf } from '#shared/safe-start'

/** Switches that would take away what the window's safety rests on. */
const NEVER = [
  'no-sandbox',
  'disable-setuid-sandbox',
  'disable-gpu-sandbox',
  'disable-web-security',
  'disable-site-isolation-trials',
  'allow-running-insecure-content',
  'ignore-certificate-errors',
  'load-extension',
  'js-flags',
] as const

/** Switches of debuggers: a checkout may be driven by tests, an installed Patchbay may not. */
const NOT_INSTALLED = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'inspect-publish-uid',
] as const

/** The variable through which another program opens the sandbox; those through which it loads code into this one are shared. */
const NO_SANDBOX = 'ELECTRON_DISABLE_SANDBOX'

/** How the program was started. */
export interface Launch {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly hasSwitch: (name: string) => boolean
  readonly isPackaged: boolean
}

/** Why Patchbay does not start like this, in a sentence with the way out; null when it may. */
export const refusalOf = (launch: Launch): string | null => {
  const variable = unsafeStartOf(launch.environment) ?? ((launch.environment[NO_SANDBOX] ?? '') === '' ? null : NO_SANDBOX)
  if (variable !== null) return `Patchbay does not start while ${variable} is set. Unset it and start again.`
  const switches: readonly string[] = launch.isPackaged ? [...NEVER, ...NOT_INSTALLED] : NEVER
  const found = switches.find((name) => launch.hasSwitch(name))
  if (found === undefined) return null
  return found === 'no-sandbox' || found === 'disable-setuid-sandbox'
    ? `Patchbay does not start with --${found}: its window always runs in the sandbox. Leave the option out, do not start as root, and allow user namespaces where the system forbids them; or use \`patchbay\`, which opens the same window in your browser.`
    : `Patchbay does not start with --${found}. Leave the option out and start again.`
}
