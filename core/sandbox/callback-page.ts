import { randomBytes } from 'node:crypto'
import type { Reply } from './stand-in-reply.ts'

/** Makes text safe inside HTML text and attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')

const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const SUCCESS = `
    <h1>Successful connection <span aria-hidden="true">✅</span></h1>
    <p>You can close this window.</p>`

const failure = (details: string): string => `
    <h1>Connection failed <span aria-hidden="true">✕</span></h1>
    <p>An error occurred during authorization.</p>
    <p>Please reach out to our support team.</p>
    <details><summary>Show error details</summary><pre>${escapeHtml(details)}</pre></details>
    <p>You can close this window.</p>`

/**
 * The page that ends a flow: 200 or 400, tells its opener and the channel `nango-oauth-callback`, closes itself after a success
 * (nango-api.md section 9). Unlike Nango's it loads nothing from elsewhere.
 */
export const callbackPage = (error?: { readonly message: string; readonly details?: string }): Reply => {
  const nonce = randomBytes(16).toString('base64')
  const shown = error && (error.details ?? error.message)
  const payload = shown === undefined ? null : { message: shown, errorType: 'connection_validation_failed' }
  return {
    status: error ? 400 : 200,
    headers: { 'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'` },
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Authorization callback</title>
    <style nonce="${nonce}">
      body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center; font-family: system-ui, sans-serif; background: #0a0a0a; color: #fafafa; }
      p, summary { color: #b5b5b5; }
      pre { max-width: 60ch; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; color: #ff8a8a; }
    </style>
  </head>
  <body>
    <main>${shown === undefined ? SUCCESS : failure(shown)}
    </main>
    <script nonce="${nonce}">
      window.__nangoOAuthError = ${scriptJson(payload)};
      var message = window.__nangoOAuthError
        ? { type: 'nango_oauth_callback_error', payload: window.__nangoOAuthError }
        : { type: 'nango_oauth_callback_success' };
      try { if (window.opener) window.opener.postMessage(message, '*'); } catch (e) {}
      try {
        var channel = new BroadcastChannel('nango-oauth-callback');
        channel.postMessage(message);
        channel.close();
      } catch (e) {}
      window.addEventListener('message', function (event) {
        if (event.data && event.data.type === 'nango_oauth_callback_ack') window.close();
      });
      if (!window.__nangoOAuthError) setTimeout(function () { window.close(); }, 500);
    </script>
  </body>
</html>
`,
  }
}
