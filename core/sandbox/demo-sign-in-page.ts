import { randomBytes } from 'node:crypto'
import { escapeHtml } from './callback-page.ts'
import type { Reply } from './stand-in-reply.ts'

interface SignIn {
  readonly appName: string
  readonly scopes: readonly string[]
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly email: string }[]
  /** Carried through the form unchanged. */
  readonly fields: Readonly<Record<string, string | undefined>>
}

const STYLE = `
      :root { color-scheme: light dark; --ink: #1d2430; --soft: #566070; --page: #eef1f5; --card: #ffffff; --line: #8791a1; --go: #1a56c4; --go-ink: #ffffff; }
      @media (prefers-color-scheme: dark) { :root { --ink: #eef1f5; --soft: #b3bccb; --page: #12161d; --card: #1d232d; --line: #7c8798; --go: #8ab4ff; --go-ink: #0b1526; } }
      * { box-sizing: border-box; }
      body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
      main { width: 100%; max-width: 26rem; padding: 28px; border-radius: 14px; background: var(--card); }
      h1 { margin: 0 0 4px; font-size: 1.35rem; line-height: 1.3; }
      p { margin: 0 0 16px; color: var(--soft); }
      .demo { margin-top: 12px; padding: 8px 12px; border: 1px dashed var(--line); border-radius: 8px; }
      fieldset { margin: 0 0 16px; padding: 0; border: 0; }
      legend { margin-bottom: 6px; padding: 0; font-weight: 600; }
      label { display: flex; gap: 12px; align-items: center; min-height: 48px; margin-bottom: 8px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; }
      label small { display: block; color: var(--soft); }
      .asks { margin-bottom: 4px; }
      ul { margin: 0 0 16px; padding-left: 20px; color: var(--soft); }
      .actions { display: flex; gap: 12px; }
      button { flex: 1; min-height: 44px; border: 1px solid var(--line); border-radius: 8px; font: inherit; font-weight: 600; color: inherit; background: none; cursor: pointer; }
      button.go { border-color: var(--go); color: var(--go-ink); background: var(--go); }
      :focus-visible { outline: 3px solid var(--go); outline-offset: 2px; }`

const page = (status: number, title: string, body: string): Reply => {
  const nonce = randomBytes(16).toString('base64')
  return {
    status,
    headers: {
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    },
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <style nonce="${nonce}">${STYLE}
    </style>
  </head>
  <body>
    <main>${body}
    </main>
  </body>
</html>
`,
  }
}

/** The demo provider's sign-in: choose an account, then Allow or Deny. Works without a script and with the keyboard alone. */
export const demoSignInPage = ({ appName, scopes, accounts, fields }: SignIn): Reply => {
  const hidden = Object.entries(fields)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}" />`],
    )
    .join('\n        ')
  const choices = accounts
    .map(
      (account, index) =>
        `<label><input type="radio" name="account" value="${account.id}"${index === 0 ? ' checked' : ''} required /><span>${escapeHtml(account.name)}<small>${escapeHtml(account.email)}</small></span></label>`,
    )
    .join('\n          ')
  const asked =
    scopes.length === 0
      ? ''
      : `<p class="asks">It asks for:</p>
        <ul>${scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')}</ul>`
  return page(
    200,
    `Sign in to ${appName} (demo)`,
    `
      <h1>Sign in to ${escapeHtml(appName)}</h1>
      <p class="demo"><strong>This is a demo.</strong> It runs inside Patchbay. Nothing leaves this computer, and no real account is touched.</p>
      <form method="post" action="/demo-provider/authorize">
        ${hidden}
        <fieldset>
          <legend>Choose a demo account</legend>
          ${choices}
        </fieldset>
        ${asked}
        <div class="actions">
          <button type="submit" name="decision" value="deny">Deny</button>
          <button class="go" type="submit" name="decision" value="allow">Allow</button>
        </div>
      </form>`,
  )
}

/** What the demo provider shows instead of sending somebody to an address it does not trust. */
export const demoErrorPage = (message: string, status: 400 | 503 = 400): Reply =>
  page(
    status,
    'The demo provider cannot go on',
    `
      <h1>The demo provider cannot go on</h1>
      <p role="alert">${escapeHtml(message)}</p>
      <p>Close this tab and start again in Patchbay.</p>`,
  )
