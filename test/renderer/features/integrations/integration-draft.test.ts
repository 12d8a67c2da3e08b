import { describe, expect, test } from 'vitest'
import type { IntegrationDescription } from '#shared/contract/integrations'
import { PatchbayError } from '#shared/errors'
import { integrationFormOf } from '#shared/integration-forms'
import { firstValues, problemsOf, refusedField, toSettings } from '#renderer/features/integrations/integration-draft.ts'

const fresh = (authMode: string): IntegrationDescription => ({
  connectorId: 'github',
  providerKey: 'github',
  name: 'GitHub',
  authMode,
  fields: [...integrationFormOf(authMode).fields],
  isDashboardOnly: false,
  callbackUrl: 'https://api.nango.dev/oauth/callback',
  isCallbackCertain: true,
  docsUrl: null,
  scopes: [],
  suggestedId: 'github-2',
  current: null,
})

const existing = (isReadable: boolean): IntegrationDescription => ({
  ...fresh('OAUTH2'),
  current: {
    integrationId: 'github',
    displayName: 'GitHub',
    clientId: isReadable ? 'cid' : null,
    scopes: isReadable ? ['repo'] : null,
    isReadable,
    webhookUrl: null,
    connectionCount: 0,
  },
})

const taken = new Set(['github'])

describe('the form of a new integration', () => {
  test('starts with a free id and names everything that is missing, in its order', () => {
    const description = fresh('CUSTOM')
    const values = firstValues(description)
    expect(values.integrationId).toBe('github-2')
    expect([...problemsOf(description, values, taken).keys()]).toEqual(['clientId', 'clientSecret', 'appId', 'appLink', 'privateKey'])
  })

  test('knows a taken id, an id Nango would refuse, half an address and half a key', () => {
    const values = {
      clientId: 'c',
      clientSecret: 's',
      appId: '1',
      appLink: 'github.com/apps/x',
      privateKey: 'BEGIN',
      integrationId: 'github',
    }
    const problems = problemsOf(fresh('CUSTOM'), values, taken)
    expect([...problems.keys()]).toEqual(['appLink', 'privateKey', 'integrationId'])
    expect(problems.get('integrationId')).toBe('An integration with this id exists already.')
    expect([...problemsOf(fresh('API_KEY'), { integrationId: 'a/b' }, taken).keys()]).toEqual(['integrationId'])
  })

  test('sends scopes one by one and nothing that is empty', () => {
    expect(
      toSettings(fresh('OAUTH2'), { clientId: ' cid ', clientSecret: 's', scopes: 'repo, read:user repo', integrationId: 'x' }),
    ).toEqual({
      clientId: 'cid',
      clientSecret: 's',
      scopes: ['repo', 'read:user'],
    })
  })
})

describe('the form of an integration that exists', () => {
  test('keeps the secret when it is left empty, and sends only what changed', () => {
    const description = existing(true)
    const values = { ...firstValues(description), scopes: 'repo gist' }
    expect(problemsOf(description, values, taken).size).toBe(0)
    expect(toSettings(description, values)).toEqual({ scopes: ['repo', 'gist'] })
  })

  test('wants all of it where the key may not read what Nango has, but only when some of it changes', () => {
    const description = existing(false)
    expect(problemsOf(description, firstValues(description), taken).size).toBe(0)
    expect([...problemsOf(description, { ...firstValues(description), scopes: 'gist' }, taken).keys()]).toEqual([
      'clientId',
      'clientSecret',
    ])
  })
})

test('what Nango refuses of a field stands at that field, anything else does not', () => {
  const description = fresh('OAUTH2')
  const refused = new PatchbayError('integration.refused', { data: { field: 'scopes', words: 'Invalid string' } })
  expect(refusedField(description, refused)).toEqual({ field: 'scopes', message: 'Nango says: Invalid string' })
  expect(
    refusedField(description, new PatchbayError('integration.refused', { data: { field: null, words: 'Invalid provider' } })),
  ).toBeNull()
  expect(refusedField(description, new PatchbayError('nango.unreachable'))).toBeNull()
})
