import { randomBytes } from 'node:crypto'
import type { Handler } from './stand-in-context.ts'
import { genericError } from './stand-in-reply.ts'

// What the page does in the browser, as Nango's Connect UI does it (nango-api.md section 9): it takes the session from its address
// or from the page around it, shows what the session allows, opens the sign-in in a popup, and tells the page around it.
const SCRIPT = `
'use strict';
const query = new URL(location.href).searchParams;
// The default is Nango's own: without apiURL the real page asks Nango Cloud, whoever made the session.
const api = (query.get('apiURL') || 'https://api.nango.dev').replace(/\\/$/, '');
const main = document.querySelector('main');
let token = query.get('session_token') || '';
const tell = (message) => { if (window.parent !== window) window.parent.postMessage(message, '*'); };
const make = (name, text, more) => Object.assign(document.createElement(name), { textContent: text }, more || {});
const show = (...children) => main.replaceChildren(...children);
const call = async (path, init) => {
  const reply = await fetch(api + path, { ...init, headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' } });
  const body = await reply.json();
  if (!reply.ok) throw Object.assign(new Error((body.error && (body.error.message || body.error.code)) || 'An error occurred'), { type: body.error && body.error.code });
  return body;
};
const fail = (error) => {
  tell({ type: 'error', payload: { errorType: error.type || 'unknown_error', errorMessage: error.message } });
  show(make('h1', 'Connection failed'), make('p', error.message), make('button', 'Try again', { onclick: () => void begin() }));
  main.querySelector('h1').setAttribute('role', 'alert');
};
const succeed = (name, connection) => {
  show(make('h1', 'Success!'), make('p', "You've successfully set up your " + name + ' integration. You can now close this tab.'), close());
  tell({ type: 'connect', payload: connection });
};
const close = () => make('button', 'Close', { onclick: () => tell({ type: 'close' }) });
const parameters = (values) => Object.entries(values).map(([name, value]) => '&params[' + encodeURIComponent(name) + ']=' + encodeURIComponent(value)).join('');
const signIn = async (integration, popup) => {
  const session = await call('/connect/session');
  const socket = new WebSocket(api.replace(/^http/, 'ws') + (session.data.websocketsPath || '/'));
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    if (message.message_type === 'connection_ack')
      popup.location = api + '/oauth/connect/' + encodeURIComponent(integration.unique_key) + '?connect_session_token=' + token + '&ws_client_id=' + message.ws_client_id;
    else {
      popup.close();
      socket.close();
      if (message.message_type === 'success') succeed(integration.display_name, { providerConfigKey: message.provider_config_key, connectionId: message.connection_id, isPending: false });
      else fail(Object.assign(new Error(message.error_desc), { type: message.error_type }));
    }
  };
};
const fill = (integration, mode, provider) => {
  const form = document.createElement('form');
  const asked = [
    ...Object.entries(provider.connection_config || {}).filter(([, field]) => !field.automated).map(([name, field]) => ({ name, group: 'params', label: field.title || name })),
    ...(mode === 'API_KEY' ? [{ name: 'apiKey', group: 'body', label: 'API key' }] : [{ name: 'username', group: 'body', label: 'User name' }, { name: 'password', group: 'body', label: 'Password' }]),
  ];
  for (const field of asked) {
    const label = make('label', field.label);
    label.append(Object.assign(document.createElement('input'), { name: field.name, type: field.group === 'body' && field.name !== 'username' ? 'password' : 'text' }));
    form.append(label);
  }
  form.append(make('button', 'Connect'));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const values = (group) => Object.fromEntries(asked.filter((field) => field.group === group).map(({ name }) => [name, form.elements[name].value]));
    try {
      const path = '/api-auth/' + (mode === 'API_KEY' ? 'api-key' : 'basic') + '/' + encodeURIComponent(integration.unique_key);
      const made = await call(path + '?connect_session_token=' + token + parameters(values('params')), { method: 'POST', body: JSON.stringify(values('body')) });
      succeed(integration.display_name, { providerConfigKey: made.providerConfigKey, connectionId: made.connectionId, isPending: false });
    } catch (error) { fail(error); }
  };
  show(make('h1', 'Link ' + integration.display_name + ' account'), form);
};
const choose = async (integration) => {
  try {
    const provider = (await call('/providers/' + integration.provider)).data;
    if (provider.auth_mode !== 'OAUTH2') return fill(integration, provider.auth_mode, provider);
    const connect = make('button', 'Connect', { onclick: () => signIn(integration, window.open('', '_blank', 'popup,width=520,height=720')).catch(fail) });
    show(make('h1', 'Link ' + integration.display_name + ' account'), make('p', 'Sandbox: not a real account.'), connect, close());
  } catch (error) { fail(error); }
};
const begin = async () => {
  if (token === '') return show(make('p', 'Waiting for the session.'));
  try {
    const { data } = await call('/integrations');
    if (data.length === 1) return choose(data[0]);
    const list = make('ul', '');
    for (const integration of data) {
      const item = make('li', '');
      item.append(make('button', integration.display_name, { onclick: () => void choose(integration) }));
      list.append(item);
    }
    show(make('h1', 'Select Integration'), list);
  } catch (error) { fail(error); }
};
window.addEventListener('message', (event) => {
  if (event.source !== window.parent || !event.data || event.data.type !== 'session_token') return;
  token = event.data.sessionToken;
  void begin();
});
tell({ type: 'ready' });
void begin();
`

/** GET /connect-ui/: the sandbox's own Connect UI; like Nango's, it may be shown in a frame. */
export const showConnectUi: Handler = (_call, context) => {
  if (!context.connectUiUrl.startsWith(context.url)) return genericError()
  const nonce = randomBytes(16).toString('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self' http: https: ws: wss:",
    "base-uri 'none'",
  ]
  return {
    status: 200,
    headers: { 'content-security-policy': policy.join('; '), 'referrer-policy': 'no-referrer' },
    html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Connect</title>
    <style nonce="${nonce}">
      body { margin: 0; min-height: 100vh; display: grid; place-content: center; font: 14px/1.5 system-ui, sans-serif; background: #fff; color: #16181d; }
      main { width: min(360px, 90vw); display: grid; gap: 12px; }
      h1 { font-size: 18px; margin: 0; }
      p { margin: 0; color: #4a5160; }
      ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
      form, label { display: grid; gap: 8px; }
      input, button { font: inherit; min-height: 36px; padding: 0 12px; border: 1px solid #8a93a3; border-radius: 6px; background: #fff; color: inherit; }
      li button { width: 100%; text-align: left; }
    </style>
  </head>
  <body>
    <main><p>Loading.</p></main>
    <script nonce="${nonce}">${SCRIPT}</script>
  </body>
</html>`,
  }
}
