import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { type NangoStandIn, type StandInStorage, startNangoStandIn } from '#core/sandbox/nango-stand-in'
import { type FakeNango, startFakeNango } from '#test/helpers/fake-nango'
import { startOidcUpstream } from '#test/helpers/oidc-upstream'
import { callStandIn, createCaller, pick, pickText, rowsOf } from './call-stand-in.ts'
import { openFlowSocket } from './flow-socket.ts'

const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop()
})
const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one)
  return one
}

/** Holds what was saved as text, as a file would. */
const createTextStorage = () => {
  let text: string | null = null
  let saves = 0
  const storage: StandInStorage = {
    load: () => (text === null ? null : JSON.parse(text)),
    save: (state) => {
      saves++
      text = JSON.stringify(state)
    },
  }
  return { storage, saves: () => saves, text: () => text }
}

describe('a stand-in that is started again with its storage', () => {
  it('has the same key, connections, sessions and integrations, in the same order', async () => {
    const { storage } = createTextStorage()
    const first = keep(await startFakeNango({ storage }))
    const call = createCaller(first)
    await call('POST', '/integrations', { unique_key: 'extra', provider: 'n8n' })
    first.fillConnections(5)
    const token = await first.openSession({ tags: { a: 'b' } })
    await callStandIn(first.url, 'POST', `/api-auth/api-key/extra?connect_session_token=${token}`, { body: { apiKey: 'k' } })
    const before = await call('GET', '/connections')
    await first.stop()
    const second = keep(await startFakeNango({ storage }))
    expect(second.secretKey).toBe(first.secretKey)
    expect((await createCaller(second)('GET', '/connections')).text).toBe(before.text)
    expect((await createCaller(second)('GET', '/integrations/extra')).status).toBe(200)
    const path = `/api-auth/api-key/extra?connect_session_token=${token}`
    expect((await callStandIn(second.url, 'POST', path, { body: { apiKey: 'k' } })).status).toBe(200)
    const ids = rowsOf(await createCaller(second)('GET', '/connections')).map((row) => pick(row, 'id'))
    expect(new Set(ids).size).toBe(7)
  })

  it('finishes a flow that began before, though the socket is gone', async () => {
    const upstream = keep(await startOidcUpstream())
    const { storage } = createTextStorage()
    const first = keep(await startFakeNango({ storage, upstream }))
    const socket = await openFlowSocket(first.url)
    const token = await first.openSession({ tags: { attempt_id: 'x' } })
    const begun = await callStandIn(first.url, 'GET', `/oauth/connect/local-oauth?connect_session_token=${token}&ws_client_id=${socket.id}`)
    const closed = once(socket.socket, 'close')
    await first.stop()
    await closed
    const second = keep(await startFakeNango({ storage, upstream, port: first.port }))
    const page = await upstream.approve(String(begun.headers['location']))
    expect(page.status).toBe(200)
    expect(rowsOf(await createCaller(second)('GET', '/connections?tags[attempt_id]=x'))).toHaveLength(1)
  })

  it('has saved what an answer acknowledged, before the answer', async () => {
    const { storage, text } = createTextStorage()
    const nango = keep(await startFakeNango({ storage }))
    const token = await nango.openSession()
    expect(text()).toContain(token)
    const path = `/api-auth/api-key/n8n?connect_session_token=${token}`
    const made = await callStandIn(nango.url, 'POST', path, { body: { apiKey: 'k' } })
    expect(text()).toContain(pickText(made.json, 'connectionId'))
  })

  it('does not save for reads', async () => {
    const { storage, saves } = createTextStorage()
    const nango = keep(await startFakeNango({ storage }))
    nango.fillConnections(1)
    const before = saves()
    await createCaller(nango)('GET', '/connections')
    await createCaller(nango)('GET', '/connections/filled-000000?provider_config_key=n8n')
    expect(saves()).toBe(before)
  })

  it('answers 500 and keeps the change for later when it cannot be saved', async () => {
    let isFull = false
    let saved = ''
    const storage: StandInStorage = {
      load: () => null,
      save: (state) => {
        if (isFull) throw new Error('the disk is full')
        saved = JSON.stringify(state)
      },
    }
    const nango = keep(await startFakeNango({ storage }))
    isFull = true
    const failed = await createCaller(nango)('POST', '/integrations', { unique_key: 'late', provider: 'n8n' })
    expect([failed.status, pick(failed.json, 'error', 'code')]).toEqual([500, 'generic_error_support'])
    isFull = false
    await createCaller(nango)('GET', '/integrations')
    expect(saved).toContain('"late"')
  })

  it('refuses a state that is not its own', async () => {
    await expect(startNangoStandIn({ storage: { load: () => ({ version: 99 }), save: () => {} } })).rejects.toThrow()
  })
})

