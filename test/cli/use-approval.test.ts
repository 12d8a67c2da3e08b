import { expect, test } from 'vitest'
import { sandboxIn, useCliHost } from '#test/helpers/cli-host'

const host = useCliHost(sandboxIn)

test('calls through connections and their credentials need a yes at the terminal, dry runs do not', async () => {
  await host.core.ui.connect.start({ connectorId: 'openai', label: 'Work', credentials: { apiKey: 'demo-key-12345' } })
  for (const line of ['token openai', 'request openai GET /v1/models', 'exec openai -- true']) {
    const ran = await host.patchbay(`${line.replace(/^(\w+)/, '$1 --json')}`)
    expect([ran.code, ran.out, JSON.parse(ran.err)]).toMatchObject([4, '', { error: { code: 'automation.approval_required' } }])
    const dry = await host.patchbay(line.replace(/^(\w+)/, '$1 --dry-run'))
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('openai/work')])
    const declined = await host.patchbay(line, { answers: ['n'] })
    expect([declined.code, declined.questions[0]?.question]).toEqual([4, expect.stringContaining('use your connections')])
  }
})
