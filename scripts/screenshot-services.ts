import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** Whose account a sign-in is: what a service says of it. */
export interface ServiceAccount {
  readonly name: string
  readonly email: string
  readonly login: string
}

const REFUSED = 'refused-'
const DOWN = 'down-'

const readAll = async (request: IncomingMessage): Promise<string> => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The number that ends a token. */
const numberOf = (token: string): number => Number(/\d+$/.exec(token)?.[0] ?? 0)

/** A fresh hour for everybody but those that are refused. */
const answerToken = async (request: IncomingMessage, response: ServerResponse, fresh: number): Promise<void> => {
  const token = new URLSearchParams(await readAll(request)).get('refresh_token') ?? `demo-${fresh}`
  if (token.startsWith(REFUSED)) {
    send(response, 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' })
    return
  }
  const minutes = 16 + ((numberOf(token) * 7) % 44)
  send(response, 200, {
    access_token: `${token.startsWith(DOWN) ? DOWN : ''}demo-access-${numberOf(token)}`,
    refresh_token: token,
    token_type: 'bearer',
    scope: 'read write profile',
    expires_in: minutes * 60,
  })
}

/** The words of many services at once: each caller reads its own. */
const profileOf = (number: number, { name, email, login }: ServiceAccount): unknown => {
  const id = `U0${4100 + number}`
  const person = { id, gid: id, name, email }
  return {
    ...person,
    ok: true,
    revoked: true,
    login,
    username: login,
    emailAddress: email,
    account_id: id,
    data: { ...person, viewer: person },
  }
}

/** What stands behind the accounts of the pictures: a token endpoint, and services that say whose a token is. Loopback only. */
export const startServices = async (accountOf: (number: number) => ServiceAccount) => {
  /** How many more calls are answered before the others wait; null for all. */
  let answered: number | null = null
  let waiting: (() => void)[] = []
  let fresh = 100
  const answerCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    await readAll(request)
    if (answered !== null && answered-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve))
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    if (token.startsWith(REFUSED)) send(response, 401, { error: 'invalid_token' })
    else if (token.startsWith(DOWN)) send(response, 503, { error: 'unavailable' })
    else send(response, 200, profileOf(numberOf(token), accountOf(numberOf(token))))
  }
  const server = createServer(
    (request, response) => void (request.url === '/token' ? answerToken(request, response, fresh) : answerCall(request, response)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the services have no port')
  const url = `http://127.0.0.1:${address.port}`
  return {
    url,
    tokenUrl: `${url}/token`,
    /** Lets so many calls through; those after them wait until null lets all through. */
    holdAfter: (count: number | null): void => {
      answered = count
      if (count !== null) return
      for (const go of waiting) go()
      waiting = []
    },
    /** The number of the account that new sign-ins answer with. */
    signInAs: (number: number): void => void (fresh = number),
    stop: (): void => {
      for (const go of waiting) go()
      server.close()
      server.closeAllConnections()
    },
  }
}