describe('the faults', () => {
  const start = async (): Promise<{ nango: FakeNango; call: ReturnType<typeof createCaller> }> => {
    const nango = keep(await startFakeNango())
    return { nango, call: createCaller(nango) }
  }

  it('give scripted answers in their order, to the path they are for, and then the truth', async () => {
    const { nango, call } = await start()
    nango.faults.answerNext({ path: '/connections', status: 500, body: { error: { code: 'server_error' } } })
    nango.faults.answerNext({ path: /^\/connections/, html: '<h1>maintenance</h1>' })
    expect((await call('GET', '/integrations')).status).toBe(200)
    expect((await call('GET', '/connections')).status).toBe(500)
    const page = await call('GET', '/connections')
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html'])
    expect((await call('GET', '/connections')).status).toBe(200)
  })

  it('cut answers in half and cut sockets', async () => {
    const { nango, call } = await start()
    nango.faults.answerNext({ path: '/connections', truncate: true })
    await expect(call('GET', '/connections')).rejects.toThrow(/aborted|ECONNRESET/)
    nango.faults.answerNext({ path: '/connections', reset: true })
    await expect(call('GET', '/connections')).rejects.toThrow(/hang up|ECONNRESET/)
  })

  it('send as much as is asked for, and stop when the reader leaves', async () => {
    const { nango } = await start()
    nango.faults.answerNext({ huge: 2 * 1024 ** 3 })
    const response = await fetch(`${nango.url}/connections`, { headers: nango.authorization })
    const reader = response.body?.getReader()
    let bytes = 0
    while (bytes < 3_000_000) bytes += (await reader?.read())?.value?.length ?? Number.POSITIVE_INFINITY
    expect(Number.isFinite(bytes)).toBe(true)
    await reader?.cancel()
    expect((await callStandIn(nango.url, 'GET', '/health')).status).toBe(200)
  })

  it('hang without an answer until the stand-in stops', async () => {
    const { nango, call } = await start()
    nango.faults.answerNext({ path: '/health', hang: true })
    const hung = call('GET', '/health').then(
      () => 'answered',
      () => 'cut',
    )
    expect((await call('GET', '/ready')).status).toBe(200)
    await nango.stop()
    expect(await hung).toBe('cut')
  })

  it('hold a request until it is released', async () => {
    const { nango, call } = await start()
    const held = nango.faults.holdNext('/integrations', 'GET')
    let isAnswered = false
    const answer = call('GET', '/integrations').finally(() => {
      isAnswered = true
    })
    await held.arrived
    expect((await call('GET', '/connections')).status).toBe(200)
    expect(isAnswered).toBe(false)
    held.release()
    expect((await answer).status).toBe(200)
  })

  it('drop sockets, or forget who listens while the sockets stay open', async () => {
    const { nango } = await start()
    const dropped = await openFlowSocket(nango.url)
    const closed = once(dropped.socket, 'close')
    nango.faults.dropSockets()
    await closed
    const forgotten = await openFlowSocket(nango.url)
    nango.faults.forgetSockets()
    const token = await nango.openSession()
    await callStandIn(nango.url, 'GET', `/oauth/connect/zzz?connect_session_token=${token}&ws_client_id=${forgotten.id}`)
    forgotten.socket.ping()
    await once(forgotten.socket, 'pong')
    expect([forgotten.received, nango.faults.openSockets]).toEqual([[], 1])
    forgotten.socket.terminate()
  })
})

describe('the server', () => {
  it('listens on 127.0.0.1 and notes requests without their queries', async () => {
    const nango: NangoStandIn = keep(await startNangoStandIn())
    expect(nango.url).toBe(`http://127.0.0.1:${nango.port}`)
    await callStandIn(nango.url, 'GET', '/oauth/connect/github?connect_session_token=nango_connect_session_secret')
    expect(nango.requests).toEqual([{ method: 'GET', path: '/oauth/connect/github', at: expect.any(Number) }])
  })

  it('answers pages of other origins, as the frontend SDK needs', async () => {
    const nango = keep(await startNangoStandIn())
    const answer = await callStandIn(nango.url, 'OPTIONS', '/connect/session', { headers: { origin: 'http://page.test' } })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([204, '*'])
    expect(answer.headers['access-control-allow-headers']).toContain('Authorization')
  })

  it('says so when the port is taken, and stops twice without harm', async () => {
    const nango = keep(await startNangoStandIn())
    await expect(startNangoStandIn({ port: nango.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await nango.stop()
    await nango.stop()
    await expect(callStandIn(nango.url, 'GET', '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
