import { expect, test } from 'vitest'
import type { Flow } from '#shared/contract/connect'
import { traceFile, traceText } from '#renderer/features/connections/panel-trace.ts'

const at = (second: number): string => `2026-11-21T10:00:0${second}.000Z`

test('the trace of an attempt has its steps with times, and neither address nor account nor credential', () => {
  const flow: Flow = {
    flowId: 'flw_1',
    connectionId: 'con_1',
    profileId: 'p1',
    connectorId: 'github',
    label: 'Mara at Harborline',
    via: 'browser',
    page: 'provider',
    state: 'failed',
    authorizationUrl: 'https://nango.example/oauth/connect/github?connect_session_token=nango_connect_session_abc',
    oauthMethod: 'nango',
    createdAt: at(0),
    expiresAt: null,
    isListening: true,
    error: { code: 'connect.denied', message: 'mara@harborline.example was refused at https://github.com/login?x=1' },
    steps: [
      { id: 'requested', state: 'done', startedAt: at(0), endedAt: at(1), note: null },
      { id: 'session', state: 'failed', startedAt: at(1), endedAt: at(3), note: `Token ${'a1'.repeat(20)} of Mara` },
    ],
  }
  const text = traceText(flow)
  expect(JSON.parse(text)).toMatchObject({
    flowId: 'flw_1',
    error: { code: 'connect.denied' },
    steps: [{ tookMs: 1000 }, { tookMs: 2000 }],
  })
  expect(text).not.toMatch(/harborline|nango_connect_session|github\.com|a1a1a1/i)
  expect(traceFile(flow)).toBe('patchbay-trace-github-flw_1.json')
})
