/** The methods that a program may call, by domain; `hello`, `prove`, `cancel` and `subscribe` are the client's own business. A test holds the list to the contract. */
export const AUTOMATION_METHODS = {
  system: ['status'],
  profiles: ['list'],
  catalogue: ['list', 'get', 'categories'],
  connect: ['start', 'get', 'list', 'cancel', 'reopen'],
  connections: [
    'list',
    'get',
    'update',
    'getMetadata',
    'setMetadata',
    'defaults',
    'reconnect',
    'refresh',
    'verify',
    'health',
    'revocation',
    'revoke',
    'remove',
    'pick',
    'request',
    'openBody',
    'sendBody',
    'readBody',
    'closeBody',
    'getCredentials',
    'resolve',
  ],
  sync: ['status'],
  events: ['list'],
  grants: ['request', 'current'],
  vault: ['status'],
} as const

/** By domain, then name, with the function that calls each. */
export const buildMethods = (call: (method: string, params: unknown, options: unknown) => Promise<unknown>): object =>
  Object.fromEntries(
    Object.entries(AUTOMATION_METHODS).map(([domain, names]) => [
      domain,
      Object.fromEntries(
        names.map((name) => [name, (params: unknown = {}, options: unknown = {}) => call(`${domain}.${name}`, params, options)]),
      ),
    ]),
  )
